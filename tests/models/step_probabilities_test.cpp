// The logits of a clip from those of its steps.
#include <cmath>
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "models/backs/sequence.h"
#include "models/core/architecture.h"
#include "tests/support/random_tensor.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kRows = 3, kSteps = 7, kClasses = 4;

// The mean over the steps of the softmax of the labels of one row, in double precision.
std::vector<double> mean_of_softmax(const Tensor& x, std::int64_t row) {
  std::vector<double> mean(kClasses);
  for (std::int64_t t = 0; t < kSteps; ++t) {
    const float* const logits = x.data<float>() + (row * kSteps + t) * kClasses;
    double sum = 0;
    for (std::int64_t i = 0; i < kClasses; ++i) sum += std::exp(static_cast<double>(logits[i]));
    for (std::int64_t i = 0; i < kClasses; ++i)
      mean[static_cast<std::size_t>(i)] += std::exp(static_cast<double>(logits[i])) / sum / kSteps;
  }
  return mean;
}

TEST(StepProbabilities, TheirMeanIsTheSoftmaxOfTheLogits) {
  const Tensor x = random_tensor({kRows, kSteps, kClasses});
  for (float& value : x.span<float>()) value *= 5;
  const Tensor y = log_mean_of_probabilities(Variable(x)).data();
  ASSERT_EQ(y.shape(), (Shape{kRows, kClasses}));
  for (std::int64_t row = 0; row < kRows; ++row) {
    const std::vector<double> mean = mean_of_softmax(x, row);
    for (std::int64_t i = 0; i < kClasses; ++i)
      EXPECT_NEAR(y.span<float>()[static_cast<std::size_t>(row * kClasses + i)],
                  std::log(mean[static_cast<std::size_t>(i)]), 1e-5);
  }
}

// d log(mean p_i) / d x_tj = p_ti ([i = j] - p_tj) / sum over t of p_ti.
TEST(StepProbabilities, HaveTheGradientOfTheMean) {
  const Tensor values = random_tensor({1, kSteps, kClasses});
  const Variable x(values, true);
  const Tensor weights = random_tensor({1, kClasses}, DType::f32, 9);
  backward(log_mean_of_probabilities(x), weights);
  std::vector<double> p(kSteps * kClasses), sums(kClasses);
  for (std::size_t t = 0; t < kSteps; ++t) {
    double sum = 0;
    for (std::size_t i = 0; i < kClasses; ++i) sum += std::exp(values.span<float>()[t * kClasses + i]);
    for (std::size_t i = 0; i < kClasses; ++i) {
      p[t * kClasses + i] = std::exp(values.span<float>()[t * kClasses + i]) / sum;
      sums[i] += p[t * kClasses + i];
    }
  }
  for (std::size_t t = 0; t < kSteps; ++t) {
    for (std::size_t j = 0; j < kClasses; ++j) {
      double expected = 0;
      for (std::size_t i = 0; i < kClasses; ++i) {
        expected += weights.span<float>()[i] * p[t * kClasses + i] *
                    ((i == j ? 1.0 : 0.0) - p[t * kClasses + j]) / sums[i];
      }
      EXPECT_NEAR(x.gradient().span<float>()[t * kClasses + j], expected, 1e-5);
    }
  }
}

TEST(StepProbabilities, AreExactForLogitsOfAnySize) {
  const Variable x(Tensor::from(std::vector<float>{500, 0, 700, 0}, {1, 2, 2}), true);
  const Variable y = log_mean_of_probabilities(x);
  EXPECT_NEAR(y.data().span<float>()[0], 0, 1e-5);
  EXPECT_NEAR(y.data().span<float>()[1], -500 - std::log(2.0), 1e-3);
  backward(y, Tensor::full({1, 2}, 1));
  for (const float slope : x.gradient().span<float>()) EXPECT_TRUE(std::isfinite(slope));
}

TEST(StepProbabilities, OfVoiceNetworksHaveAStepForEveryHop) {
  for (const std::string name : {"voice_conv_rnn", "voice_lstm", "voice_bi_lstm"}) {
    for (const auto& [samples, steps] : {std::pair(5120, 20), std::pair(5119, 20), std::pair(5121, 21)}) {
      const auto network = find_architecture(name).make_network(
          {{"channels", std::int64_t{2}}, {"samples", std::int64_t{samples}}}, 2);
      network->train(false);
      const NoGrad no_grad;
      Outputs outputs({kLogits, kStepLogits});
      network->forward(Variable(network->features(random_tensor({1, samples}))), outputs);
      EXPECT_EQ(outputs[kStepLogits].shape(), (Shape{1, steps, 2})) << name << ' ' << samples;
      EXPECT_EQ(network->outputs()[1].shape, (Shape{steps, 2})) << name << ' ' << samples;
    }
  }
}

}  // namespace
}  // namespace sonograd::models
