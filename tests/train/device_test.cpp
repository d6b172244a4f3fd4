// Training on a device against the same training on the CPU.
#include <cmath>
#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "tensor/io/text_file.h"
#include "tests/models/lcg.h"
#include "tests/support/devices.h"
#include "tests/support/files.h"
#include "tests/support/noise_batch.h"
#include "tests/train/tiny_run.h"
#include "train/optim/step.h"

namespace sonograd::train {
namespace {

class OnDevice : public testing::TestWithParam<Device> {};

// State after a step.
struct Outcome {
  double loss;
  io::NamedTensors state;
};

constexpr double kLargeRate = 100;  // so large that the weights show the gradients

Outcome one_step(const std::string& network, std::int64_t samples, Device device) {
  const auto tagger =
      models::find_architecture(network).make_network({{"channels", 2}, {"samples", samples}}, 3);
  test::lcg_fill(*tagger);
  tagger->to(device);
  Settings settings;
  settings.optim = {.name = kernels::OptimizerRule::sgd, .weight_decay = 0, .momentum = 0, .nesterov = false};
  settings.optim.clip_norm = 0.5;
  const Objective objective(settings, {Task::multi_label, {"a", "b", "c"}}, {});
  Optimizer optimizer(*tagger, settings.optim);
  TrainStep step(*tagger, objective, optimizer, settings, device);
  const double loss = step.run(noise_batch(2, samples, tagger->labels()), 7, {.lr = kLargeRate});
  return {loss, models::export_state(*tagger)};
}

double distance(const Tensor& a, const Tensor& b) {
  double squares = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i)
    squares += std::pow(double{a.data<float>()[i]} - b.data<float>()[i], 2);
  return std::sqrt(squares);
}

// One step with masks, dropout and clipped gradients. Only the maxima of pooling are sensitive to rounding: it may choose the
// other one of two almost equal values, which changes a gradient by parts in ten thousand.
TEST_P(OnDevice, AStepIsThatOfTheCpu) {
  for (const auto& [network, samples] : {std::pair{"fcn", 327680},
                                         {"short_chunk_cnn", 33000},
                                         {"short_chunk_cnn_res", 33000},
                                         {"harmonic_cnn", 73728}}) {
    SCOPED_TRACE(network);
    const Outcome expected = one_step(network, samples, Device{});
    const Outcome actual = one_step(network, samples, GetParam());
    EXPECT_NEAR(actual.loss, expected.loss, 1e-5 * expected.loss);
    double moved = 0;
    for (const auto& [name, tensor] : expected.state) {
      if (tensor.dtype() != DType::f32) continue;
      moved += std::pow(distance(tensor, actual.state.at(name)), 2);
    }
    EXPECT_LT(std::sqrt(moved), 1e-3 * kLargeRate * 0.5)
        << "of a step that is " << kLargeRate * 0.5 << " long";
  }
}

TEST_P(OnDevice, AnInterruptedRunEndsAsAnUninterruptedOne) {
  const std::filesystem::path folder = test::temporary_folder("device_run");
  Settings settings = tiny_run(folder);
  settings.train.device = GetParam().name();
  settings.train.epochs = 2;
  settings.model["channels"] = std::int64_t{2};
  const RunRequest request = {"sonograd train", "1"};
  TestObserver whole, first, second;
  EXPECT_TRUE(start_run(settings, folder / "whole", request, whole).finished);
  first.stop_after_steps = 2;
  EXPECT_FALSE(start_run(settings, folder / "parts", request, first).finished);
  EXPECT_TRUE(resume_run(folder / "parts", {}, request, second).finished);
  for (const char* file : {"best.safetensors", "last.ckpt"}) {
    EXPECT_TRUE(io::read_text_file(folder / "whole" / file) == io::read_text_file(folder / "parts" / file))
        << file;
  }
  EXPECT_EQ(whole.epochs.back().valid_loss, second.epochs.back().valid_loss);
  EXPECT_LT(whole.epochs.back().train_loss, whole.epochs.front().train_loss);
}

INSTANTIATE_TEST_SUITE_P(Accelerators, OnDevice, testing::ValuesIn(test::accelerators()),
                         [](const auto& test) { return test::test_name(test.param); });

}  // namespace
}  // namespace sonograd::train
