#include "bench/explain_case.h"

#include <algorithm>

namespace sonograd::bench {

kernels::Explanation explain_case(std::string_view op, const cases::Case& c, Device device) {
  std::vector<Tensor> tensors;
  std::vector<View> inputs;
  std::vector<Out> outputs;
  for (const cases::Input& input : c.inputs)
    inputs.push_back(tensors.emplace_back(Tensor::zeros(input.shape, input.dtype, device)));
  for (const Shape& shape : c.outputs)
    outputs.push_back(set(tensors.emplace_back(Tensor::zeros(shape, DType::f32, device))));
  const kernels::ExplainScope scope;
  c.run(DType::f32, inputs, outputs);
  const auto call = std::ranges::find(scope.calls(), op, &kernels::Explanation::op);
  if (call == scope.calls().end()) throw Error(concat("the case ", c.name, " does not call ", op));
  return *call;
}

}  // namespace sonograd::bench
