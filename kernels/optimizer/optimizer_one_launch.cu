// All parameters in one launch, four neighbouring elements per thread.
//
// A table of the parameters is an argument of the launch, so that a step does not copy or wait, and can be replayed; a
// block finds its parameter in it by bisection. Models with more parameters than the table holds take several launches.
// Traffic, which is also the limit: values and state read and written, gradients read, 16 bytes at a time.
#include <cmath>

#include "kernels/core/reference.h"
#include "kernels/optimizer/optimizer.h"
#include "kernels/optimizer/step_scalars.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256, kWidth = kVectorWidth<float>;
constexpr std::size_t kMostParameters = 160;

struct Parameter {
  float* value;
  const float* gradient;  // or null
  float *first, *second;  // or null
  std::int64_t count;
  unsigned end_block;  // one past the last block of this parameter
  bool vectors;
};

struct Params {
  StepScalars scalars;
  const float* clip_factor;  // or null
  OptimizerRule rule;
  bool nesterov;
  unsigned parameters;
  Parameter table[kMostParameters];
};
static_assert(sizeof(Params) <= 32764, "limit of the arguments of a launch since CUDA 12.1");

__device__ void update(const Params& p, float gradient, float& value, float& first, float& second) {
  const StepScalars& s = p.scalars;
  const float sign = value > 0 ? 1.0f : value < 0 ? -1.0f : 0.0f;
  const float g = gradient + s.l2 * value + s.l1 * sign;
  switch (p.rule) {
    case OptimizerRule::sgd:
      first = s.momentum * first + g;
      value -= s.lr * (p.nesterov ? g + s.momentum * first : first);
      break;
    case OptimizerRule::adam:
    case OptimizerRule::adamw:
      first += s.new1 * (g - first);
      second = s.beta2 * second + s.new2 * g * g;
      value = s.keep * value - s.first_correction * first / (std::sqrt(second) * s.root_correction + s.eps);
      break;
    case OptimizerRule::rmsprop:
      second = s.alpha * second + s.new_alpha * g * g;
      first = s.momentum * first + g / (std::sqrt(second) + s.eps);
      value -= s.lr * first;
      break;
  }
}

// Updates elements `i` to `i + N`. State that the rule lacks is zero and is not stored.
template <int N>
__device__ void update_elements(const Params& p, const Parameter& parameter, std::int64_t i) {
  auto value = load_vec<N>(parameter.value + i);
  Vec<float, N> gradient = {}, first = {}, second = {};
  if (parameter.gradient != nullptr) gradient = load_vec<N>(parameter.gradient + i);
  if (p.clip_factor != nullptr) {
    for (int k = 0; k < N; ++k) gradient[k] *= *p.clip_factor;
  }
  if (parameter.first != nullptr) first = load_vec<N>(parameter.first + i);
  if (parameter.second != nullptr) second = load_vec<N>(parameter.second + i);
  for (int k = 0; k < N; ++k) update(p, gradient[k], value[k], first[k], second[k]);
  store_vec(parameter.value + i, value);
  if (parameter.first != nullptr) store_vec(parameter.first + i, first);
  if (parameter.second != nullptr) store_vec(parameter.second + i, second);
}

SONOGRAD_KERNEL(kThreads, optimizer_kernel, const __grid_constant__ Params p) {
  unsigned index = 0;
  for (unsigned end = p.parameters; index + 1 < end;) {
    const unsigned middle = (index + end) / 2;
    (blockIdx.x < p.table[middle - 1].end_block ? end : index) = middle;
  }
  const Parameter& parameter = p.table[index];
  const unsigned block = blockIdx.x - (index == 0 ? 0 : p.table[index - 1].end_block);
  const std::int64_t first = (std::int64_t{block} * kThreads + threadIdx.x) * kWidth;
  if (parameter.vectors && first + kWidth <= parameter.count) {
    update_elements<kWidth>(p, parameter, first);
    return;
  }
  for (std::int64_t i = first; i < first + kWidth && i < parameter.count; ++i) {
    update_elements<1>(p, parameter, i);
  }
}

Parameter table_row(const OptimizerOptions& o, const OptimizedParameter& parameter, unsigned first_block) {
  const auto& [value, gradient, first, second] = parameter;
  Parameter row = {.value = value.data<float>(),
                   .gradient = gradient.defined() ? gradient.data<float>() : nullptr,
                   .first = o.uses_first() ? first.data<float>() : nullptr,
                   .second = o.uses_second() ? second.data<float>() : nullptr,
                   .count = value.numel(),
                   .end_block = first_block + blocks_for(value.numel(), kThreads * kWidth),
                   .vectors = false};
  row.vectors = vector_aligned(row.value, row.gradient, row.first, row.second);
  return row;
}

void run_one_launch(const OptimizerProblem& p, const OptimizerStep::Args& a, const Context&, Workspace) {
  for (auto rest = a.parameters; !rest.empty();) {
    const auto now = rest.first(std::min(rest.size(), kMostParameters));
    rest = rest.subspan(now.size());
    Params params = {step_scalars(p.options, p.step),
                     a.clip_factor.defined() ? a.clip_factor.data<float>() : nullptr,
                     p.options.rule,
                     p.options.nesterov,
                     static_cast<unsigned>(now.size()),
                     {}};
    unsigned blocks = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      params.table[i] = table_row(p.options, now[i], blocks);
      blocks = params.table[i].end_block;
    }
    launch("optimizer_step", optimizer_kernel, {{blocks}, {kThreads}}, params);
  }
}

}  // namespace

extern const KernelVariant<OptimizerStep> optimizer_step_one_launch = {
    .name = "one_launch", .target = kTarget, .why_not = float_only, .run = run_one_launch};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
