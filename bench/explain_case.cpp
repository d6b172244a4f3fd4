#include "bench/explain_case.h"

#include <algorithm>

namespace sonograd::bench {

kernels::Explanation explain_case(std::string_view op, const cases::Case& c, Device device, DType storage) {
  std::vector<Tensor> tensors;
  std::vector<View> inputs;
  std::vector<Out> outputs;
  for (const cases::Input& input : c.inputs) {
    const bool real = input.dtype == DType::f32;
    const DType dtype = real ? cases::dtype_of_stored(input.stored, storage) : input.dtype;
    inputs.push_back(tensors.emplace_back(Tensor::zeros(input.shape, dtype, device)));
  }
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    const DType dtype = cases::dtype_of_stored(c.stored_output(i), storage);
    outputs.push_back(set(tensors.emplace_back(Tensor::zeros(c.outputs[i], dtype, device))));
  }
  const kernels::ExplainScope scope;
  c.run(storage, inputs, outputs);
  const auto call = std::ranges::find(scope.calls(), op, &kernels::Explanation::op);
  if (call == scope.calls().end()) throw Error(concat("the case ", c.name, " does not call ", op));
  return *call;
}

}  // namespace sonograd::bench
