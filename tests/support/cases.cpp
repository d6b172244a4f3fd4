#include "tests/support/cases.h"

#include <cmath>

#include "tensor/random.h"

namespace sonograd::cases {

std::vector<Tensor> make_inputs(const Case& c, DType dtype, DType values_of) {
  std::vector<Tensor> inputs;
  for (const Input& input : c.inputs) {
    Random random(
        {.seed = 7, .example = static_cast<std::uint32_t>(inputs.size()), .stream = RandomStream::test});
    const bool real = input.dtype == DType::f32;
    const bool halves = dtype_of_stored(input.stored, values_of) == DType::bf16;
    const Tensor host = Tensor::empty(input.shape, DType::f64);
    for (double& value : host.span<double>()) {
      value = input.low + (input.high - input.low) * static_cast<double>(random.uniform());
      const auto single = static_cast<float>(value);
      value =
          real ? static_cast<double>(halves ? static_cast<float>(bf16(single)) : single) : std::floor(value);
    }
    inputs.push_back(host.to(real ? dtype_of_stored(input.stored, dtype) : input.dtype));
  }
  return inputs;
}

}  // namespace sonograd::cases
