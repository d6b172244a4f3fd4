// A tagger from the beginning, in seconds: synthetic sounds, a small network, a training loop, a tag.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <span>

#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/tape.h"
#include "layers/random_scope.h"
#include "models/core/architecture.h"
#include "train/optim/optimizer.h"

namespace sg = sonograd;

namespace {

constexpr std::int64_t kRate = 8000, kSamples = 32768, kTags = 3, kBatch = 12;
constexpr std::uint32_t kSteps = 80;
constexpr const char* kNames[kTags] = {"low tone", "high tone", "noise"};

void add_tone(std::span<float> clip, float hz) {
  for (std::size_t n = 0; n < clip.size(); ++n) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(n) / static_cast<double>(kRate);
    clip[n] += 0.2f * static_cast<float>(std::sin(phase));
  }
}

// Adds the sounds of the tags that are 1.
void render(std::span<const float> tags, sg::Random& random, std::span<float> clip) {
  if (tags[0] == 1) add_tone(clip, random.uniform(150, 400));
  if (tags[1] == 1) add_tone(clip, random.uniform(1500, 3500));
  for (float& sample : clip) sample += (tags[2] == 1 ? 0.2f : 0.001f) * random.uniform(-1, 1);
}

}  // namespace

int main() {
  const sg::models::Architecture architecture = sg::models::find_architecture("short_chunk_cnn");
  const auto network =
      architecture.make_network({{"channels", 8},
                                 {"dropout", 0.0},  // every sound is new, so the network cannot overfit
                                 {"sample_rate", kRate},
                                 {"f_max", kRate / 2},
                                 {"samples", kSamples}},
                                kTags);
  sg::train::Optimizer optimizer(*network, {.name = sg::kernels::OptimizerRule::adam, .weight_decay = 0});
  std::printf("%lld parameters\n", static_cast<long long>(network->parameter_count()));

  for (std::uint32_t step = 0; step < kSteps; ++step) {
    sg::Random random({.seed = 1, .step = step});
    const sg::Tensor tags = sg::Tensor::zeros({kBatch, kTags});
    const sg::Tensor sounds = sg::Tensor::zeros({kBatch, kSamples});
    for (std::int64_t n = 0; n < kBatch; ++n) {
      const std::span<float> row(tags.data<float>() + n * kTags, kTags);
      for (float& tag : row) tag = random.uniform(0, 1) < 0.5f ? 1.0f : 0.0f;
      render(row, random, {sounds.data<float>() + n * kSamples, kSamples});
    }
    const sg::layers::RandomScope dropout(1, step);
    const sg::Variable logits = network->logits(sg::Variable(network->features(sounds)));
    const sg::Variable loss = sg::bce_with_logits(logits, tags);
    sg::backward(loss);
    optimizer.step({.lr = 0.01 * (1 - step / double{kSteps})});
    if (step % 20 == 19) std::printf("step %2u  loss %.3f\n", step + 1, loss.data().item());
  }

  // A sound that was not in the training: a high tone in noise.
  network->train(false);
  const sg::NoGrad no_grad;
  const float truth[kTags] = {0, 1, 1};
  sg::Random random({.seed = 2});
  const sg::Tensor sound = sg::Tensor::zeros({1, kSamples});
  render(truth, random, {sound.data<float>(), kSamples});
  const sg::Variable scores = sg::sigmoid(network->logits(sg::Variable(network->features(sound))));
  std::printf("found:");
  for (std::int64_t tag = 0; tag < kTags; ++tag) {
    const float score = scores.data().data<float>()[tag];
    if (score > 0.5f) std::printf(" %s (%.2f)", kNames[tag], static_cast<double>(score));
  }
  std::printf("\n");
}
