#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/losses/loss.h"
#include "kernels/losses/loss_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference
double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

template <class Args>
bool squares(Criterion criterion, const Args& a, std::int64_t tag) {
  if (criterion == Criterion::mse_with_logits) return true;
  return criterion == Criterion::bce_mse_mix && a.marked.template data<std::uint8_t>()[tag] != 0;
}

double value(Criterion criterion, bool squared, double x, double t) {
  if (criterion == Criterion::squared_error) return (x - t) * (x - t);
  if (squared) return (sigmoid(x) - t) * (sigmoid(x) - t);
  return std::max(x, 0.0) - x * t + std::log1p(std::exp(-std::abs(x)));
}

double derivative(Criterion criterion, bool squared, double x, double t) {
  if (criterion == Criterion::squared_error) return 2 * (x - t);
  const double s = sigmoid(x);
  return squared ? 2 * (s - t) * s * (1 - s) : s - t;
}

template <class T, class Args>
double weight_of(const Args& a, std::int64_t tag) {
  return a.weight.defined() ? static_cast<double>(a.weight.template data<T>()[tag]) : 1.0;
}

// ---- simd: a block is some rows; the sums of blocks are added in order, in double.
template <class Args>
TagRules rules(const LossProblem& p, const Args& a) {
  return {a.weight.defined() ? a.weight.template data<float>() : nullptr,
          p.criterion == Criterion::bce_mse_mix ? a.marked.template data<std::uint8_t>() : nullptr};
}

std::int64_t rows_per_block(const LossProblem& p) {
  return std::max<std::int64_t>(1, 4096 / p.tags);
}

std::size_t block_count(const LossProblem& p) {
  return static_cast<std::size_t>(blocks_of(p.rows, rows_per_block(p)));
}

void forward(const LossProblem& p, const LossForward::Args& a, const Context&, Workspace workspace) {
  const float* x = a.x.data<float>();
  const float* target = a.target.data<float>();
  const std::size_t blocks = block_count(p);
  const std::int64_t step = rows_per_block(p);
  const TagRules tag_rules = rules(p, a);
  float* sums = workspace.take<float>(blocks);
  launch("loss_forward", static_cast<std::int64_t>(blocks), [&](std::int64_t block) {
    const std::int64_t row = block * step;
    sums[block] = SONOGRAD_SIMD_CALL(loss_sum)(p.criterion, tag_rules, x + row * p.tags,
                                               target + row * p.tags, std::min(step, p.rows - row), p.tags);
  });
  double sum = 0;
  for (std::size_t block = 0; block < blocks; ++block) sum += sums[block];
  store<float>(a.loss, 0, sum / static_cast<double>(p.shape.numel()));
}

void backward(const LossProblem& p, const LossBackward::Args& a, const Context&, Workspace) {
  const float* x = a.x.data<float>();
  const float* target = a.target.data<float>();
  float* dx = a.dx.data<float>();
  const float scale = *a.dloss.data<float>() / static_cast<float>(p.shape.numel());
  const TagRules tag_rules = rules(p, a);
  launch_rows("loss_backward", p.rows, p.tags, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t at = begin * p.tags;
    SONOGRAD_SIMD_CALL(loss_gradient)
    (p.criterion, tag_rules, x + at, target + at, scale, end - begin, p.tags, a.dx.adds(), dx + at);
  });
}

}  // namespace

extern const KernelVariant<LossForward> loss_forward_reference =
    reference_row<LossForward>([]<class T>(T, const LossProblem& p, const LossForward::Args& a) {
      const T* x = a.x.data<T>();
      const T* target = a.target.data<T>();
      double sum = 0;
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
        const std::int64_t tag = i % p.tags;
        sum += weight_of<T>(a, tag) * value(p.criterion, squares(p.criterion, a, tag), x[i], target[i]);
      }
      store<T>(a.loss, 0, sum / static_cast<double>(p.shape.numel()));
    });
extern const KernelVariant<LossBackward> loss_backward_reference =
    reference_row<LossBackward>([]<class T>(T, const LossProblem& p, const LossBackward::Args& a) {
      const T* x = a.x.data<T>();
      const T* target = a.target.data<T>();
      const double scale = static_cast<double>(*a.dloss.data<T>()) / static_cast<double>(p.shape.numel());
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
        const std::int64_t tag = i % p.tags;
        const double d = derivative(p.criterion, squares(p.criterion, a, tag), x[i], target[i]);
        store<T>(a.dx, i, scale * weight_of<T>(a, tag) * d);
      }
    });

extern const KernelVariant<LossForward> loss_forward_simd = {
    .name = "simd",
    .why_not = float_only,
    .workspace = [](const LossProblem& p) { return Workspace::bytes<float>(block_count(p)); },
    .run = forward};
extern const KernelVariant<LossBackward> loss_backward_simd = {
    .name = "simd", .why_not = float_only, .run = backward};

}  // namespace sonograd::kernels::cpu
