// DeepSound's first network: genre at every step of 30 s of log-mel, and the mean of the probabilities over the steps.
// Kozakowski and Michalak, "Music genre recognition", deepsound.io, 2016: three convolutions over time, with the bands as channels, an
// LSTM, and one output layer for all steps.
#include "layers/dropout.h"
#include "layers/keras_lstm.h"
#include "layers/linear.h"
#include "models/backs/sequence.h"
#include "models/core/architecture.h"
#include "models/taggers/deepsound.h"

namespace sonograd::models {
namespace {

class DeepsoundCrnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = deepsound_front();
    std::int64_t channels = 256, units = 256;
    double dropout = 0.5;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the convolutions");
      all.add("lstm_units", units, {1, 4096}, "width of the recurrent layer");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before and behind the recurrent layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.front.mel.n_mels = extent_of(weights, "layer1.conv.weight", 1);
    options.units = extent_of(weights, "lstm.weight_hh", 1);
    return extent_of(weights, "dense.weight", 0);
  }

  DeepsoundCrnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = layer1_.forward(merged_bands(features));  // [N, 647, 128] -> [N, 321, 256]
    x = layer2_.forward(x);                                // [N, 158, 256]
    x = dropout_.forward(layer3_.forward(x));              // [N, 77, 256]
    x = dropout_.forward(lstm_.forward(x));                // [N, 77, 256]
    const Variable steps = dense_.forward(x);              // [N, 77, labels]
    outputs.set(kStepLogits, steps);
    if (outputs.contains(kLogits)) outputs.set(kLogits, log_mean_of_probabilities(steps));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), step_logits_info(steps_)}; }
  bool labels_exclude_each_other() const override { return true; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, steps_ = steps_behind_blocks(options_.front.frames());
  layers::Part<layers::ConvUnit1d> layer1_{*this, "layer1", options_.front.mel.n_mels, c_, five_frames({})};
  layers::Part<layers::ConvUnit1d> layer2_{*this, "layer2", c_, c_, five_frames({})};
  layers::Part<layers::ConvUnit1d> layer3_{*this, "layer3", c_, c_, five_frames({})};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::KerasLstm> lstm_{*this, "lstm", c_, options_.units};
  layers::Part<layers::Linear> dense_{*this, "dense", options_.units, labels()};
};

}  // namespace

Architecture deepsound_crnn_architecture() {
  return architecture_of<DeepsoundCrnn>(
      {.name = "deepsound_crnn",
       .summary = "3 convolutions and an LSTM over 30 s of log-mel, genre at every step (DeepSound 2016)",
       .paper = "Kozakowski, Michalak, \"Music genre recognition\", deepsound.io, 2016"});
}

}  // namespace sonograd::models
