// Ten training steps of every network with every optimiser, from waveforms to updated weights, against the
// same steps in PyTorch (tests/golden/make_training.py). Weights, waveforms and targets are generated, not
// stored.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/tape.h"
#include "models/core/architecture.h"
#include "tests/models/lcg.h"
#include "tests/support/files.h"
#include "train/optim/step.h"

namespace sonograd {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kBatch = 4;

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

// One number that depends on every element and its place.
double projection(const Tensor& published) {
  test::Lcg lcg(7);
  double sum = 0;
  for (const float value : published.span<float>()) sum += lcg.next() * value;
  return sum / std::sqrt(static_cast<double>(published.numel()));
}

// The runs of training.json, and those of training_NAME.json of networks with a file of their own.
Json golden_runs() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(test::golden_path(""))) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("training") && name.ends_with(".json")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  Json runs = Json::array();
  for (const auto& path : files) {
    std::ifstream file(path);
    Json parsed = Json::parse(file);
    for (Json& run : parsed.at("runs")) runs.push_back(std::move(run));
  }
  return runs;
}

models::OptionValues options_of(const Json& golden) {
  models::OptionValues options = {
      {"channels", 4}, {"dropout", 0.0}, {"samples", golden.at("samples").get<std::int64_t>()}};
  const Json given = golden.value("options", Json::object());
  for (const auto& [key, value] : given.items()) {
    options[key] = value.is_number_integer() ? models::OptionValue(value.get<std::int64_t>())
                                             : models::OptionValue(value.get<double>());
  }
  return options;
}

// The golden values are exact (double); a float32 run may be ten times as far from them as the float32 run of PyTorch.
// PyTorch's differences are few samples, so the limit has a floor: a few hundred roundings.
double allowed(const Json& golden, const std::string& what) {
  return 10 * golden.at("drift").at(what).get<double>() + 3e-5;
}
void expect_close(const Json& golden, const std::string& what, std::size_t i, double actual) {
  EXPECT_NEAR(actual, golden.at(what).at(i).get<double>(), allowed(golden, what)) << what << ' ' << i;
}

class TrainingParity : public testing::TestWithParam<Json> {};

TEST_P(TrainingParity, TenSteps) {
  const Json& golden = GetParam();
  const auto architecture = models::find_architecture(golden.at("network").get<std::string>());
  const auto samples = golden.at("samples").get<std::int64_t>();
  const auto network = architecture.make_network(options_of(golden), 3);
  test::lcg_fill_published(*network);

  const Rule& rule = kRules.at(golden.at("rule"));
  const double rate = rule.lr * golden.value("rate_scale", 1.0);
  train::Settings settings;
  settings.optim = rule.optim;
  settings.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
  const train::LabelSet labels = three_labels(golden.at("task"));
  const train::Objective objective(settings, labels, {});
  train::Optimizer optimizer(*network, settings.optim);
  train::TrainStep step(*network, objective, optimizer, settings, Device{});
  const train::Batch batch = example_batch(labels, samples);
  for (std::size_t i = 0; i < golden.at("losses").size(); ++i) {
    expect_close(golden, "losses", i, step.run(batch, static_cast<std::int64_t>(i), {.lr = rate}));
  }

  network->train(false);
  const NoGrad no_grad;
  const Tensor waveforms = Tensor::from(batch.waveforms, {kBatch, samples});
  const Tensor logits = network->logits(Variable(network->features(waveforms))).data();
  ASSERT_EQ(golden.at("logits").size(), static_cast<std::size_t>(logits.numel()));
  for (std::size_t i = 0; i < golden.at("logits").size(); ++i) {
    expect_close(golden, "logits", i, logits.span<float>()[i]);
  }

  // A near tie may be decided the other way: of a maximum, or of the sign of a gradient that a rule divides by its own size.
  // It changes the tensors of one layer, mostly the running statistics, for which the limit is larger.
  constexpr std::size_t kMostMoved = 2;
  std::size_t tensors = 0, moved = 0;
  for (const auto& [name, tensor] : models::export_state(*network)) {
    if (tensor.dtype() != DType::f32 || name.starts_with("spec.")) continue;
    SCOPED_TRACE(name);
    const double difference = std::abs(projection(tensor) - golden.at("state").at(tensors++).get<double>());
    EXPECT_LE(difference, 10 * allowed(golden, "state"));
    moved += difference > allowed(golden, "state");
  }
  EXPECT_LE(moved, kMostMoved);
  EXPECT_EQ(tensors, golden.at("state").size());
}

INSTANTIATE_TEST_SUITE_P(Golden, TrainingParity, testing::ValuesIn(golden_runs()), [](const auto& test) {
  return test.param.at("network").template get<std::string>() + '_' +
         test.param.at("rule").template get<std::string>();
});

}  // namespace
}  // namespace sonograd
