// One block per row, for sums and maxima over the last axes.
//
// Thread i combines elements i, i + 256, … of its row, warps combine by shuffles and the block through shared memory, all
// in fixed order. Neighbouring threads read neighbouring elements. Traffic, which is also the limit: x once, in whole cache
// lines. It is faster than `naive` where rows are long; with short rows, most of a block is idle.
#include <limits>

#include "kernels/core/reference.h"
#include "kernels/reduce/reduce.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256;

template <class T, class Y>
struct Params {
  const T* x;  // [rows, count]
  Y* y;        // [rows]
  std::int32_t* index;
  std::int64_t count;
  float factor;
  bool add;
};

template <class T, class Y>
SONOGRAD_KERNEL(kThreads, sum_kernel, Params<T, Y> p) {
  const T* x = p.x + blockIdx.x * p.count;
  float sum = 0;
  for (std::int64_t i = threadIdx.x; i < p.count; i += kThreads) sum += widen(x[i]);
  sum = p.factor * block_sum(sum);
  Y& y = p.y[blockIdx.x];
  if (threadIdx.x == 0) write(y, sum, p.add);
}

struct Candidate {
  float value;
  std::int32_t index;  // -1: none
};

// The larger one; of equal ones the first; NaN counts as larger than all numbers.
__device__ Candidate better(const Candidate& a, const Candidate& b) {
  const bool a_nan = a.value != a.value, b_nan = b.value != b.value;
  const bool same = a_nan == b_nan && (a_nan || a.value == b.value);
  if (a.index < 0 || b.index < 0) return a.index < 0 ? b : a;
  if (same) return a.index < b.index ? a : b;
  return a_nan || (!b_nan && a.value > b.value) ? a : b;
}

template <class T>
SONOGRAD_KERNEL(kThreads, max_kernel, Params<T, T> p) {
  const T* x = p.x + blockIdx.x * p.count;
  Candidate best = {0, -1};
  for (std::int64_t i = threadIdx.x; i < p.count; i += kThreads) {
    best = better(best, {widen(x[i]), static_cast<std::int32_t>(i)});
  }
  best = block_reduce(best, Candidate{0, -1}, better);
  T& y = p.y[blockIdx.x];
  if (threadIdx.x != 0) return;
  write(y, best.value, p.add);
  p.index[blockIdx.x] = best.index;
}

const char* why_not(const ReduceProblem& p, const Context& context) {
  if (!p.adjacent || p.inner != 1) return "the reduced axes are not the last ones";
  if (p.count < kThreads / 2) return "rows are too short for a block";
  if (p.outer > std::numeric_limits<std::int32_t>::max()) return "too many rows";
  return float_or_bf16(p, context);
}

Grid grid_of(const ReduceProblem& p) {
  return {{static_cast<unsigned>(p.outer)}, {kThreads}};
}

void sum(const ReduceProblem& p, const ReduceSum::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto x) {
    visit_stored(p.y_dtype, [&](auto y) {
      using T = decltype(x);
      using Y = decltype(y);
      launch("reduce_sum_block_per_row", sum_kernel<T, Y>, grid_of(p),
             {a.x.data<T>(), a.y.data<Y>(), nullptr, p.count, static_cast<float>(a.factor), a.y.adds()});
    });
  });
}
void max(const ReduceProblem& p, const ReduceMax::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("reduce_max_block_per_row", max_kernel<T>, grid_of(p),
           {a.x.data<T>(), a.y.data<T>(), a.index.data<std::int32_t>(), p.count, 1, a.y.adds()});
  });
}

}  // namespace

extern const KernelVariant<ReduceSum> reduce_sum_block_per_row = {
    .name = "block_per_row", .target = kTarget, .why_not = why_not, .run = sum};
extern const KernelVariant<ReduceMax> reduce_max_block_per_row = {
    .name = "block_per_row", .target = kTarget, .why_not = why_not, .run = max};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
