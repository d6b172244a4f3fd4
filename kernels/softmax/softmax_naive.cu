// One thread per row: the formula as loops.
//
// Limit: neighbouring threads are a row apart, so that every element costs a sector of 32 bytes, three times where rows do
// not stay in the cache.
#include <cmath>

#include "kernels/core/reference.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"
#include "kernels/softmax/softmax.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

constexpr std::int64_t kMostTerms = 4096;

template <class T>
struct Params {
  const T *x, *dy;  // [rows, width]; x is y backward
  T* out;
  std::int64_t rows, width;
  bool log, add;
};

template <class T>
SONOGRAD_KERNEL(kThreads, forward_kernel, Params<T> p) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (row >= p.rows) return;
  const T* x = p.x + row * p.width;
  T* y = p.out + row * p.width;
  float largest = widen(x[0]), sum = 0;
  for (std::int64_t i = 1; i < p.width; ++i) {
    const float value = widen(x[i]);
    largest = value > largest ? value : largest;
  }
  for (std::int64_t i = 0; i < p.width; ++i) sum += std::exp(widen(x[i]) - largest);
  for (std::int64_t i = 0; i < p.width; ++i) {
    const float shifted = widen(x[i]) - largest;
    write(y[i], p.log ? shifted - std::log(sum) : std::exp(shifted) / sum, p.add);
  }
}

template <class T>
SONOGRAD_KERNEL(kThreads, backward_kernel, Params<T> p) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (row >= p.rows) return;
  const T *y = p.x + row * p.width, *dy = p.dy + row * p.width;
  T* dx = p.out + row * p.width;
  float sum = 0;
  for (std::int64_t i = 0; i < p.width; ++i) sum += p.log ? widen(dy[i]) : widen(dy[i]) * widen(y[i]);
  for (std::int64_t i = 0; i < p.width; ++i) {
    const float value = widen(y[i]), d = widen(dy[i]);
    write(dx[i], p.log ? d - std::exp(value) * sum : value * (d - sum), p.add);
  }
}

const char* why_not_forward(const SoftmaxProblem& p, const Context& context) {
  if (p.width > kMostTerms) return "rows of more than 4,096 elements: one float32 sum would lose digits";
  return float_or_bf16(p, context);
}

Grid grid_of(const SoftmaxProblem& p) {
  return {{blocks_for(p.rows, kThreads)}, {kThreads}};
}

void forward(const SoftmaxProblem& p, const SoftmaxForward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("softmax_forward_naive", forward_kernel<T>, grid_of(p),
           {a.x.data<T>(), nullptr, a.y.data<T>(), p.rows, p.width, p.log, a.y.adds()});
  });
}

void backward(const SoftmaxProblem& p, const SoftmaxBackward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("softmax_backward_naive", backward_kernel<T>, grid_of(p),
           {a.y.data<T>(), a.dy.data<T>(), a.dx.data<T>(), p.rows, p.width, p.log, a.dx.adds()});
  });
}

}  // namespace

extern const KernelVariant<SoftmaxForward> softmax_forward_naive = {
    .name = "naive", .target = kTarget, .why_not = why_not_forward, .run = forward};
extern const KernelVariant<SoftmaxBackward> softmax_backward_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
