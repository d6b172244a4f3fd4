#include "kernels/loss/loss.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::LossProblem;

using Forward = void (*)(const LossProblem&, const kernels::LossArgs&);
using Backward = void (*)(const LossProblem&, const kernels::LossBackwardArgs&);

// Logits from -20 to 20 reach both saturated ends of the sigmoid.
std::vector<Input> inputs_of(const Shape& shape, bool tags, bool backward) {
  std::vector<Input> inputs = {{shape, -20, 20}, {shape, 0, 1}};
  if (tags) {
    inputs.push_back({{shape[1]}, 0, 2});
    inputs.push_back({{shape[1]}, 0, 2, DType::u8});
  }
  if (backward) inputs.push_back({Shape(), 0.5, 2});
  return inputs;
}

void add_cases(OpCases& cases, const char* op, Forward forward, Backward backward, bool tags) {
  TableCases losses{op, {}}, gradients{concat(op, "_backward"), {}};
  const std::pair<const char*, Shape> shapes[] = {
      {"batch of tags", {16, 50}}, {"primes", {7, 13}}, {"one", {1, 1}}};
  for (const auto& [name, shape] : shapes) {
    const auto optional = [tags](auto in, std::size_t i) { return tags ? in[i] : View(); };
    const double bytes = LossProblem::make(shape).bytes();
    losses.list.push_back({.name = name,
                           .inputs = inputs_of(shape, tags, false),
                           .outputs = {Shape()},
                           .run =
                               [=](DType dtype, auto in, auto out) {
                                 forward(LossProblem::make(shape, dtype),
                                         {in[0], in[1], optional(in, 2), optional(in, 3), out[0]});
                               },
                           .tolerance = 2e-6,  // elementary functions are good to a few ulp
                           .bytes = bytes});
    gradients.list.push_back({.name = name,
                              .inputs = inputs_of(shape, tags, true),
                              .outputs = {shape},
                              .run =
                                  [=](DType dtype, auto in, auto out) {
                                    backward(
                                        LossProblem::make(shape, dtype),
                                        {in[0], in[1], optional(in, 2), optional(in, 3), in.back(), out[0]});
                                  },
                              .tolerance = 2e-6,
                              .bytes = bytes});
  }
  cases.push_back(losses);
  cases.push_back(gradients);
}

}  // namespace

OpCases loss_cases() {
  OpCases cases;
  add_cases(cases, "tag_loss", kernels::tag_loss, kernels::tag_loss_backward, true);
  add_cases(cases, "cross_entropy", kernels::cross_entropy, kernels::cross_entropy_backward, false);
  add_cases(cases, "mse", kernels::mse, kernels::mse_backward, false);
  return cases;
}

}  // namespace sonograd::cases
