// One thread per row: the formula, read off.
//
// What limits it: neighbouring threads are a row apart, so that every element costs a sector of 32 bytes, three times over
// where rows do not stay in the cache.
#include <cmath>

#include "kernels/core/reference.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"
#include "kernels/softmax/softmax.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

constexpr std::int64_t kMostTerms = 4096;

struct Params {
  const float *x, *dy;  // [rows, width]; x is y backward
  float* out;
  std::int64_t rows, width;
  bool log, add;
};

__global__ void __launch_bounds__(kThreads) forward_kernel(Params p) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (row >= p.rows) return;
  const float* x = p.x + row * p.width;
  float* y = p.out + row * p.width;
  float largest = x[0], sum = 0;
  for (std::int64_t i = 1; i < p.width; ++i) largest = x[i] > largest ? x[i] : largest;
  for (std::int64_t i = 0; i < p.width; ++i) sum += std::exp(x[i] - largest);
  for (std::int64_t i = 0; i < p.width; ++i) {
    const float shifted = x[i] - largest;
    write(y[i], p.log ? shifted - std::log(sum) : std::exp(shifted) / sum, p.add);
  }
}

__global__ void __launch_bounds__(kThreads) backward_kernel(Params p) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (row >= p.rows) return;
  const float *y = p.x + row * p.width, *dy = p.dy + row * p.width;
  float* dx = p.out + row * p.width;
  float sum = 0;
  for (std::int64_t i = 0; i < p.width; ++i) sum += p.log ? dy[i] : dy[i] * y[i];
  for (std::int64_t i = 0; i < p.width; ++i) {
    write(dx[i], p.log ? dy[i] - std::exp(y[i]) * sum : y[i] * (dy[i] - sum), p.add);
  }
}

const char* why_not_forward(const SoftmaxProblem& p, const Context& context) {
  if (p.width > kMostTerms) return "one sum of more than 4096 floats would lose digits";
  return float_only(p, context);
}

Grid grid_of(const SoftmaxProblem& p) {
  return {{blocks_for(p.rows, kThreads)}, {kThreads}};
}

void forward(const SoftmaxProblem& p, const SoftmaxForward::Args& a, const Context&, Workspace) {
  launch("softmax_forward_naive", forward_kernel, grid_of(p),
         {a.x.data<float>(), nullptr, a.y.data<float>(), p.rows, p.width, p.log, a.y.adds()});
}

void backward(const SoftmaxProblem& p, const SoftmaxBackward::Args& a, const Context&, Workspace) {
  launch("softmax_backward_naive", backward_kernel, grid_of(p),
         {a.y.data<float>(), a.dy.data<float>(), a.dx.data<float>(), p.rows, p.width, p.log, a.dx.adds()});
}

}  // namespace

extern const KernelVariant<SoftmaxForward> softmax_forward_naive = {
    .name = "naive", .target = kTarget, .why_not = why_not_forward, .run = forward};
extern const KernelVariant<SoftmaxBackward> softmax_backward_naive = {
    .name = "naive", .target = kTarget, .why_not = float_only, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
