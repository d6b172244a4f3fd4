#include "autograd/gradient_check.h"

#include <algorithm>
#include <cmath>

#include "autograd/tape.h"
#include "tensor/random.h"

namespace sonograd {
namespace {

Tensor random_like(const Shape& shape, std::uint32_t example) {
  Random random({.seed = 42, .example = example, .stream = RandomStream::test});
  const Tensor result = Tensor::empty(shape, DType::f64);
  for (double& value : result.span<double>()) value = random.normal();
  return result;
}

double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) sum += a.data<double>()[i] * b.data<double>()[i];
  return sum;
}

}  // namespace

double gradient_error(const VariableFunction& f, const std::vector<Tensor>& inputs, int directions,
                      double h) {
  std::vector<Variable> leaves;
  for (const Tensor& input : inputs) {
    if (input.dtype() != DType::f64) throw DTypeError("[gradient_error] inputs: expected f64");
    leaves.emplace_back(input.clone(), true);
  }
  const Variable y = f(leaves);
  const Tensor weights = random_like(y.shape(), 0);
  backward(y, weights);

  double worst = 0;
  for (int direction = 0; direction < directions; ++direction) {
    std::vector<Variable> plus, minus;
    double analytic = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Tensor u = random_like(inputs[i].shape(), static_cast<std::uint32_t>(1 + i) * 1000 + direction);
      const Tensor gradient = leaves[i].gradient();
      if (gradient.defined()) analytic += dot(gradient, u);
      const Tensor up = inputs[i].clone();
      const Tensor down = inputs[i].clone();
      for (std::int64_t k = 0; k < u.numel(); ++k) {
        up.data<double>()[k] += h * u.data<double>()[k];
        down.data<double>()[k] -= h * u.data<double>()[k];
      }
      plus.emplace_back(up);
      minus.emplace_back(down);
    }
    const NoGrad no_grad;
    const double numeric = (dot(f(plus).data(), weights) - dot(f(minus).data(), weights)) / (2 * h);
    const double scale = std::max({std::abs(analytic), std::abs(numeric), 1e-3});
    worst = std::max(worst, std::abs(analytic - numeric) / scale);
  }
  return worst;
}

}  // namespace sonograd
