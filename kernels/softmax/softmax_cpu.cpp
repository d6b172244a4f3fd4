#include <algorithm>
#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/softmax/softmax.h"
#include "kernels/softmax/softmax_simd.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<SoftmaxForward> softmax_forward_reference =
    reference_row<SoftmaxForward>([]<class T>(T, const SoftmaxProblem& p, const SoftmaxForward::Args& a) {
      for (std::int64_t row = 0; row < p.rows; ++row) {
        const T* x = a.x.data<T>() + row * p.width;
        const double largest = *std::max_element(x, x + p.width);
        double sum = 0;
        for (std::int64_t i = 0; i < p.width; ++i) sum += std::exp(x[i] - largest);
        for (std::int64_t i = 0; i < p.width; ++i) {
          const double shifted = x[i] - largest;
          store<T>(a.y, row * p.width + i, p.log ? shifted - std::log(sum) : std::exp(shifted) / sum);
        }
      }
    });
extern const KernelVariant<SoftmaxBackward> softmax_backward_reference =
    reference_row<SoftmaxBackward>([]<class T>(T, const SoftmaxProblem& p, const SoftmaxBackward::Args& a) {
      for (std::int64_t row = 0; row < p.rows; ++row) {
        const T* y = a.y.data<T>() + row * p.width;
        const T* dy = a.dy.data<T>() + row * p.width;
        double sum = 0;
        for (std::int64_t i = 0; i < p.width; ++i) sum += p.log ? dy[i] : static_cast<double>(dy[i]) * y[i];
        for (std::int64_t i = 0; i < p.width; ++i) {
          const double d = dy[i];
          store<T>(a.dx, row * p.width + i,
                   p.log ? d - std::exp(static_cast<double>(y[i])) * sum : y[i] * (d - sum));
        }
      }
    });

extern const KernelVariant<SoftmaxForward> softmax_forward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const SoftmaxProblem& p, const SoftmaxForward::Args& a, const Context&, Workspace) {
      const float* x = a.x.data<float>();
      float* y = a.y.data<float>();
      launch_rows("softmax_forward", p.rows, p.width, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t at = begin * p.width; at < end * p.width; at += p.width) {
          SONOGRAD_SIMD_CALL(softmax_row)(x + at, p.width, p.log, a.y.adds(), y + at);
        }
      });
    }};
extern const KernelVariant<SoftmaxBackward> softmax_backward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const SoftmaxProblem& p, const SoftmaxBackward::Args& a, const Context&, Workspace) {
      const float* y = a.y.data<float>();
      const float* dy = a.dy.data<float>();
      float* dx = a.dx.data<float>();
      launch_rows("softmax_backward", p.rows, p.width, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t at = begin * p.width; at < end * p.width; at += p.width) {
          SONOGRAD_SIMD_CALL(softmax_row_gradient)(y + at, dy + at, p.width, p.log, a.dx.adds(), dx + at);
        }
      });
    }};

}  // namespace sonograd::kernels::cpu
