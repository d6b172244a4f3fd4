// Sums of columns in two passes, for sums over an axis before the last one: gradients of biases.
//
// x is [outer, count, inner]. A block of 8 warps owns 32 neighbouring columns and a stretch of rows; a warp reads whole
// cache lines of every eighth row, and the sums of the warps are merged in order through shared memory. The sums of the
// stretches are merged by a second launch, in order. The stretches depend on the problem alone, so equal runs are equal bit
// for bit. It is faster than `naive` because it fills the device when few elements are kept. Limit: reading x once.
#include <algorithm>

#include "kernels/core/reference.h"
#include "kernels/reduce/reduce.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kColumns = 32, kWarps = 8;
constexpr std::int64_t kStretchRows = 256, kMostStretches = 512;

std::int64_t stretches_of(const ReduceProblem& p) {
  return std::clamp<std::int64_t>((p.count + kStretchRows - 1) / kStretchRows, 1, kMostStretches);
}

template <class T, class Y>
struct Params {
  const T* x;                       // [outer, count, inner]
  Y* y;                             // [outer, stretches, inner]
  std::int64_t count, inner, rows;  // rows: per stretch
  float factor;
  bool add;
};

template <class T, class Y>
SONOGRAD_KERNEL(kColumns* kWarps, column_sums_kernel, Params<T, Y> p) {
  struct Smem {
    float sums[kWarps][kColumns];
  };
  Smem& smem = shared<Smem>();
  const std::int64_t column = std::int64_t{blockIdx.x} * kColumns + threadIdx.x;
  const std::int64_t first = blockIdx.y * p.rows, end = first + p.rows < p.count ? first + p.rows : p.count;
  const T* x = p.x + blockIdx.z * p.count * p.inner + column;
  float sum = 0;
  if (column < p.inner) {
    for (std::int64_t row = first + threadIdx.y; row < end; row += kWarps) sum += widen(x[row * p.inner]);
  }
  smem.sums[threadIdx.y][threadIdx.x] = sum;
  sync_block();
  if (threadIdx.y != 0 || column >= p.inner) return;
  for (int warp = 1; warp < kWarps; ++warp) sum += smem.sums[warp][threadIdx.x];
  Y& y = p.y[(std::int64_t{blockIdx.z} * gridDim.y + blockIdx.y) * p.inner + column];
  write(y, p.factor * sum, p.add);
}

const char* why_not(const ReduceProblem& p, const Context& context) {
  if (!p.adjacent) return "the reduced axes are not adjacent";
  if (p.inner < kColumns / 4) return "too few columns for a warp";
  if (p.outer > 65535) return "too many leading elements";
  return float_or_bf16(p, context);
}

std::size_t workspace(const ReduceProblem& p) {
  const std::int64_t stretches = stretches_of(p);
  return stretches == 1 ? 0
                        : Workspace::bytes<float>(static_cast<std::size_t>(p.outer * stretches * p.inner));
}

template <class T, class Y>
void column_sums(const ReduceProblem& p, std::int64_t stretches, const Params<T, Y>& params) {
  const Dim blocks = {blocks_for(p.inner, kColumns), static_cast<unsigned>(stretches),
                      static_cast<unsigned>(p.outer)};
  launch("reduce_sum_two_pass", column_sums_kernel<T, Y>, {blocks, {kColumns, kWarps}}, params);
}

template <class T, class Y>
void sum_of(const ReduceProblem& p, const T* x, Y* y, float factor, bool add, Workspace scratch) {
  const std::int64_t stretches = stretches_of(p), rows = (p.count + stretches - 1) / stretches;
  if (stretches == 1) return column_sums<T, Y>(p, 1, {x, y, p.count, p.inner, p.count, factor, add});
  float* partial = scratch.take<float>(static_cast<std::size_t>(p.outer * stretches * p.inner));
  column_sums<T, float>(p, stretches, {x, partial, p.count, p.inner, rows, 1, false});
  column_sums<float, Y>(p, 1, {partial, y, stretches, p.inner, stretches, factor, add});
}

void sum(const ReduceProblem& p, const ReduceSum::Args& a, const Context&, Workspace scratch) {
  visit_stored(p.dtype, [&](auto x) {
    visit_stored(p.y_dtype, [&](auto y) {
      sum_of(p, a.x.data<decltype(x)>(), a.y.data<decltype(y)>(), static_cast<float>(a.factor), a.y.adds(),
             scratch);
    });
  });
}

}  // namespace

extern const KernelVariant<ReduceSum> reduce_sum_two_pass = {
    .name = "two_pass", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = sum};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
