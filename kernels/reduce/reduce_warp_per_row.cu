// One warp per row, for sums and maxima over the last axes: means over the bands of a map with one channel.
//
// Lanes combine every 32nd element, the warp combines by shuffles in a fixed order. Neighbouring lanes read neighbouring
// elements. It is faster than `naive`, whose lanes read rows side by side, and than `block_per_row` where rows are short.
// Limit: reading x once.
#include "kernels/core/reference.h"
#include "kernels/reduce/reduce.h"
#include "kernels/simt/row_per_warp.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class T, class Y>
struct Params {
  const T* x;  // [rows, count]
  Y* y;        // [rows]
  std::int32_t* index;
  std::int64_t rows, count;
  float factor;
  bool add;
};

template <class T, class Y>
SONOGRAD_KERNEL(kRowThreads, row_sum_kernel, Params<T, Y> p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const T* x = p.x + row * p.count;
  const float sum = p.factor * sum_of_row(p.count, [=](std::int64_t i) { return widen(x[i]); });
  if (lane_index() == 0) write(p.y[row], sum, p.add);
}

struct LargestOfRow {
  float value;
  std::int32_t index;  // -1: none
};

// The larger one; of equal ones the first; NaN counts as larger than all numbers.
__device__ inline LargestOfRow larger(const LargestOfRow& a, const LargestOfRow& b) {
  if (a.index < 0 || b.index < 0) return a.index < 0 ? b : a;
  const bool a_nan = a.value != a.value, b_nan = b.value != b.value;
  if (a_nan == b_nan && (a_nan || a.value == b.value)) return a.index < b.index ? a : b;
  return a_nan || (!b_nan && a.value > b.value) ? a : b;
}

template <class T>
SONOGRAD_KERNEL(kRowThreads, row_max_kernel, Params<T, T> p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const T* x = p.x + row * p.count;
  LargestOfRow best = {0, -1};
  for (std::int64_t i = lane_index(); i < p.count; i += kWarpSize)
    best = larger(best, {widen(x[i]), static_cast<std::int32_t>(i)});
  best = warp_reduce(best, larger);
  if (lane_index() != 0) return;
  write(p.y[row], best.value, p.add);
  p.index[row] = best.index;
}

const char* why_not(const ReduceProblem& p, const Context& context) {
  constexpr std::int64_t kShortest = 8, kMostRows = std::int64_t{kMostBlocks.x} * kRowWarps;
  if (!p.adjacent || p.inner != 1) return "the reduced axes are not the last ones";
  if (p.count < kShortest) return "rows are too short for a warp";
  if (p.outer > kMostRows) return "too many rows";
  return float_or_bf16(p, context);
}

void sum(const ReduceProblem& p, const ReduceSum::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto x) {
    visit_stored(p.y_dtype, [&](auto y) {
      using T = decltype(x);
      using Y = decltype(y);
      launch("reduce_sum_warp_per_row", row_sum_kernel<T, Y>, grid_of_rows(p.outer),
             {a.x.data<T>(), a.y.data<Y>(), nullptr, p.outer, p.count, static_cast<float>(a.factor),
              a.y.adds()});
    });
  });
}
void max(const ReduceProblem& p, const ReduceMax::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("reduce_max_warp_per_row", row_max_kernel<T>, grid_of_rows(p.outer),
           {a.x.data<T>(), a.y.data<T>(), a.index.data<std::int32_t>(), p.outer, p.count, 1, a.y.adds()});
  });
}

}  // namespace

extern const KernelVariant<ReduceSum> reduce_sum_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = why_not, .run = sum};
extern const KernelVariant<ReduceMax> reduce_max_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = why_not, .run = max};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
