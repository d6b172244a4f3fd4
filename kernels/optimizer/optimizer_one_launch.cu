// All parameters in one launch, four neighbouring elements per thread.
//
// A table of the parameters is an argument of the launch, so that a step does not copy or wait, and can be replayed; a
// block finds its parameter in it by bisection. Models with more parameters than the table holds take several launches.
// Traffic, which is also the limit: values and state read and written, gradients read, 16 bytes of float32 or 8 of
// bf16 at a time.
#include <cmath>

#include "kernels/core/reference.h"
#include "kernels/optimizer/block_table.h"
#include "kernels/optimizer/optimizer.h"
#include "kernels/optimizer/step_scalars.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/stored.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256, kWidth = kVectorWidth<float>;
constexpr std::size_t kMostParameters = 160;

struct Parameter {
  void* value;
  const void* gradient;   // or null
  float *first, *second;  // or null
  std::int64_t count;
  unsigned end_block;     // one past the last block of this parameter
  bool vectors, is_bf16;  // is_bf16: value and gradient
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
template <class T, int N>
__device__ void update_elements(const Params& p, const Parameter& parameter, std::int64_t i) {
  T* values = static_cast<T*>(parameter.value) + i;
  auto value = load_wide<N>(values);
  Vec<float, N> gradient = {}, first = {}, second = {};
  if (parameter.gradient != nullptr) gradient = load_wide<N>(static_cast<const T*>(parameter.gradient) + i);
  if (p.clip_factor != nullptr) {
    for (int k = 0; k < N; ++k) gradient[k] *= *p.clip_factor;
  }
  if (parameter.first != nullptr) first = load_vec<N>(parameter.first + i);
  if (parameter.second != nullptr) second = load_vec<N>(parameter.second + i);
  for (int k = 0; k < N; ++k) update(p, gradient[k], value[k], first[k], second[k]);
  store_narrow<N>(values, value);
  if (parameter.first != nullptr) store_vec(parameter.first + i, first);
  if (parameter.second != nullptr) store_vec(parameter.second + i, second);
}

// kWidth elements from `first` on, as far as the parameter reaches.
template <class T>
__device__ void update_part(const Params& p, const Parameter& parameter, std::int64_t first) {
  if (parameter.vectors && first + kWidth <= parameter.count) {
    update_elements<T, kWidth>(p, parameter, first);
    return;
  }
  for (std::int64_t i = first; i < first + kWidth && i < parameter.count; ++i) {
    update_elements<T, 1>(p, parameter, i);
  }
}

SONOGRAD_KERNEL(kThreads, optimizer_kernel, const __grid_constant__ Params p) {
  const auto [row, block] = place_in(p.table, p.parameters);
  const Parameter& parameter = p.table[row];
  const std::int64_t first = (std::int64_t{block} * kThreads + threadIdx.x) * kWidth;
  parameter.is_bf16 ? update_part<bf16>(p, parameter, first) : update_part<float>(p, parameter, first);
}

Parameter table_row(const OptimizerOptions& o, const OptimizedParameter& parameter, unsigned first_block) {
  const auto& [value, gradient, first, second] = parameter;
  Parameter row = {.value = value.pointer,
                   .gradient = gradient.defined() ? gradient.pointer : nullptr,
                   .first = o.uses_first() ? first.data<float>() : nullptr,
                   .second = o.uses_second() ? second.data<float>() : nullptr,
                   .count = value.numel(),
                   .end_block = first_block + blocks_for(value.numel(), kThreads * kWidth),
                   .vectors = false,
                   .is_bf16 = value.dtype == DType::bf16};
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
