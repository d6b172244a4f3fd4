// Sums and maxima over an axis before the last one, such as time or frequency with the channels last.
//
// x is [outer, count, inner]. A warp owns 32 neighbouring columns of one `outer`, a column per lane, and reads whole cache
// lines of row after row. Long columns are divided among the 8 warps of a block, in stretches whose states are merged in
// order through shared memory; for short ones each warp of a block has columns of its own. It is faster than `naive`, which
// finds the place of every element by divisions, and has one thread for a long column. Limit: reading x once.
#include <limits>

#include "kernels/core/reference.h"
#include "kernels/reduce/reduce.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kLanes = int(kWarpSize), kWarps = 8;
constexpr std::int64_t kLong = 64;          // rows that are worth a division
constexpr std::int64_t kFewestColumns = 8;  // of a warp

// Reductions: a state, the state of one element, and of two stretches of which `a` is the first.
template <class Y>
struct SumOf {
  using State = float;
  Y* y;
  float factor;
  bool add;

  __device__ static State start() { return 0; }
  __device__ static State next(State state, float value, std::int32_t) { return state + value; }
  __device__ static State merge(State a, State b) { return a + b; }
  __device__ void finish(std::int64_t i, State state) const { write(y[i], factor * state, add); }
};

template <class Y>
struct MaxOf {
  struct State {
    float value;
    std::int32_t row;  // -1: none
  };
  Y* y;
  std::int32_t* index;
  bool add;

  __device__ static State start() { return {0, -1}; }
  // The first of equal values; NaN counts as larger than all numbers.
  __device__ static State next(const State& state, float value, std::int32_t row) {
    return merge(state, {value, row});
  }
  __device__ static State merge(const State& a, const State& b) {
    if (a.row < 0 || b.row < 0) return a.row < 0 ? b : a;
    const bool wins = b.value > a.value || (b.value != b.value && a.value == a.value);
    return wins ? b : a;
  }
  __device__ void finish(std::int64_t i, const State& state) const {
    write(y[i], state.value, add);
    index[i] = state.row;
  }
};

template <class T, class F>
struct Params {
  const T* x;
  std::int64_t outer, count, inner;
  F f;
};

// kDivides: the warps of a block share the rows of its columns.
template <bool kDivides, class T, class F>
SONOGRAD_KERNEL(kLanes* kWarps, columns_kernel, Params<T, F> p) {
  using State = typename F::State;
  struct Smem {
    State states[kWarps][kLanes];
  };
  const std::int64_t groups = (p.inner + kLanes - 1) / kLanes, warp = warp_index();
  const std::int64_t task = kDivides ? std::int64_t{blockIdx.x} : std::int64_t{blockIdx.x} * kWarps + warp;
  const std::int64_t outer = task / groups, column = task % groups * kLanes + lane_index();
  const bool inside = outer < p.outer && column < p.inner;
  const std::int64_t begin = kDivides ? p.count * warp / kWarps : 0;
  const std::int64_t end = kDivides ? p.count * (warp + 1) / kWarps : p.count;
  State state = F::start();
  if (inside) {
    const T* x = p.x + (outer * p.count + begin) * p.inner + column;
    for (std::int64_t row = begin; row < end; ++row, x += p.inner)
      state = F::next(state, widen(*x), static_cast<std::int32_t>(row));
  }
  if constexpr (kDivides) {
    Smem& smem = shared<Smem>();
    smem.states[warp][lane_index()] = state;
    sync_block();
    if (warp != 0) return;
    for (int i = 1; i < kWarps; ++i) state = F::merge(state, smem.states[i][lane_index()]);
  }
  if (inside) p.f.finish(outer * p.inner + column, state);
}

template <class T, class F>
void reduce(std::string_view name, const ReduceProblem& p, const T* x, const F& f) {
  const std::int64_t tasks = p.outer * ((p.inner + kLanes - 1) / kLanes);
  const Dim threads = {static_cast<unsigned>(kLanes * kWarps)};
  if (p.count >= kLong) {
    launch(name, columns_kernel<true, T, F>, {{blocks_for(tasks, 1)}, threads},
           {x, p.outer, p.count, p.inner, f});
  } else {
    launch(name, columns_kernel<false, T, F>, {{blocks_for(tasks, kWarps)}, threads},
           {x, p.outer, p.count, p.inner, f});
  }
}

const char* why_not(const ReduceProblem& p, const Context& context) {
  if (!p.adjacent) return "the reduced axes are not adjacent";
  if (p.inner < kFewestColumns) return "too few columns for a warp";
  if (p.outer * ((p.inner + kLanes - 1) / kLanes) > std::numeric_limits<std::int32_t>::max())
    return "more columns than a grid has blocks";
  return float_or_bf16(p, context);
}

// Few long columns, such as gradients of biases, are divided further by `two_pass`.
const char* why_not_sum(const ReduceProblem& p, const Context& context) {
  constexpr std::int64_t kFewTasks = 264, kVeryLong = 1024;
  if (p.count > kVeryLong && p.outer * ((p.inner + kLanes - 1) / kLanes) < kFewTasks)
    return "few columns, which are too long for a block";
  return why_not(p, context);
}

void sum(const ReduceProblem& p, const ReduceSum::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto x) {
    visit_stored(p.y_dtype, [&](auto y) {
      using Y = decltype(y);
      reduce("reduce_sum_columns", p, a.x.data<decltype(x)>(),
             SumOf<Y>{a.y.data<Y>(), static_cast<float>(a.factor), a.y.adds()});
    });
  });
}
void max(const ReduceProblem& p, const ReduceMax::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    reduce("reduce_max_columns", p, a.x.data<T>(),
           MaxOf<T>{a.y.data<T>(), a.index.data<std::int32_t>(), a.y.adds()});
  });
}

}  // namespace

extern const KernelVariant<ReduceSum> reduce_sum_columns = {
    .name = "columns", .target = kTarget, .why_not = why_not_sum, .run = sum};
extern const KernelVariant<ReduceMax> reduce_max_columns = {
    .name = "columns", .target = kTarget, .why_not = why_not, .run = max};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
