#include <cmath>
#include <numbers>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/pointwise/pointwise.h"
#include "kernels/pointwise/pointwise_simd.h"

namespace sonograd::kernels::cpu {
namespace {

double normal_distribution(double x) {
  return 0.5 * (1 + std::erf(x / std::numbers::sqrt2));
}
double normal_density(double x) {
  return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
}

double value(const UnaryProblem& p, double x) {
  switch (p.function) {
    case Unary::relu:
      return x < 0 ? 0 : x;
    case Unary::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Unary::tanh:
      return std::tanh(x);
    case Unary::gelu:
      return x * normal_distribution(x);
    case Unary::exp:
      return std::exp(x);
    case Unary::log:
      return std::log(x);
    case Unary::scale:
      return p.alpha * x;
  }
  return 0;
}

double derivative(const UnaryProblem& p, double saved) {
  switch (p.function) {
    case Unary::relu:
      return saved > 0 ? 1 : 0;
    case Unary::sigmoid:
      return saved * (1 - saved);
    case Unary::tanh:
      return 1 - saved * saved;
    case Unary::gelu:
      return normal_distribution(saved) + saved * normal_density(saved);
    case Unary::exp:
      return saved;
    case Unary::log:
      return 1 / saved;
    case Unary::scale:
      return p.alpha;
  }
  return 0;
}

}  // namespace

extern const KernelVariant<UnaryForward> unary_forward_reference =
    reference_row<UnaryForward>([]<class T>(T, const UnaryProblem& p, const UnaryForward::Args& a) {
      const T* x = a.x.data<T>();
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) store<T>(a.y, i, value(p, x[i]));
    });
extern const KernelVariant<UnaryBackward> unary_backward_reference =
    reference_row<UnaryBackward>([]<class T>(T, const UnaryProblem& p, const UnaryBackward::Args& a) {
      const T* saved = a.saved.data<T>();
      const T* dy = a.dy.data<T>();
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) store<T>(a.dx, i, dy[i] * derivative(p, saved[i]));
    });
extern const KernelVariant<BinaryForward> binary_forward_reference =
    reference_row<BinaryForward>([]<class T>(T, const BinaryProblem& p, const BinaryForward::Args& args) {
      const T* a = args.a.data<T>();
      const T* b = args.b.data<T>();
      for (std::int64_t i = 0; i < p.a.numel(); ++i) {
        const double u = a[i], v = b[i % p.b.numel()];
        store<T>(args.y, i, p.function == Binary::add ? u + v : u * v);
      }
    });

extern const KernelVariant<UnaryForward> unary_forward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const UnaryProblem& p, const UnaryForward::Args& a, const Context&, Workspace) {
      const float* x = a.x.data<float>();
      float* y = a.y.data<float>();
      launch_ranges("unary_forward", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
        SONOGRAD_SIMD_CALL(unary)
        (p.function, static_cast<float>(p.alpha), x + begin, end - begin, a.y.adds(), y + begin);
      });
    }};
extern const KernelVariant<UnaryBackward> unary_backward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const UnaryProblem& p, const UnaryBackward::Args& a, const Context&, Workspace) {
      const float* saved = a.saved.data<float>();
      const float* dy = a.dy.data<float>();
      float* dx = a.dx.data<float>();
      launch_ranges("unary_backward", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
        SONOGRAD_SIMD_CALL(unary_gradient)
        (p.function, static_cast<float>(p.alpha), saved + begin, dy + begin, end - begin, a.dx.adds(),
         dx + begin);
      });
    }};
extern const KernelVariant<BinaryForward> binary_forward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const BinaryProblem& p, const BinaryForward::Args& args, const Context&, Workspace) {
      const float* a = args.a.data<float>();
      const float* b = args.b.data<float>();
      float* y = args.y.data<float>();
      const bool add = args.y.adds();
      if (p.a.numel() == p.b.numel()) {
        launch_ranges("binary_forward", p.a.numel(), [&](std::int64_t begin, std::int64_t end) {
          SONOGRAD_SIMD_CALL(binary)(p.function, a + begin, b + begin, 1, end - begin, add, y + begin);
        });
        return;
      }
      const std::int64_t width = p.b.numel();
      const std::int64_t rows = width == 0 ? 0 : p.a.numel() / width;
      launch_rows("binary_forward", rows, width, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t at = begin * width;
        SONOGRAD_SIMD_CALL(binary)(p.function, a + at, b, end - begin, width, add, y + at);
      });
    }};

}  // namespace sonograd::kernels::cpu
