// Automatic differentiation in one screen: fit a line to noisy points by gradient descent.
#include <cstdio>

#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/tape.h"
#include "tensor/random.h"

namespace sg = sonograd;

int main() {
  // Points on y = 3 x - 1, with a little noise.
  constexpr std::int64_t kPoints = 64;
  sg::Random random({.seed = 1});
  const sg::Tensor x = sg::Tensor::empty({kPoints, 1});
  const sg::Tensor y = sg::Tensor::empty({kPoints, 1});
  for (std::int64_t i = 0; i < kPoints; ++i) {
    x.data<float>()[i] = random.uniform(-1, 1);
    y.data<float>()[i] = 3 * x.data<float>()[i] - 1 + 0.05f * random.normal();
  }

  // Two parameters: leaves that require a gradient.
  const sg::Variable weight(sg::Tensor::zeros({1, 1}), true);
  const sg::Variable bias(sg::Tensor::zeros({1}), true);
  for (int step = 0; step < 200; ++step) {
    const sg::Variable loss = sg::mse(sg::linear(sg::Variable(x), weight, bias), y);
    sg::backward(loss);  // d loss / d weight and d loss / d bias, from the functions that the ops recorded
    for (const sg::Variable& parameter : {weight, bias}) {
      *parameter.data().data<float>() -= 0.2f * *parameter.gradient().data<float>();
      parameter.clear_gradient();
    }
    if (step % 40 == 0) std::printf("step %3d  loss %.5f\n", step, loss.data().item());
  }
  std::printf("y = %.3f x %+.3f\n", weight.data().item(), bias.data().item());
}
