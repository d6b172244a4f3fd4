// The spectrogram network of Pons et al.: filters of timbre and rhythm on log-mel, and a residual back end over time.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018, as in their
// code for TensorFlow 1, of which no weights are published: the names are ours. The code does not contain the scale of its
// input; the default is the one of musicnn, by the same authors.
#include "models/fronts/pons_spectrogram.h"

#include "models/backs/pons_back_end.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

std::int64_t frames_of(const LogMelFront& front) {
  return 1 + (front.samples - (front.mel.center ? 0 : front.mel.n_fft)) / front.mel.hop_length;
}

class PonsSpectrogram final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = {.samples = 240000,
                         .mel = {.mel_scale = kernels::MelScale::slaney,
                                 .mel_norm = kernels::MelNorm::slaney,
                                 .compression = layers::Compression::log10_scaled}};
    std::int64_t channels = 16;
    PonsBackOptions back;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 512},
              "width of the narrowest filters of the front end; the others are 2, 4 and 8 times as wide");
      front.list(all);
      back.list(all);
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "front.timbral1.conv.weight", 0);
    return options.back.read_sizes(weights);
  }

  PonsSpectrogram(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable x = front_.forward(features);  // [N, 938, 464]
    outputs.set("front", x);
    back_.forward(x, outputs);
  }

  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> all = {logits_info(),
                                   penultimate_info(options_.back.units),
                                   {"front", {frames_, features_}, "output of the front end"}};
    for (OutputInfo& output : back_.outputs(frames_)) all.push_back(std::move(output));
    return all;
  }

 private:
  Options options_;
  std::int64_t features_ = PonsSpectrogramFront::features(options_.channels);
  std::int64_t frames_ = checked_pons_frames(frames_of(options_.front));
  layers::Part<PonsSpectrogramFront> front_{*this, "front", options_.front.mel.n_mels, options_.channels};
  layers::Part<PonsBackEnd> back_{*this, "back", features_, options_.back, labels()};
};

}  // namespace

Architecture pons_spectrogram_architecture() {
  return architecture_of<PonsSpectrogram>(
      {.name = "pons_spectrogram",
       .summary = "timbral and temporal filters on 15 s of log-mel, residual back end (Pons et al. 2018)",
       .paper =
           "Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, \"End-to-end learning for music audio tagging at "
           "scale\", ISMIR 2018"});
}

}  // namespace sonograd::models
