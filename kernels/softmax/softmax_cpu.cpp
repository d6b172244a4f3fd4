#include <algorithm>
#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/softmax/softmax.h"
#include "kernels/softmax/softmax_simd.h"

namespace sonograd::kernels::cpu {
namespace {

template <class T>
void forward(const SoftmaxProblem& p, const SoftmaxForward::Args& a) {
  const T* x = a.x.data<T>();
  T* y = a.y.data<T>();
  launch_rows("softmax_forward", p.rows, p.width, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t at = begin * p.width; at < end * p.width; at += p.width) {
      SONOGRAD_SIMD_CALL(softmax_row<T>)(x + at, p.width, p.log, a.y.adds(), y + at);
    }
  });
}

template <class T>
void backward(const SoftmaxProblem& p, const SoftmaxBackward::Args& a) {
  const T* y = a.y.data<T>();
  const T* dy = a.dy.data<T>();
  T* dx = a.dx.data<T>();
  launch_rows("softmax_backward", p.rows, p.width, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t at = begin * p.width; at < end * p.width; at += p.width) {
      SONOGRAD_SIMD_CALL(softmax_row_gradient<T>)(y + at, dy + at, p.width, p.log, a.dx.adds(), dx + at);
    }
  });
}

}  // namespace

extern const KernelVariant<SoftmaxForward> softmax_forward_reference = stored_reference_row<SoftmaxForward>(
    []<class T>(T, const SoftmaxProblem& p, const SoftmaxForward::Args& a) {
      for (std::int64_t row = 0; row < p.rows; ++row) {
        const T* x = a.x.data<T>() + row * p.width;
        double largest = widen(x[0]), sum = 0;
        for (std::int64_t i = 1; i < p.width; ++i) largest = std::max<double>(largest, widen(x[i]));
        for (std::int64_t i = 0; i < p.width; ++i) sum += std::exp(widen(x[i]) - largest);
        for (std::int64_t i = 0; i < p.width; ++i) {
          const double shifted = widen(x[i]) - largest;
          store<T>(a.y, row * p.width + i, p.log ? shifted - std::log(sum) : std::exp(shifted) / sum);
        }
      }
    });
extern const KernelVariant<SoftmaxBackward> softmax_backward_reference =
    stored_reference_row<SoftmaxBackward>(
        []<class T>(T, const SoftmaxProblem& p, const SoftmaxBackward::Args& a) {
          for (std::int64_t row = 0; row < p.rows; ++row) {
            const T* y = a.y.data<T>() + row * p.width;
            const T* dy = a.dy.data<T>() + row * p.width;
            double sum = 0;
            for (std::int64_t i = 0; i < p.width; ++i) {
              const double value = widen(y[i]), d = widen(dy[i]);
              sum += p.log ? d : d * value;
            }
            for (std::int64_t i = 0; i < p.width; ++i) {
              const double value = widen(y[i]), d = widen(dy[i]);
              store<T>(a.dx, row * p.width + i, p.log ? d - std::exp(value) * sum : value * (d - sum));
            }
          }
        });

extern const KernelVariant<SoftmaxForward> softmax_forward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const SoftmaxProblem& p, const SoftmaxForward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { forward<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<SoftmaxBackward> softmax_backward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const SoftmaxProblem& p, const SoftmaxBackward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { backward<decltype(tag)>(p, a); });
    }};

}  // namespace sonograd::kernels::cpu
