// The front end `harmonic`: decibels behind harmonic filters of trained width [N, frames, filters, harmonics], normalised.
// Won, Chun, Nieto, Serra, "Data-driven harmonic filters for audio representation learning", ICASSP 2020.
#include "layers/norm.h"
#include "models/fronts/front_kind.h"
#include "models/fronts/harmonic.h"

namespace sonograd::models {
namespace {

class HarmonicMaps : public Front {
 public:
  struct Options {
    HarmonicFront front = {.samples = 59049};

    void list(OptionList& all) { front.list(all); }
    Input input() const { return front.input(); }
    MapExtents map() const {
      const Shape centres =
          kernels::harmonic_centres(front.stft.notes, static_cast<double>(front.stft.sample_rate)).shape();
      return {front.frames(), centres[0], centres[1]};
    }
    void read_sizes(const io::NamedTensors& weights, std::string_view name) {
      front.read_sizes(weights, concat(name, ".hstft"), concat(name, ".hstft_bn"));
    }
  };

  explicit HarmonicMaps(const Options& options)
      : axes_(options.front.axes()),
        hstft_(*this, "hstft", options.front.stft),
        hstft_bn_(*this, "hstft_bn", options.front.stft.notes.harmonics) {}

  Tensor features(const Tensor& waveforms) const override { return hstft_.spectrum(waveforms); }
  FeatureAxes axes() const override { return axes_; }
  Variable map(const Variable& features) const override {
    return hstft_bn_.forward(hstft_.forward(features));
  }

 private:
  FeatureAxes axes_;
  layers::Part<layers::HarmonicStft> hstft_;
  layers::Part<layers::BatchNorm> hstft_bn_;
};

}  // namespace

FrontKind harmonic_front() {
  return front_kind_of<HarmonicMaps>("harmonic", "trained harmonic filters", {"hstft.bw_Q"});
}

}  // namespace sonograd::models
