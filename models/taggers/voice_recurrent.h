// The recurrent networks for singing: three LSTM layers over the frames, in one direction or both.
// Leglaive, Hennequin, Badeau, "Singing voice detection with deep recurrent neural networks", ICASSP 2015, in the form of Choi et al.,
// arXiv:1709.04396, 2017, example 5-1.
#pragma once

#include "layers/dropout.h"
#include "layers/keras_lstm.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "models/taggers/voice.h"

namespace sonograd::models {

/// Options of both networks, which set the initial values.
struct VoiceRecurrentOptions {
  LogMelFront front = voice_front();
  std::int64_t channels;
  double dropout = 0;

  void list(OptionList& all) {
    all.add("channels", channels, {1, 1024},
            "a third of the units of the first recurrent layer; the others have 2 and 4 times as many");
    front.list(all);
    all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
  }

  /// Sets the sizes, and returns the number of labels. Throws ModelError as `extent_of`.
  std::int64_t read_sizes(const io::NamedTensors& weights) {
    front.read_sizes(weights);
    front.mel.n_mels = extent_of(weights, "lstm1.weight_ih", 1);
    channels = extent_of(weights, "lstm2.weight_hh", 1) / 2;
    return extent_of(weights, "dense.weight", 0);
  }
};

/// The parts input_bn, lstm1, lstm2, lstm3 and dense.
class VoiceRecurrent : public VoiceNetwork {
 public:
  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = merged_bands(input_bn_.forward(frames_of(features)));  // [N, 625, 40]
    x = lstm3_.forward(lstm2_.forward(lstm1_.forward(x)));  // [N, 625, 4 channels], twice for both directions
    set_steps(dense_.forward(dropout_.forward(x)), outputs);
  }

 protected:
  VoiceRecurrent(const VoiceRecurrentOptions& options, layers::Directions directions, std::int64_t labels)
      : VoiceNetwork(options.front, labels), options_(options), directions_(directions) {}

 private:
  VoiceRecurrentOptions options_;
  layers::Directions directions_;
  std::int64_t c_ = options_.channels, sides_ = directions_ == layers::Directions::both ? 2 : 1;
  layers::Part<layers::BatchNorm> input_bn_{*this, "input_bn", 1, kKerasNorm};
  layers::Part<layers::KerasLstm> lstm1_{*this, "lstm1", options_.front.mel.n_mels, 3 * c_, directions_};
  layers::Part<layers::KerasLstm> lstm2_{*this, "lstm2", sides_ * 3 * c_, 2 * c_, directions_};
  layers::Part<layers::KerasLstm> lstm3_{*this, "lstm3", sides_ * 2 * c_, 4 * c_, directions_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", sides_ * 4 * c_, labels()};
};

}  // namespace sonograd::models
