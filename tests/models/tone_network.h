// A network whose behaviour is known: the score of its first label grows with the level of one mel band, and with nothing else.
#pragma once

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/core/model.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::test {

/// Band tanh(0.02 x) of a log-mel map, mean over time, one dense layer: 4096 samples at 8 kHz, 65 frames, 16 bands.
class ToneNetwork final : public models::LogMelNetwork {
 public:
  struct Options {
    models::LogMelFront front = {
        .samples = 4096,
        .mel = {.sample_rate = 8000, .n_fft = 128, .hop_length = 64, .n_mels = 16, .f_max = 4000}};

    void list(models::OptionList& all) { front.list(all); }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    return models::extent_of(weights, "dense.weight", 0);
  }

  ToneNetwork(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), dense_(*this, "dense", options.front.mel.n_mels, labels) {}

  void forward(const Variable& features, models::Outputs& outputs) const override {
    const Shape& shape = features.shape();
    const Variable bands = tanh(scale(reshape(features, {shape[0], shape[1], shape[2]}), 0.02));
    outputs.set(models::kLogits, dense_.forward(mean(bands, {1})));
  }

 private:
  layers::Part<layers::Linear> dense_;
};

inline constexpr const char* kToneNetwork = "tone_network";

/// To be held while models of the network are made.
inline models::AddedArchitecture added_tone_network() {
  return models::AddedArchitecture(models::architecture_of<ToneNetwork>(
      {.name = kToneNetwork, .summary = "level of one band", .paper = "none, 2026"}));
}

/// Label 0 has a weight of 6 at `band`; labels 1 and 2 have small ones at all bands.
inline models::ModelDraft tone_model(std::int64_t band, models::Output output = models::Output::sigmoid) {
  models::ModelDescription about;
  about.arch = kToneNetwork;
  about.labels = {"tone", "noise", "other"};
  about.output = output;
  models::ModelDraft draft = models::make_model(std::move(about));
  for (const layers::StateEntry& entry : draft.network->state()) {
    if (entry.name == "dense.bias") entry.tensor.fill_zero();
    if (entry.name != "dense.weight") continue;
    for (std::int64_t i = 0; i < entry.tensor.numel(); ++i)
      entry.tensor.data<float>()[i] = i >= 16 ? 0.01f * static_cast<float>(i % 7 - 3) : i == band ? 6 : 0;
  }
  draft.network->state_changed();
  draft.network->train(false);
  return draft;
}

}  // namespace sonograd::test
