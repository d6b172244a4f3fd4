// C[i, j] by one thread, straight from global memory.
//
// A block owns 8 rows by 32 columns of C, a warp 32 columns of one row: its loads of B are contiguous and those of A
// the same for all lanes, unless the operand is transposed. Traffic per element of C: k elements of A (mostly from the
// first-level cache) and k of B. What limits it: two loads for one multiplication.
#include "kernels/core/reference.h"
#include "kernels/gemm/gemm_operands.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kRows = 8, kColumns = 32;

__global__ void __launch_bounds__(kRows* kColumns) gemm_naive_kernel(GemmParams p) {
  const std::int64_t row = std::int64_t{blockIdx.y} * kRows + threadIdx.y;
  const std::int64_t column = std::int64_t{blockIdx.x} * kColumns + threadIdx.x;
  if (row >= p.a.lines || column >= p.b.lines) return;
  const GemmOperand a = p.a.of_batch(blockIdx.z), b = p.b.of_batch(blockIdx.z);
  float sum = 0;
  for (std::int64_t l = 0; l < a.depth; ++l) sum += a.at(row, l) * b.at(column, l);
  p.epilogue(blockIdx.z)(row, column, sum);
}

void run_naive(const GemmProblem& p, const Gemm::Args& args, const Context&, Workspace) {
  launch("gemm_naive", gemm_naive_kernel, {gemm_blocks(p, kRows, kColumns), {kColumns, kRows}},
         gemm_params(p, args));
}

}  // namespace

extern const KernelVariant<Gemm> gemm_naive = {
    .name = "naive", .target = kTarget, .why_not = float_only, .run = run_naive};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
