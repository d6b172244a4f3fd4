// Gradients of sums and maxima: a thread writes 4 neighbouring elements of dx.
//
// dx is [outer, count, inner]. Four elements have the same place along `count` where 4 divides `inner`; otherwise a thread
// writes one element. Every element is written once, so dx needs no zeros first. It is faster than `naive`, whose threads
// walk along `count` and find the place of every element by divisions. Limit: writing dx once.
#include <limits>

#include "kernels/core/reference.h"
#include "kernels/reduce/reduce.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256, kVector = 4;

template <class T>
struct Params {
  const T* dy;                // [outer, inner]
  const std::int32_t* index;  // null: the gradient of a sum
  T* dx;
  unsigned vectors, count, inner;  // vectors of dx
  float factor;
  bool add;
};

template <int N, class T>
SONOGRAD_KERNEL(kThreads, reduce_backward_kernel, Params<T> p) {
  const unsigned i = blockIdx.x * unsigned{kThreads} + threadIdx.x;
  if (i >= p.vectors) return;
  const unsigned across = p.inner / N, row = i / across, column = i % across * N;
  const std::int64_t from = std::int64_t{row / p.count} * p.inner + column;
  const auto place = static_cast<std::int32_t>(row % p.count);
  Vec<float, N> values;
  for (int k = 0; k < N; ++k) {
    const bool reached = p.index == nullptr || p.index[from + k] == place;
    values[k] = reached ? p.factor * widen(p.dy[from + k]) : 0.0f;
  }
  write_vec<N>(p.dx + std::int64_t{i} * N, values, p.add);
}

const char* why_not(const ReduceProblem& p, const Context& context) {
  if (!p.adjacent) return "the reduced axes are not adjacent";
  if (p.input.numel() > std::numeric_limits<std::int32_t>::max()) return "2^31 elements or more";
  return float_or_bf16(p, context);
}

template <class T>
void distribute(std::string_view name, const ReduceProblem& p, const T* dy, const std::int32_t* index,
                const Out& out, double factor) {
  const bool vectors = p.inner % kVector == 0 && vector_aligned(out.data<T>());
  const auto elements = static_cast<unsigned>(p.input.numel()), count = static_cast<unsigned>(p.count);
  const auto inner = static_cast<unsigned>(p.inner);
  const Params<T> params = {dy,
                            index,
                            out.data<T>(),
                            vectors ? elements / kVector : elements,
                            count,
                            inner,
                            static_cast<float>(factor),
                            out.adds()};
  const Grid grid = {{blocks_for(params.vectors, kThreads)}, {kThreads}};
  launch(name, vectors ? reduce_backward_kernel<kVector, T> : reduce_backward_kernel<1, T>, grid, params);
}

void sum_backward(const ReduceProblem& p, const ReduceSumBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    distribute("reduce_sum_backward_vectorized", p, a.dy.data<decltype(tag)>(), nullptr, a.dx, a.factor);
  });
}
void max_backward(const ReduceProblem& p, const ReduceMaxBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    distribute("reduce_max_backward_vectorized", p, a.dy.data<decltype(tag)>(), a.index.data<std::int32_t>(),
               a.dx, 1);
  });
}

}  // namespace

extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = why_not, .run = sum_backward};
extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = why_not, .run = max_backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
