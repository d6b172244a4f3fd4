// Networks at their published sizes against a plain form of them in PyTorch (tests/golden/make_outputs.py): number of parameters,
// features, means of the layers and logits, with weights and signal from a generator.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.h"
#include "layers/trace.h"
#include "models/core/recognise.h"
#include "models/core/weights.h"
#include "tests/support/golden_network.h"

namespace sonograd {
namespace {

using Json = nlohmann::json;

// Share of the mean absolute value, unless the file has one of its own.
constexpr double kOutputTolerance = 1e-4;

std::vector<std::string> outputs_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(test::golden_path(""))) {
    const std::string name = entry.path().stem().string();
    if (name.starts_with("outputs_")) names.push_back(name.substr(name.find('_') + 1));
  }
  return names;
}

double mean_abs(const Tensor& tensor) {
  double sum = 0;
  for (const float value : tensor.span<float>()) sum += std::abs(value);
  return sum / static_cast<double>(tensor.numel());
}

// As in make_training.py: one number that depends on every element and its place.
double projected(const Tensor& tensor) {
  test::Lcg lcg(7);
  double sum = 0;
  for (const float value : tensor.span<float>()) sum += lcg.next() * value;
  return sum / std::sqrt(static_cast<double>(tensor.numel()));
}

class GoldenOutputs : public testing::TestWithParam<std::string> {
 protected:
  GoldenOutputs() {
    std::ifstream file(test::golden_path("outputs_" + GetParam() + ".json"));
    golden_ = Json::parse(file);
    network_ = models::find_architecture(golden_.at("network").get<std::string>())
                   .make_network(test::option_values(golden_.at("options")),
                                 golden_.at("labels").get<std::int64_t>());
    tolerance_ = golden_.value("tolerance", kOutputTolerance);
  }

  Json golden_;
  double tolerance_ = 0;
  std::unique_ptr<models::Network> network_;
};

TEST_P(GoldenOutputs, AreThoseOfPyTorch) {
  EXPECT_EQ(network_->parameter_count(), golden_.at("parameters").get<std::int64_t>());
  test::lcg_fill(*network_);
  network_->train(false);
  const models::Input input = network_->input();
  const NoGrad no_grad;
  const layers::Trace trace;
  const Tensor features =
      network_->features(test::lcg_signal(input.samples, static_cast<double>(input.sample_rate)));
  const Tensor logits = network_->logits(Variable(features)).data();

  const Json& expected = golden_.at("features");
  ASSERT_EQ(features.shape(), (Shape{1, expected.at("shape").at(0).get<std::int64_t>(),
                                     expected.at("shape").at(1).get<std::int64_t>(), 1}));
  const double scale = tolerance_ * expected.at("mean_abs").get<double>();
  EXPECT_NEAR(mean_abs(features), expected.at("mean_abs").get<double>(), scale);
  EXPECT_NEAR(projected(features), expected.at("projection").get<double>(), scale);

  std::map<std::string, double> means;
  for (const auto& layer : trace.layers()) means[layer.module->path()] = layer.mean_abs;
  for (const auto& [name, mean] : golden_.at("layers").items()) {
    ASSERT_TRUE(means.contains(name)) << name;
    EXPECT_NEAR(means.at(name), mean.get<double>(), tolerance_ * mean.get<double>()) << name;
  }

  ASSERT_EQ(static_cast<std::size_t>(logits.numel()), golden_.at("logits").size());
  double sum = 0;
  for (const Json& logit : golden_.at("logits")) sum += std::abs(logit.get<double>());
  const double allowed = tolerance_ * sum / static_cast<double>(logits.numel());
  for (std::size_t i = 0; i < golden_.at("logits").size(); ++i)
    EXPECT_NEAR(logits.span<float>()[i], golden_.at("logits").at(i).get<double>(), allowed) << "logit " << i;
}

TEST_P(GoldenOutputs, BelongToANetworkThatIsRecognisedByItsTensors) {
  const std::vector<models::RecognisedNetwork> found = models::recognise(models::export_state(*network_));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().arch, golden_.at("network").get<std::string>());
  // Where no tensor has the labels as an extent, the file has the number that stands for it.
  EXPECT_EQ(found.front().labels, golden_.value("recognised_labels", network_->labels()));
  for (const auto& [key, value] : test::option_values(golden_.at("options")))
    EXPECT_EQ(found.front().options.at(key), value) << key;
}

INSTANTIATE_TEST_SUITE_P(Golden, GoldenOutputs, testing::ValuesIn(outputs_files()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace sonograd
