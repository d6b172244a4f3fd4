// Equal training steps allocate no memory: objects of a step are in the arena and in recycled memory.
#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "tests/heap/allocations.h"
#include "tests/support/noise_batch.h"
#include "train/optim/step.h"

namespace sonograd::train {
namespace {

TEST(SteadyState, AStepAllocatesNothing) {
  const std::pair<const char*, std::int64_t> networks[] = {
      {"short_chunk_cnn", 33000}, {"short_chunk_cnn_res", 33000}, {"fcn", 340000}, {"harmonic_cnn", 73728}};
  for (const auto& [name, samples] : networks) {
    SCOPED_TRACE(name);
    const auto network =
        models::find_architecture(name).make_network({{"channels", 2}, {"samples", samples}}, 3);
    network->train(true);
    Settings settings;
    settings.optim.clip_norm = 0.5;
    const Objective objective(settings, {Task::multi_label, {"a", "b", "c"}}, {});
    Optimizer optimizer(*network, settings.optim);
    TrainStep step(*network, objective, optimizer, settings, Device{});
    const Batch batch = noise_batch(2, samples, network->labels());
    const auto run = [&](std::uint64_t number) { step.run(batch, number, {.lr = 1e-4}); };
    EXPECT_GT(test::allocations_of([&] { run(0); }), 0) << "the first step makes what the others use";
    run(1);
    for (std::uint64_t number = 2; number < 5; ++number)
      EXPECT_EQ(test::allocations_of([&] { run(number); }), 0) << "step " << number;
  }
}

}  // namespace
}  // namespace sonograd::train
