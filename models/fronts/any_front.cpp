#include "models/fronts/any_front.h"

#include <algorithm>

#include "layers/norm.h"
#include "layers/part.h"
#include "models/core/weights.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

class LogMelMaps : public Front {
 public:
  explicit LogMelMaps(const LogMelFront& front) : spec_(*this, "spec", front.mel) {}
  Tensor features(const Tensor& waveforms) const override { return spec_.forward(waveforms); }
  Variable map(const Variable& features) const override { return spec_bn_.forward(features); }

 private:
  layers::Part<layers::LogMel> spec_;
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
};

class HarmonicMaps : public Front {
 public:
  explicit HarmonicMaps(const HarmonicFront& front)
      : hstft_(*this, "hstft", front.stft), hstft_bn_(*this, "hstft_bn", front.stft.notes.harmonics) {}
  Tensor features(const Tensor& waveforms) const override { return hstft_.spectrum(waveforms); }
  Variable map(const Variable& features) const override {
    return hstft_bn_.forward(hstft_.forward(features));
  }

 private:
  layers::Part<layers::HarmonicStft> hstft_;
  layers::Part<layers::BatchNorm> hstft_bn_;
};

// Options that the harmonic front end shares with the log-mel one.
constexpr std::string_view kShared[] = {"front",  "samples",  "sample_rate", "n_fft", "hop_length",
                                        "center", "pad_mode", "power",       "amin"};
constexpr std::string_view kOfNotes[] = {"lowest_note", "filters_per_semitone", "harmonics"};

bool is_among(std::span<const std::string_view> keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

void AnyFront::list(OptionList& all) {
  all.add("front", kind, {{"log_mel", FrontKind::log_mel}, {"harmonic", FrontKind::harmonic}},
          "front end: log-mel maps, or spectra behind trained harmonic filters");
  log_mel.list(all);
  HarmonicFront::list_notes(all, notes);
}

HarmonicFront AnyFront::harmonic() const {
  const layers::LogMelOptions& mel = log_mel.mel;
  return {.samples = log_mel.samples,
          .stft = {.sample_rate = mel.sample_rate,
                   .n_fft = mel.n_fft,
                   .hop_length = mel.hop_length,
                   .center = mel.center,
                   .pad_mode = mel.pad_mode,
                   .power = mel.power,
                   .notes = notes,
                   .amin = mel.db.amin}};
}

void AnyFront::refuse_options_of_others() const {
  const OptionTable table = option_table<AnyFront>();
  for (const auto& [key, value] : values_of(*this)) {
    const bool is_own = kind == FrontKind::log_mel ? !is_among(kOfNotes, key)
                                                   : is_among(kShared, key) || is_among(kOfNotes, key);
    const Option& option = table.at(key);
    if (is_own || value == option.default_value) continue;
    throw ConfigError(concat(option.path(), " = ", to_text(value),
                             ": model.front = ", kind == FrontKind::log_mel ? "log_mel" : "harmonic",
                             " has no such option; expected its default, ", to_text(option.default_value)));
  }
}

Input AnyFront::input() const {
  refuse_options_of_others();
  return kind == FrontKind::log_mel ? log_mel.input() : harmonic().input();
}

MapExtents AnyFront::map() const {
  if (kind == FrontKind::log_mel) return {log_mel.frames(), log_mel.mel.n_mels, 1};
  const Shape centres =
      kernels::harmonic_centres(notes, static_cast<double>(log_mel.mel.sample_rate)).shape();
  return {harmonic().frames(), centres[0], centres[1]};
}

std::unique_ptr<const Front> AnyFront::make(layers::Module& parent, std::string_view name) const {
  if (kind == FrontKind::log_mel) return std::make_unique<layers::Part<LogMelMaps>>(parent, name, log_mel);
  return std::make_unique<layers::Part<HarmonicMaps>>(parent, name, harmonic());
}

void AnyFront::read_sizes(const io::NamedTensors& weights, std::string_view name) {
  if (weights.contains(concat(name, ".hstft.bw_Q"))) {
    kind = FrontKind::harmonic;
    HarmonicFront read = harmonic();
    read.read_sizes(weights, concat(name, ".hstft"), concat(name, ".hstft_bn"));
    notes = read.stft.notes;
    log_mel.mel.n_fft = read.stft.n_fft;
  } else {
    kind = FrontKind::log_mel;
    extent_of(weights, concat(name, ".spec_bn.weight"), 0);
    log_mel.read_sizes(weights, concat(name, ".spec"));
  }
}

}  // namespace sonograd::models
