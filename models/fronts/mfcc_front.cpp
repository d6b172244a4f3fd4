// The front end `mfcc`: mel-frequency cepstral coefficients and their derivatives in time as channels
// [N, frames, n_mfcc, 1 + deltas], normalised. Its features are log-mel maps, as those of `log_mel`.
#include "models/fronts/cepstrum.h"
#include "models/fronts/log_mel_maps.h"

namespace sonograd::models {
namespace {

class MfccMaps : public LogMelFeatures {
 public:
  struct Options : LogMelMapOptions {
    CepstrumOptions cepstrum;

    void list(OptionList& all) {
      LogMelMapOptions::list(all);
      all.add("front_end.n_mfcc", cepstrum.n_mfcc, {1, 1024}, "mel-frequency cepstral coefficients");
      all.add("front_end.deltas", cepstrum.deltas, {0, 2},
              "derivatives of the coefficients in time: 0 none, 1 the first, 2 the first and the second");
    }
    Input input() const {
      if (cepstrum.n_mfcc > front.mel.n_mels)
        throw ConfigError(concat("front_end.n_mfcc = ", cepstrum.n_mfcc,
                                 ": expected at most front_end.n_mels = ", front.mel.n_mels));
      return LogMelMapOptions::input();
    }
    MapExtents map() const {
      const std::int64_t frames = front.frames();
      if (cepstrum.deltas > 0 && frames < kDeltaFrames)
        throw ConfigError(concat("model.samples = ", front.samples, ": expected at least ", kDeltaFrames,
                                 " frames for front_end.deltas = ", cepstrum.deltas, ", got ", frames));
      return {frames, cepstrum.n_mfcc, 1 + cepstrum.deltas};
    }
    void read_sizes(const io::NamedTensors& weights, std::string_view name) {
      LogMelMapOptions::read_sizes(weights, name);
      cepstrum.read_sizes(weights, concat(name, ".mfcc"));
    }
  };

  explicit MfccMaps(const Options& options)
      : LogMelFeatures(options.front), mfcc_(*this, "mfcc", options.front.mel.n_mels, options.cepstrum) {}

  Variable map(const Variable& features) const override { return mfcc_.forward(features); }

 private:
  layers::Part<Cepstrum> mfcc_;
};

}  // namespace

FrontKind mfcc_front() {
  return front_kind_of<MfccMaps>("mfcc", "mel-frequency cepstral coefficients and their derivatives in time",
                                 {"mfcc.bn.weight"});
}

}  // namespace sonograd::models
