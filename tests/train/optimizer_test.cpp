#include "train/optim/optimizer.h"

#include <cmath>
#include <gtest/gtest.h>
#include <utility>

#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "kernels/core/profile.h"
#include "layers/linear.h"
#include "layers/random_scope.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"

namespace sonograd::train {
namespace {

using kernels::OptimizerRule;

/// A layer, a loss that depends on it, and all parameters as one list.
struct Problem {
  layers::RandomScope initial{5, 0};
  layers::Linear layer{3, 2};

  void add_gradients(std::uint32_t which) const {
    backward(sum(layer.forward(Variable(random_tensor({4, 3}, DType::f32, which)))));
  }
  std::vector<float> values() const {
    std::vector<float> all;
    for (const layers::ConstStateEntry& entry : layer.state()) {
      const std::span part(entry.value.data<float>(), static_cast<std::size_t>(entry.shape.numel()));
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }
};

Settings::Optim plain_sgd() {
  return {.name = OptimizerRule::sgd, .weight_decay = 0, .momentum = 0, .nesterov = false};
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += std::pow(double{a[i]} - b[i], 2);
  return std::sqrt(squares);
}

TEST(Optimizer, DecaysKernelsAloneOnRequest) {
  Settings::Optim settings = plain_sgd();
  settings.weight_decay = 0.1;
  settings.decay_on = DecayedParameters::kernels;
  Problem problem;
  Optimizer optimizer(problem.layer, settings);
  for (const layers::StateEntry& entry : problem.layer.state())
    entry.tensor.copy_from(Tensor::full(entry.tensor.shape(), 1));
  optimizer.step({.lr = 1});  // without gradients
  for (const layers::ConstStateEntry& entry : std::as_const(problem.layer).state()) {
    for (const float value :
         std::span(entry.value.data<float>(), static_cast<std::size_t>(entry.shape.numel())))
      EXPECT_FLOAT_EQ(value, entry.shape.rank() == 2 ? 0.9f : 1.0f) << entry.name;
  }
}

TEST(Optimizer, ClipsTheNormOfAllGradientsTogether) {
  Settings::Optim settings = plain_sgd();
  settings.clip_norm = 0.25;
  Problem problem;
  Optimizer optimizer(problem.layer, settings);
  const auto before = problem.values();
  problem.add_gradients(0);
  optimizer.step({.lr = 1});
  EXPECT_NEAR(distance(before, problem.values()), 0.25, 1e-5);

  settings.clip_norm = 1e6;
  Problem loose, free;
  Optimizer clipped(loose.layer, settings), unclipped(free.layer, plain_sgd());
  loose.add_gradients(0);
  free.add_gradients(0);
  clipped.step({.lr = 1});
  unclipped.step({.lr = 1});
  EXPECT_EQ(loose.values(), free.values());
}

TEST(Optimizer, ClippingAddsAtMostThreeDispatchesAndNoCopyToTheHost) {
  for (const Device device : test::all_devices()) {
    const auto dispatches = [&](double limit) {
      Settings::Optim settings = plain_sgd();
      settings.clip_norm = limit;
      Problem problem;
      problem.layer.to(device);
      Optimizer optimizer(problem.layer, settings);
      backward(sum(problem.layer.forward(Variable(random_tensor({4, 3}).to(device)))));
      kernels::start_profile();
      optimizer.step({.lr = 1});
      std::int64_t launches = 0;
      for (const auto& sum : kernels::finish_profile().sums) {
        if (sum.label.kind == kernels::RangeKind::launch) launches += sum.calls;
      }
      return launches;
    };
    EXPECT_GT(dispatches(0), 0) << device;
    EXPECT_LE(dispatches(0.25), dispatches(0) + 3) << device;
  }
}

TEST(Optimizer, ClipsByTheSameFactorOnEveryDevice) {
  Settings::Optim settings = plain_sgd();
  settings.clip_norm = 0.25;
  Problem on_host;
  Optimizer host(on_host.layer, settings);
  on_host.add_gradients(0);
  host.step({.lr = 1});
  for (const Device device : test::accelerators()) {
    Problem problem;
    problem.layer.to(device);
    Optimizer optimizer(problem.layer, settings);
    backward(sum(problem.layer.forward(Variable(random_tensor({4, 3}).to(device)))));
    optimizer.step({.lr = 1});
    problem.layer.to(Device{});
    EXPECT_LE(distance(problem.values(), on_host.values()), 1e-6) << device;
  }
}

TEST(Optimizer, TakesAMissingGradientForZero) {
  Settings::Optim settings = plain_sgd();
  settings.weight_decay = 0.5;
  Problem problem;
  Optimizer optimizer(problem.layer, settings);
  const auto before = problem.values();
  optimizer.step({.lr = 0.1});
  const auto after = problem.values();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_FLOAT_EQ(after[i], before[i] * (1 - 0.1f * 0.5f));
}

TEST(Optimizer, ForgetsGradientsAfterAStep) {
  Problem problem;
  Optimizer optimizer(problem.layer, plain_sgd());
  problem.add_gradients(0);
  optimizer.step({.lr = 0.1});
  const auto once = problem.values();
  optimizer.step({.lr = 0.1});
  EXPECT_EQ(problem.values(), once);
}

TEST(Optimizer, DecoupledDecayDoesNotPassThroughTheMoments) {
  // With AdamW a parameter without gradient shrinks by lr * decay; Adam's L2 term moves it by lr.
  for (const OptimizerRule name : {OptimizerRule::adamw, OptimizerRule::adam}) {
    Problem problem;
    Optimizer optimizer(problem.layer, {.name = name, .weight_decay = 0.1});
    const auto before = problem.values();
    optimizer.step({.lr = 0.01});
    const auto after = problem.values();
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double change = std::abs(double{after[i]} - before[i]);
      EXPECT_NEAR(change, name == OptimizerRule::adamw ? 0.001 * std::abs(before[i]) : 0.01, 1e-5)
          << word_of(name);
    }
  }
}

TEST(Optimizer, GoesOnFromItsState) {
  for (const auto& [word, name] : kWords<OptimizerRule>) {
    const Settings::Optim settings{.name = name};
    Problem whole, first;
    Optimizer uninterrupted(whole.layer, settings), before(first.layer, settings);
    for (std::uint32_t step = 0; step < 3; ++step) {
      whole.add_gradients(step);
      uninterrupted.step({.lr = 0.01});
      if (step == 2) break;
      first.add_gradients(step);
      before.step({.lr = 0.01});
    }
    const OptimizerState state = before.state();
    EXPECT_EQ(state.rule, name);
    EXPECT_EQ(state.steps, 2);
    Optimizer after(first.layer, Settings::Optim{.name = OptimizerRule::sgd});
    after.restore(state);
    first.add_gradients(2);
    after.step({.lr = 0.01});
    EXPECT_EQ(first.values(), whole.values()) << word;
  }
}

TEST(Optimizer, ReadsWhatEachRuleTakes) {
  const auto moved = [](Settings::Optim settings) {
    settings.weight_decay = 0;
    Problem problem;
    Optimizer optimizer(problem.layer, settings);
    for (std::uint32_t step = 0; step < 2; ++step) {
      problem.add_gradients(step);
      optimizer.step({.lr = 0.01});
    }
    return problem.values();
  };
  const auto rmsprop = moved({.name = OptimizerRule::rmsprop});
  EXPECT_NE(moved({.name = OptimizerRule::rmsprop, .alpha = 0.5}), rmsprop);
  EXPECT_NE(moved({.name = OptimizerRule::rmsprop, .rmsprop_momentum = 0.9}), rmsprop);
  EXPECT_EQ(moved({.name = OptimizerRule::rmsprop, .beta2 = 0.5, .momentum = 0.1}), rmsprop);
  EXPECT_NE(moved({.name = OptimizerRule::sgd, .l1 = 0.1}), moved({.name = OptimizerRule::sgd}));
}

TEST(Optimizer, StartsItsMomentsAgainWithAnotherRule) {
  Problem problem;
  Optimizer optimizer(problem.layer, {.name = OptimizerRule::adam});
  problem.add_gradients(0);
  optimizer.step({.lr = 0.01});
  optimizer.use(OptimizerRule::adam);
  EXPECT_EQ(optimizer.state().steps, 1);
  optimizer.use(OptimizerRule::sgd);
  EXPECT_EQ(optimizer.state().steps, 0);
  for (const auto& [name, moment] : optimizer.state().moments) {
    for (const float value : moment.span<float>()) EXPECT_EQ(value, 0) << name;
  }
}

TEST(Optimizer, RefusesWhatItDoesNotKnow) {
  Problem problem;
  Optimizer optimizer(problem.layer, {.name = OptimizerRule::sgd});
  layers::Linear other(4, 2);
  EXPECT_THROW(optimizer.restore(Optimizer(other, {.name = OptimizerRule::sgd}).state()), FormatError);
}

}  // namespace
}  // namespace sonograd::train
