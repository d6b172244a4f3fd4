#include "kernels/optimizer/optimizer_cpu.h"

#include <algorithm>
#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/optimizer/optimizer_simd.h"

namespace sonograd::kernels::cpu {
namespace {

double l2_of(const OptimizerOptions& o) {
  return o.kind == OptimizerKind::adamw ? 0 : o.weight_decay;
}
double keep_of(const OptimizerOptions& o) {
  return o.kind == OptimizerKind::adamw ? 1 - o.lr * o.weight_decay : 1;
}
double correction(double beta, std::int64_t step) {
  return 1 - std::pow(beta, static_cast<double>(step));
}

template <class T>
void reference(const OptimizerOptions& o, const OptimizedParameter& p) {
  T* const w = p.w.data<T>();
  T* const first = p.first.data<T>();
  T* const second = p.second.data<T>();
  for (std::int64_t i = 0; i < p.w.numel(); ++i) {
    double x = w[i], a = first[i], b = second[i];
    const double sign = (x > 0) - (x < 0);
    const double g = o.gradient_scale * p.dw.data<T>()[i] + l2_of(o) * x + o.l1 * sign;
    switch (o.kind) {
      case OptimizerKind::sgd:
        a = o.momentum * a + g;
        x -= o.lr * (o.nesterov ? g + o.momentum * a : a);
        break;
      case OptimizerKind::adam:
      case OptimizerKind::adamw:
        a = o.beta1 * a + (1 - o.beta1) * g;
        b = o.beta2 * b + (1 - o.beta2) * g * g;
        x = keep_of(o) * x -
            o.lr / correction(o.beta1, o.step) * a / (std::sqrt(b / correction(o.beta2, o.step)) + o.eps);
        break;
      case OptimizerKind::rmsprop:
        a = o.alpha * a + (1 - o.alpha) * g * g;
        b = o.momentum * b + g / (std::sqrt(a) + o.eps);
        x -= o.lr * b;
        break;
    }
    w[i] = static_cast<T>(x), first[i] = static_cast<T>(a), second[i] = static_cast<T>(b);
  }
}

OptimizerScalars scalars_of(const OptimizerOptions& o) {
  const bool adam = o.kind == OptimizerKind::adam || o.kind == OptimizerKind::adamw;
  const double beta2 = adam ? o.beta2 : o.alpha;
  const auto f = [](double value) { return static_cast<float>(value); };
  return {.gradient_scale = f(o.gradient_scale),
          .l2 = f(l2_of(o)),
          .l1 = f(o.l1),
          .keep = f(keep_of(o)),
          .momentum = f(o.momentum),
          .nesterov = o.nesterov ? 1.0f : 0.0f,
          .decay1 = f(o.beta1),
          .fresh1 = f(1 - o.beta1),
          .decay2 = f(beta2),
          .fresh2 = f(1 - beta2),
          .rate = f(adam ? o.lr / correction(o.beta1, o.step) : o.lr),
          .root_scale = f(1 / std::sqrt(correction(o.beta2, o.step))),
          .eps = f(o.eps)};
}

// All parameters as one row of equal blocks, so that threads share the work whatever the sizes.
void step_all(const OptimizerOptions& o, std::span<const OptimizedParameter> parameters) {
  constexpr std::int64_t kBlock = 1 << 13;
  const OptimizerScalars scalars = scalars_of(o);
  std::int64_t total = 0;
  for (const OptimizedParameter& p : parameters) total += blocks_of(p.w.numel(), kBlock);
  launch("optimizer_step", total, [&](std::int64_t block) {
    const OptimizedParameter* p = parameters.data();
    for (; block >= blocks_of(p->w.numel(), kBlock); ++p) block -= blocks_of(p->w.numel(), kBlock);
    const std::int64_t start = block * kBlock;
    const std::int64_t n = std::min(kBlock, p->w.numel() - start);
    float* w = p->w.data<float>() + start;
    const float* dw = p->dw.data<float>() + start;
    float* first = p->first.data<float>() + start;
    float* second = p->second.data<float>() + start;
    switch (o.kind) {
      case OptimizerKind::sgd:
        return SONOGRAD_SIMD_CALL(sgd_step)(scalars, n, w, dw, first);
      case OptimizerKind::adam:
      case OptimizerKind::adamw:
        return SONOGRAD_SIMD_CALL(adam_step)(scalars, n, w, dw, first, second);
      case OptimizerKind::rmsprop:
        return SONOGRAD_SIMD_CALL(rmsprop_step)(scalars, n, w, dw, first, second);
    }
  });
}

}  // namespace

const KernelVariant<OptimizerStep> optimizer_step_reference = {
    .name = "reference", .run = [](const OptimizerProblem& p, const OptimizerStep::Args& args, Workspace) {
      for (const OptimizedParameter& parameter : args.parameters) {
        p.dtype == DType::f64 ? reference<double>(p.options, parameter)
                              : reference<float>(p.options, parameter);
      }
    }};

const KernelVariant<OptimizerStep> optimizer_step_simd = {
    .name = "simd",
    .why_not = [](const OptimizerProblem& p, const Context&) -> const char* {
      return p.dtype == DType::f32 ? nullptr : "wants f32";
    },
    .run = [](const OptimizerProblem& p, const OptimizerStep::Args& args,
              Workspace) { step_all(p.options, args.parameters); }};

}  // namespace sonograd::kernels::cpu
