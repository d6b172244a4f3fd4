// One thread per element of C, straight from global memory.
//
// A block owns 8 rows by 32 columns of C, a warp 32 columns of one row: its loads of B are contiguous and those of A
// the same for all lanes, unless the operand is transposed. Traffic per element of C: k elements of A (mostly from the
// first-level cache) and k of B. Limit: two loads for one multiplication.
#include "kernels/gemm/gemm_operands.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kRows = 8, kColumns = 32;

template <class Result>
SONOGRAD_KERNEL(kRows* kColumns, gemm_naive_kernel, GemmParams<Result> p) {
  const std::int64_t row = std::int64_t{p.blocks.tile_row()} * kRows + threadIdx.y;
  const std::int64_t column = std::int64_t{p.blocks.tile_column()} * kColumns + threadIdx.x;
  if (row >= p.a.lines || column >= p.b.lines) return;
  const GemmIndex index = p.blocks.index(p.blocks.product());
  const auto a = p.a.of(index), b = p.b.of(index);
  float sum = 0;
  for (std::int64_t l = 0; l < a.depth; ++l) sum += a.at(row, l) * b.at(column, l);
  p.c.of(index)(row, column, sum);
}

const char* why_not(const GemmProblem& p, const Context& context) {
  return why_not_gemm_tiles(p, context, kRows, kColumns);
}

void run_naive(const GemmProblem& p, const Gemm::Args& args, const Context&, Workspace) {
  with_gemm_result(p, args, [&]<class Result>(const Result& c) {
    using T = typename Result::Stored;
    launch("gemm_naive", gemm_naive_kernel<Result>, {gemm_grid(p, kRows, kColumns), {kColumns, kRows}},
           {gemm_operand_a<T>(p, args), gemm_operand_b<T>(p, args), gemm_blocks(p, kRows, kColumns), c});
  });
}

}  // namespace

extern const KernelVariant<Gemm> gemm_naive = {
    .name = "naive", .target = kTarget, .why_not = why_not, .run = run_naive};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
