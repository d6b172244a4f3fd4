#include "tests/support/cases.h"

#include <cmath>

#include "tensor/random.h"

namespace sonograd::cases {

std::vector<Tensor> make_inputs(const Case& c, DType dtype) {
  std::vector<Tensor> inputs;
  for (const Input& input : c.inputs) {
    Random random(
        {.seed = 7, .example = static_cast<std::uint32_t>(inputs.size()), .stream = RandomStream::test});
    const bool real = input.dtype == DType::f32;
    const Tensor host = Tensor::empty(input.shape, DType::f64);
    for (double& value : host.span<double>()) {
      value = input.low + (input.high - input.low) * static_cast<double>(random.uniform());
      value = real ? static_cast<double>(static_cast<float>(value)) : std::floor(value);
    }
    inputs.push_back(host.to(real ? dtype : input.dtype));
  }
  return inputs;
}

}  // namespace sonograd::cases
