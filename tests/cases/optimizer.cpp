#include "kernels/optimizer/optimizer.h"

#include <cstring>

#include "tensor/tensor.h"
#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::OptimizerKind;
using kernels::OptimizerOptions;

const std::pair<const char*, OptimizerOptions> kOptions[] = {
    {"sgd", {.kind = OptimizerKind::sgd, .lr = 0.1}},
    {"sgd nesterov l2",
     {.kind = OptimizerKind::sgd, .lr = 0.1, .weight_decay = 0.01, .momentum = 0.9, .nesterov = true}},
    {"adam l2", {.kind = OptimizerKind::adam, .lr = 0.01, .weight_decay = 0.1, .step = 3}},
    {"adamw clipped",
     {.kind = OptimizerKind::adamw, .lr = 0.01, .weight_decay = 0.1, .gradient_scale = 0.3, .step = 7}},
    {"rmsprop l1", {.kind = OptimizerKind::rmsprop, .lr = 0.01, .l1 = 0.02, .momentum = 0.5}},
};

}  // namespace

OpCases optimizer_cases() {
  TableCases steps{"optimizer_step", {}};
  // Two parameters: one of a prime size above a block, one of a single element. The states are outputs too.
  const Shape big = {8209}, small = {1};
  for (const auto& [name, options] : kOptions) {
    std::vector<Input> inputs;
    std::vector<Shape> outputs;
    for (const Shape& shape : {big, small}) {
      inputs.insert(inputs.end(), {{shape}, {shape}, {shape, 0.1, 1}, {shape, 0.1, 1}});
      outputs.insert(outputs.end(), {shape, shape, shape});
    }
    steps.list.push_back({.name = name,
                          .inputs = inputs,
                          .outputs = outputs,
                          .run =
                              [options](DType dtype, auto in, auto out) {
                                std::vector<kernels::OptimizedParameter> parameters;
                                for (std::size_t p = 0; p < 2; ++p) {
                                  const View w = out[3 * p].view, a = out[3 * p + 1].view,
                                             b = out[3 * p + 2].view;
                                  std::memcpy(w.pointer, in[4 * p].pointer, w.bytes());
                                  std::memcpy(a.pointer, in[4 * p + 2].pointer, a.bytes());
                                  std::memcpy(b.pointer, in[4 * p + 3].pointer, b.bytes());
                                  parameters.push_back({w, in[4 * p + 1], a, b});
                                }
                                static_cast<void>(dtype);
                                kernels::optimizer_step(options, parameters);
                              },
                          .tolerance = 1e-6,  // a dozen roundings an element
                          .bytes = 8210.0 * 4 * 7,
                          .accumulates = false});
  }
  return {steps};
}

}  // namespace sonograd::cases
