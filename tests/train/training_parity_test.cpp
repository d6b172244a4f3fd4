// Ten training steps of every network with every optimiser, from waveforms to updated weights, against the
// same steps in PyTorch (tests/golden/make_training.py). Weights, waveforms and targets are generated, not
// stored.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/tape.h"
#include "models/core/architecture.h"
#include "models/core/weights.h"
#include "tests/support/devices.h"
#include "tests/support/golden_network.h"
#include "train/optim/step.h"

namespace sonograd {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kBatch = 4, kWidth = 4;
// Share of a loss, at every step.
constexpr double kLossTolerance = 1e-4;

struct Rule {
  double lr;
  train::Settings::Optim optim;
};

// eps is large beside the rounding of gradients whose exact value is zero (a bias before a norm).
const std::map<std::string, Rule> kRules = {
    {"adam", {1e-3, {.name = kernels::OptimizerRule::adam, .weight_decay = 1e-2, .eps = 1e-5}}},
    {"sgd",
     {2e-3, {.name = kernels::OptimizerRule::sgd, .weight_decay = 1e-3, .momentum = 0.9, .nesterov = true}}},
    {"adamw", {1e-3, {.name = kernels::OptimizerRule::adamw, .weight_decay = 1e-1, .eps = 1e-5}}},
    {"rmsprop",
     {1e-4, {.name = kernels::OptimizerRule::rmsprop, .weight_decay = 1e-3, .alpha = 0.99, .eps = 1e-3}}},
};

train::LabelSet three_labels(const std::string& task) {
  return {task == "tags" ? train::Task::multi_label : train::Task::multi_class, {"a", "b", "c"}};
}

train::Batch example_batch(const train::LabelSet& labels, std::int64_t samples) {
  test::Lcg lcg(1);
  train::Batch batch;
  batch.keys.resize(kBatch);
  for (std::int64_t i = 0; i < kBatch * samples; ++i)
    batch.waveforms.push_back(static_cast<float>(lcg.next()));
  const std::size_t count = labels.size();
  for (std::size_t i = 0; i < kBatch * count; ++i) {
    const bool tagged = lcg.next() > 0, is_class = i / count % count == i % count;
    batch.targets.push_back(labels.task() == train::Task::multi_label ? tagged : is_class);
  }
  return batch;
}

// The steps of a golden run on a device.
class GoldenSteps {
 public:
  GoldenSteps(const Json& golden, Device device)
      : rule_(kRules.at(golden.at("rule"))),
        rate_(rule_.lr * golden.at("rate_scale").get<double>()),
        device_(device),
        settings_(settings_of(rule_)),
        labels_(three_labels(golden.at("task"))),
        network_(on_device(golden, device)),
        objective_(settings_, labels_, {}, device),
        optimizer_(*network_, settings_.optim),
        step_(*network_, objective_, optimizer_, settings_, device),
        batch_(example_batch(labels_, golden.at("samples").get<std::int64_t>())) {}

  double loss_of_step(std::size_t i) {
    return step_.run(batch_, static_cast<std::int64_t>(i), {.lr = rate_});
  }

  /// In evaluation mode, [batch, labels] on the CPU.
  Tensor logits() {
    network_->train(false);
    const NoGrad no_grad;
    const Tensor waveforms = Tensor::from(batch_.waveforms, {kBatch, network_->input().samples}).to(device_);
    return network_->logits(Variable(network_->features(waveforms))).data().to(Device{});
  }

  models::Network& network() { return *network_; }

 private:
  static train::Settings settings_of(const Rule& rule) {
    train::Settings settings;
    settings.optim = rule.optim;
    settings.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
    return settings;
  }
  static std::unique_ptr<models::Network> on_device(const Json& golden, Device device) {
    auto network = test::golden_network(golden, kWidth);
    network->to(device);
    network->train(true);
    return network;
  }

