#include "kernels/optimizer/optimizer.h"

#include "kernels/copy/copy.h"
#include "kernels/core/stored.h"
#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::OptimizerOptions;
using kernels::OptimizerRule;

struct Setting {
  const char* name;
  OptimizerOptions options;
  std::int64_t step = 7;
  bool fresh = false;  // state as it is before the first step: zeros
  bool clips = false;  // with a factor, and the last parameter without a gradient
};

// A bias, an empty parameter, one longer than a block, one element, and a parameter of a norm.
const std::vector<Shape> kShapes = {{50}, {0}, {64, 3, 3, 31}, {1}, {77}};
constexpr std::size_t kNorm = 4;

const Setting kSettings[] = {
    {"sgd", {.rule = OptimizerRule::sgd, .lr = 0.1}},
    {"sgd, l2 and l1", {.rule = OptimizerRule::sgd, .lr = 0.1, .l2 = 0.3, .l1 = 0.05}},
    {"sgd, momentum", {.rule = OptimizerRule::sgd, .lr = 0.1, .momentum = 0.9}},
    {"sgd, Nesterov", {.rule = OptimizerRule::sgd, .lr = 0.1, .momentum = 0.9, .nesterov = true}},
    {"adam", {.rule = OptimizerRule::adam, .lr = 0.01}},
    {"adam, first step, l2", {.rule = OptimizerRule::adam, .lr = 0.01, .l2 = 0.1}, 1},
    {"adam, from the start, whole steps", {.rule = OptimizerRule::adam, .lr = 1}, 1, true},
    {"adamw", {.rule = OptimizerRule::adamw, .lr = 0.01, .decay = 0.2}},
    {"rmsprop", {.rule = OptimizerRule::rmsprop, .lr = 0.01}},
    {"rmsprop, from the start", {.rule = OptimizerRule::rmsprop, .lr = 0.1}, 1, true},
    {"sgd, clipped", {.rule = OptimizerRule::sgd, .lr = 0.1, .momentum = 0.9}, 7, false, true},
    {"adamw, clipped", {.rule = OptimizerRule::adamw, .lr = 0.01, .decay = 0.2}, 7, false, true},
    {"rmsprop, momentum", {.rule = OptimizerRule::rmsprop, .lr = 0.01, .momentum = 0.5, .l2 = 0.1}},
};

// Outputs are the values and the state after the step, which works in place. The state is float32, and so is a parameter of a
// norm.
Case case_of(const Setting& setting, const std::vector<Shape>& shapes) {
  Case c{.name = setting.name, .tolerance = 1e-6, .accumulates = false};
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Shape& shape = shapes[i];
    const Stored stored = i == kNorm ? Stored::as_float32 : Stored::as_tested;
    const Input value = {.shape = shape, .stored = stored};
    Input first = {.shape = shape, .stored = Stored::as_float32}, second = first;
    second.low = 0.1;
    if (setting.fresh) first.low = first.high = second.low = second.high = 0;
    c.inputs.insert(c.inputs.end(), {value, value, first, second});
    c.outputs.insert(c.outputs.end(), {shape, shape, shape});
    c.stored_outputs.insert(c.stored_outputs.end(), {stored, Stored::as_float32, Stored::as_float32});
  }
  c.run = [setting](DType dtype, auto in, auto out) {
    std::vector<Tensor> state;
    std::vector<kernels::OptimizedParameter> parameters;
    for (std::size_t i = 0; i < in.size(); i += 4) {
      for (const std::size_t k : {i, i + 2, i + 3}) {
        state.push_back(Tensor::empty(in[k].shape, in[k].dtype, in[k].device));
        state.back().copy_from(in[k]);
      }
      const std::size_t last = state.size();
      parameters.push_back({state[last - 3], in[i + 1], state[last - 2], state[last - 1]});
    }
    Tensor factor;
    if (setting.clips) {
      factor = Tensor::full({}, 0.25, kernels::computed_dtype(dtype), in[0].device);
      parameters.back().gradient = {};
    }
    kernels::optimizer_step(setting.options, setting.step, parameters, factor);
    for (std::size_t i = 0; i < out.size(); ++i) kernels::copy(state[i], out[i]);
  };
  return c;
}

}  // namespace

OpCases optimizer_cases() {
  TableCases table{"optimizer_step", {}, kFloat32AndBf16};
  for (const Setting& setting : kSettings) table.list.push_back(case_of(setting, kShapes));
  table.list.push_back(case_of({"adam, many parameters", {.rule = OptimizerRule::adam, .lr = 0.01}},
                               std::vector<Shape>(163, Shape{3})));
  return {table};
}

}  // namespace sonograd::cases
