#include <algorithm>
#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/losses/cross_entropy.h"
#include "kernels/losses/cross_entropy_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference
template <class T>
double target_of(const CrossEntropyProblem& p, const View& target, std::int64_t row, std::int64_t i) {
  if (p.soft) return target.data<T>()[row * p.classes + i];
  return target.data<std::int32_t>()[row] == i ? 1 : 0;
}

template <class T>
double log_sum_exp(const T* x, std::int64_t n) {
  const double largest = *std::max_element(x, x + n);
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += std::exp(x[i] - largest);
  return largest + std::log(sum);
}

// ---- simd
void forward(const CrossEntropyProblem& p, const CrossEntropyForward::Args& a, const Context&,
             Workspace workspace) {
  const float* x = a.x.data<float>();
  const float* soft = p.soft ? a.target.data<float>() : nullptr;
  const std::int32_t* k = p.soft ? nullptr : a.target.data<std::int32_t>();
  float* losses = workspace.take<float>(static_cast<std::size_t>(p.rows));
  launch_rows("cross_entropy_forward", p.rows, p.classes, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t at = row * p.classes;
      losses[row] = p.soft ? SONOGRAD_SIMD_CALL(soft_row_loss)(x + at, soft + at, p.classes)
                           : SONOGRAD_SIMD_CALL(class_row_loss)(x + at, p.classes, k[row]);
    }
  });
  double sum = 0;
  for (std::int64_t row = 0; row < p.rows; ++row) sum += losses[row];
  store<float>(a.loss, 0, sum / static_cast<double>(p.rows));
}

void backward(const CrossEntropyProblem& p, const CrossEntropyBackward::Args& a, const Context&, Workspace) {
  const float* x = a.x.data<float>();
  const float* soft = p.soft ? a.target.data<float>() : nullptr;
  const std::int32_t* k = p.soft ? nullptr : a.target.data<std::int32_t>();
  float* dx = a.dx.data<float>();
  const float scale = *a.dloss.data<float>() / static_cast<float>(p.rows);
  launch_rows("cross_entropy_backward", p.rows, p.classes, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t at = row * p.classes;
      if (p.soft) {
        SONOGRAD_SIMD_CALL(soft_row_gradient)(x + at, soft + at, p.classes, scale, a.dx.adds(), dx + at);
      } else {
        SONOGRAD_SIMD_CALL(class_row_gradient)(x + at, p.classes, k[row], scale, a.dx.adds(), dx + at);
      }
    }
  });
}

}  // namespace

extern const KernelVariant<CrossEntropyForward> cross_entropy_forward_reference =
    reference_row<CrossEntropyForward>(
        []<class T>(T, const CrossEntropyProblem& p, const CrossEntropyForward::Args& a) {
          double sum = 0;
          for (std::int64_t row = 0; row < p.rows; ++row) {
            const T* x = a.x.data<T>() + row * p.classes;
            const double log_sum = log_sum_exp(x, p.classes);
            for (std::int64_t i = 0; i < p.classes; ++i)
              sum += target_of<T>(p, a.target, row, i) * (log_sum - x[i]);
          }
          store<T>(a.loss, 0, sum / static_cast<double>(p.rows));
        });
extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_reference =
    reference_row<CrossEntropyBackward>(
        []<class T>(T, const CrossEntropyProblem& p, const CrossEntropyBackward::Args& a) {
          const double scale = static_cast<double>(*a.dloss.data<T>()) / static_cast<double>(p.rows);
          for (std::int64_t row = 0; row < p.rows; ++row) {
            const T* x = a.x.data<T>() + row * p.classes;
            const double log_sum = log_sum_exp(x, p.classes);
            double mass = 0;
            for (std::int64_t i = 0; i < p.classes; ++i) mass += target_of<T>(p, a.target, row, i);
            for (std::int64_t i = 0; i < p.classes; ++i) {
              const double d = mass * std::exp(x[i] - log_sum) - target_of<T>(p, a.target, row, i);
              store<T>(a.dx, row * p.classes + i, scale * d);
            }
          }
        });

extern const KernelVariant<CrossEntropyForward> cross_entropy_forward_simd = {
    .name = "simd",
    .why_not = float_only,
    .workspace =
        [](const CrossEntropyProblem& p) {
          return Workspace::bytes<float>(static_cast<std::size_t>(p.rows));
        },
    .run = forward};
extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_simd = {
    .name = "simd", .why_not = float_only, .run = backward};

}  // namespace sonograd::kernels::cpu