  const Rule& rule_;
  double rate_;
  Device device_;
  train::Settings settings_;
  train::LabelSet labels_;
  std::unique_ptr<models::Network> network_;
  train::Objective objective_;
  train::Optimizer optimizer_;
  train::TrainStep step_;
  train::Batch batch_;
};

// Parameters and statistics in the layout of files, under the names of published ones or our own.
std::vector<std::pair<std::string, Tensor>> state_of(const Json& golden, models::Network& network) {
  std::vector<std::pair<std::string, Tensor>> all;
  for (const layers::StateEntry& entry : network.state()) {
    if (entry.may_be_missing()) continue;
    const Tensor value = entry.tensor.to(Device{});
    if (test::has_own_names(golden)) {
      all.emplace_back(entry.name, models::to_file_layout(value, entry.layout));
    } else {
      const models::PublishedTensor published = network.published(entry);
      all.emplace_back(published.name, published.to_file(value));
    }
  }
  return all;
}

// One number that depends on every element and its place.
double projection(const Tensor& tensor) {
  test::Lcg lcg(7);
  double sum = 0;
  for (const float value : tensor.span<float>()) sum += lcg.next() * value;
  return sum / std::sqrt(static_cast<double>(tensor.numel()));
}

std::vector<Json> training_runs() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(test::golden_path(""))) {
    if (entry.path().filename().string().starts_with("training_")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Json> runs;
  for (const auto& path : files) {
    for (Json& run : test::golden_runs(path)) runs.push_back(std::move(run));
  }
  return runs;
}

// The golden values are exact (double); a float32 run may be ten times as far from them as the float32 run of PyTorch.
// PyTorch's differences are few samples, so the limit has a floor: a few hundred roundings.
double allowed(const Json& golden, const std::string& what) {
  return 10 * golden.at("drift").at(what).get<double>() + 3e-5;
}
void expect_close(const Json& golden, const std::string& what, std::size_t i, double actual) {
  EXPECT_NEAR(actual, golden.at(what).at(i).get<double>(), allowed(golden, what)) << what << ' ' << i;
}
void expect_loss(const Json& golden, std::size_t i, double actual) {
  const auto expected = golden.at("losses").at(i).get<double>();
  EXPECT_NEAR(actual, expected, kLossTolerance * expected) << "step " << i;
}
// The Q of harmonic filters.
void expect_width_of_filters(const Json& golden, std::size_t i, models::Network& network) {
  if (!golden.contains("q")) return;
  const layers::StateEntry first = network.state().front();
  ASSERT_TRUE(first.name.ends_with("bw_Q")) << first.name;
  expect_close(golden, "q", i, first.tensor.to(Device{}).item());
}

class TrainingParity : public testing::TestWithParam<Json> {};

TEST_P(TrainingParity, TenSteps) {
  const Json& golden = GetParam();
  GoldenSteps steps(golden, Device{});
  ASSERT_EQ(golden.at("losses").size(), 10u);
  for (std::size_t i = 0; i < golden.at("losses").size(); ++i) {
    expect_loss(golden, i, steps.loss_of_step(i));
    expect_width_of_filters(golden, i, steps.network());
  }

  const Tensor logits = steps.logits();
  ASSERT_EQ(golden.at("logits").size(), static_cast<std::size_t>(logits.numel()));
  for (std::size_t i = 0; i < golden.at("logits").size(); ++i) {
    expect_close(golden, "logits", i, logits.span<float>()[i]);
  }

  // A near tie may be decided the other way: of a maximum, or of the sign of a gradient that a rule divides by its own size.
  // It changes the tensors of one layer, mostly the running statistics, for which the limit is larger.
  constexpr std::size_t kMostMoved = 2;
  std::size_t tensors = 0, moved = 0;
  for (const auto& [name, tensor] : state_of(golden, steps.network())) {
    SCOPED_TRACE(name);
    ASSERT_LT(tensors, golden.at("state").size());
    const double difference = std::abs(projection(tensor) - golden.at("state").at(tensors++).get<double>());
    EXPECT_LE(difference, 10 * allowed(golden, "state"));
    moved += difference > allowed(golden, "state");
  }
  EXPECT_LE(moved, kMostMoved);
  EXPECT_EQ(tensors, golden.at("state").size());
}

// The losses move by a hundred times their tolerance, and float32 is a tenth of it away from float64 in PyTorch.
TEST_P(TrainingParity, LossesMoveFarMoreThanTheirTolerance) {
  const Json& golden = GetParam();
  const auto first = golden.at("losses").front().get<double>(),
             last = golden.at("losses").back().get<double>();
  EXPECT_GT(std::abs(first - last), 100 * kLossTolerance * std::max(first, last));
  EXPECT_LT(golden.at("drift").at("losses").get<double>(), 0.1 * kLossTolerance);
}

std::string run_name(const Json& golden) {
  return golden.at("case").get<std::string>() + '_' + golden.at("rule").get<std::string>();
}

INSTANTIATE_TEST_SUITE_P(Golden, TrainingParity, testing::ValuesIn(training_runs()),
                         [](const auto& test) { return run_name(test.param); });

TEST(TrainingParityRuns, CoverEveryNetwork) {
  std::set<std::string> covered = {"pons_spectrogram", "pons_waveform"};  // tests/train/pons_test.cpp
  for (const Json& run : training_runs()) covered.insert(run.at("network").get<std::string>());
  for (const std::string& name : models::architecture_names())
    EXPECT_TRUE(covered.contains(name)) << name << ": no golden file of tests/golden/make_training.py";
}

// The first steps of one run of each network.
std::vector<Json> runs_for_devices() {
  std::vector<Json> runs = training_runs();
  std::erase_if(runs, [](const Json& run) { return run.at("rule") != "adam"; });
  return runs;
}

class TrainingOnDevices : public testing::TestWithParam<std::tuple<Json, Device>> {};

TEST_P(TrainingOnDevices, FirstSteps) {
  const auto& [golden, device] = GetParam();
#if defined(__SANITIZE_ADDRESS__)
  if (device.kind == DeviceKind::emulated) GTEST_SKIP() << "minutes under AddressSanitizer";
#endif
  constexpr std::size_t kSteps = 2;
  GoldenSteps steps(golden, device);
  for (std::size_t i = 0; i < kSteps; ++i) {
    expect_loss(golden, i, steps.loss_of_step(i));
    expect_width_of_filters(golden, i, steps.network());
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, TrainingOnDevices,
                         testing::Combine(testing::ValuesIn(runs_for_devices()),
                                          testing::ValuesIn(test::accelerators())),
                         [](const auto& test) {
                           return run_name(std::get<0>(test.param)) + '_' +
                                  test::test_name(std::get<1>(test.param));
                         });

}  // namespace
}  // namespace sonograd
