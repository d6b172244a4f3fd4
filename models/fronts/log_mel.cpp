#include "models/fronts/log_mel.h"

#include <algorithm>
#include <cmath>

#include "models/core/model_error.h"
#include "models/core/value_ranges.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

using layers::Compression;

constexpr std::string_view kTorchaudio = "torchaudio", kLibrosa = "librosa";

// torchaudio.transforms.MelSpectrogram and AmplitudeToDB.
layers::LogMelOptions torchaudio_defaults() {
  return {.sample_rate = 16000, .n_fft = 400, .hop_length = 200, .n_mels = 128, .f_max = 8000};
}

// librosa.feature.melspectrogram and power_to_db.
layers::LogMelOptions librosa_defaults() {
  return {.sample_rate = 22050,
          .n_fft = 2048,
          .hop_length = 512,
          .n_mels = 128,
          .f_max = 11025,
          .pad_mode = kernels::PadMode::zero,
          .mel_scale = kernels::MelScale::slaney,
          .mel_norm = kernels::MelNorm::slaney,
          .db = {.top_db = 80}};
}

// Options that a stored window and filter bank contain, or make unnecessary.
constexpr std::string_view kInFilterBank[] = {"n_fft", "n_mels", "win_length", "window",  "periodic",
                                              "f_min", "f_max",  "mel_scale",  "mel_norm"};

std::vector<std::pair<std::string, Compression>> compressions() {
  return {{"decibel", Compression::decibel},           {"amplitude_decibel", Compression::amplitude_decibel},
          {"natural", Compression::natural},           {"natural_clamped", Compression::natural_clamped},
          {"log10_scaled", Compression::log10_scaled}, {"none", Compression::none}};
}

// "front_end.compression = none": the cause that other options have no effect.
std::string cause_of(Compression compression) {
  for (const auto& [word, meaning] : compressions()) {
    if (meaning == compression) return concat("front_end.compression = ", word);
  }
  return {};
}

std::int64_t whole(const OptionValues& values, std::string_view key) {
  const auto found = values.find(key);
  const auto* const value = found == values.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return value == nullptr ? 0 : *value;
}

bool differs(const OptionTable& options, const OptionValues& values, std::string_view key) {
  const auto found = values.find(key);
  return found != values.end() && found->second != options.at(key).default_value;
}

// Window and hop of torchaudio follow from the transform: win_length = n_fft, hop_length = win_length // 2.
std::int64_t torchaudio_hop(const OptionValues& values) {
  const std::int64_t window = whole(values, "win_length");
  return (window > 0 ? window : whole(values, "n_fft")) / 2;
}

void require_known(const OptionTable& options, const FrontEndSource& source, const OptionValues& values) {
  if (!source.dialect.empty() || source.filter_bank == FilterBank::computed) return;
  std::string sizes, missing;
  for (const char* const key : {"n_fft", "n_mels", "win_length"}) {
    if (!differs(options, values, key)) continue;
    sizes += concat(sizes.empty() ? "" : ", ", key, ' ', to_text(values.at(key)), " instead of ",
                    to_text(options.at(key).default_value));
  }
  if (sizes.empty()) return;
  for (const char* const key : {"hop_length", "sample_rate", "samples"}) {
    if (!source.given.contains(key)) missing += concat(" --set ", options.at(key).path(), "=N");
  }
  if (missing.empty()) return;
  throw UnstatedOptions(
      concat("the front end is not that of the published ", source.arch, " (", sizes,
             "), and the weights do not contain the rest of it; state what it was trained with:", missing,
             "; or take the defaults of a library: --dialect torchaudio (", torchaudio_defaults().sample_rate,
             " Hz, hop_length ", torchaudio_hop(values), ", power in decibels) or --dialect librosa (",
             librosa_defaults().sample_rate, " Hz, hop_length ", librosa_defaults().hop_length,
             ", decibels within 80 of the maximum), or --dialect published (hop_length ",
             to_text(options.at("hop_length").default_value), ')'));
}

}  // namespace

void LogMelFront::list(OptionList& all) {
  using layers::WindowShape;
  const auto idle_but_for = [this](std::initializer_list<Compression> users) {
    return [this, users = std::vector(users)] {
      return std::ranges::find(users, mel.compression) != users.end() ? "" : cause_of(mel.compression);
    };
  };
  const auto without_decibels = idle_but_for({Compression::decibel, Compression::amplitude_decibel});
  all.add("front_end.sample_rate", mel.sample_rate, {1000, 192000}, "sample rate of the input in Hz");
  all.add("samples", samples, {256, 1 << 26}, "chunk length in samples");
  all.add("front_end.n_fft", mel.n_fft, {16, 16384}, "window and transform length in samples");
  all.add("front_end.hop_length", mel.hop_length, {1, 16384}, "samples between frames");
  all.add("front_end.n_mels", mel.n_mels, {1, 1024}, "mel bands");
  all.add("front_end.f_min", mel.f_min, {0, 96000}, "lowest mel frequency in Hz");
  all.add("front_end.f_max", mel.f_max, {1, 96000}, "highest mel frequency in Hz");
  all.add("front_end.win_length", mel.win_length, {0, 16384}, "samples of the window; 0: n_fft");
  all.add("front_end.window", mel.window,
          {{"hann", WindowShape::hann},
           {"hamming", WindowShape::hamming},
           {"rectangular", WindowShape::rectangular}},
          "shape of the window");
  all.add("front_end.periodic", mel.periodic, "periodic window, else symmetric");
  all.idle_when(
      [this] { return mel.window == WindowShape::rectangular ? "front_end.window = rectangular" : ""; });
  all.add("front_end.center", mel.center, "frames centred on their sample, else they begin there");
  all.add("front_end.pad_mode", mel.pad_mode,
          {{"reflect", kernels::PadMode::reflect}, {"zero", kernels::PadMode::zero}},
          "samples beyond the ends of a chunk, for centred frames");
  all.idle_when([this] { return mel.center ? "" : "front_end.center = false"; });
  all.add("front_end.power", mel.power, {1, 2}, "exponent of the magnitude of the spectrum");
  all.add("front_end.mel_scale", mel.mel_scale,
          {{"htk", kernels::MelScale::htk}, {"slaney", kernels::MelScale::slaney}},
          "formula of the mel scale");
  all.add("front_end.mel_norm", mel.mel_norm,
          {{"none", kernels::MelNorm::none}, {"slaney", kernels::MelNorm::slaney}},
          "height of the bands: 1, or equal areas");
  all.add("front_end.band_type", mel.band_type,
          {{"float32", layers::BandType::float32}, {"float16", layers::BandType::float16}},
          "type to which the bands are rounded before the compression");
  all.add("front_end.compression", mel.compression, compressions(),
          "function of a band x: 10 log10(x), 20 log10(x), ln(x + offset), ln(x), log10(10000 x + 1) or x");
  all.add("front_end.amin", mel.db.amin, {1e-30, 1}, "smallest x of the decibels and of ln(x)");
  all.idle_when(
      idle_but_for({Compression::decibel, Compression::amplitude_decibel, Compression::natural_clamped}));
  all.add("front_end.reference", mel.db.ref, {1e-30, 1e30}, "x that is 0 decibels");
  all.idle_when([this, without_decibels]() -> std::string {
    return mel.below_maximum ? "front_end.below_maximum = true" : without_decibels();
  });
  all.add("front_end.below_maximum", mel.below_maximum, "0 decibels are the maximum of the chunk");
  all.idle_when(without_decibels);
  all.add("front_end.top_db", mel.db.top_db, 1e30, "range of the decibels below the maximum; 0: unlimited");
  all.idle_when(without_decibels);
  all.add("front_end.offset", mel.offset, {1e-30, 1}, "offset inside the natural logarithm");
  all.idle_when(idle_but_for({Compression::natural}));
}

Input LogMelFront::input() const {
  const double per_sample = static_cast<double>(mel.n_mels) / static_cast<double>(mel.hop_length);
  check_map_values(
      concat("front_end.n_mels = ", mel.n_mels, " with front_end.hop_length = ", mel.hop_length, " makes"),
      per_sample, samples, mel.sample_rate);
  return {.sample_rate = mel.sample_rate, .samples = samples};
}

std::int64_t LogMelFront::frames() const {
  const std::int64_t padded = mel.center ? samples + 2 * (mel.n_fft / 2) : samples;
  if (padded < mel.n_fft)
    throw ConfigError(concat("model.samples = ", samples, ": expected at least ", mel.n_fft, ", a frame"));
  return 1 + (padded - mel.n_fft) / mel.hop_length;
}

FeatureAxes LogMelFront::axes() const {
  FeatureAxes axes = {.unit = FeatureUnit::compressed,
                      .first = mel.center ? 0 : static_cast<double>(mel.n_fft) / 2,
                      .step = static_cast<double>(mel.hop_length),
                      .bands = {}};
  const double low = kernels::hz_to_mel(mel.f_min, mel.mel_scale),
               high = kernels::hz_to_mel(mel.f_max, mel.mel_scale);
  for (std::int64_t band = 1; band <= mel.n_mels; ++band) {
    const double share = static_cast<double>(band) / static_cast<double>(mel.n_mels + 1);
    axes.bands.push_back(kernels::mel_to_hz(std::lerp(low, high, share), mel.mel_scale));
  }
  return axes;
}

void LogMelFront::read_sizes(const io::NamedTensors& weights, std::string_view layer) {
  const Tensor* const bank = weights.find(concat(layer, ".mel_scale.fb"));
  if (bank == nullptr || bank->shape().rank() != 2) return;
  mel.n_fft = 2 * (bank->shape()[0] - 1);
  mel.n_mels = bank->shape()[1];
  const Tensor* const window = weights.find(concat(layer, ".spectrogram.window"));
  if (window == nullptr || window->shape().rank() != 1) return;
  mel.win_length = window->shape()[0] == mel.n_fft ? 0 : window->shape()[0];
}

std::vector<std::string> LogMelFront::dialects() {
  return {std::string(kPublished), std::string(kTorchaudio), std::string(kLibrosa)};
}

std::vector<std::string> LogMelFront::complete(const OptionTable& options, const FrontEndSource& source,
                                               OptionValues& values) {
  require_known(options, source, values);
  const bool is_torchaudio = source.dialect == kTorchaudio, is_librosa = source.dialect == kLibrosa;
  const std::span<const std::string_view> stored =
      source.filter_bank == FilterBank::stored ? kInFilterBank : std::span<const std::string_view>();
  if (is_torchaudio || is_librosa) {
    const OptionValues defaults =
        values_of(LogMelFront{.mel = is_torchaudio ? torchaudio_defaults() : librosa_defaults()});
    for (const auto& [key, value] : defaults) {
      if (key != "samples" && std::ranges::find(stored, key) == stored.end())
        values.insert_or_assign(key, value);
    }
  }
  for (const auto& [key, value] : source.given) values.insert_or_assign(key, value);
  if (is_torchaudio && !source.given.contains("hop_length"))
    values.insert_or_assign("hop_length", torchaudio_hop(values));
  if (!source.given.contains("f_max") &&
      (is_torchaudio || is_librosa || differs(options, values, "sample_rate"))) {
    const std::int64_t rate = whole(values, "sample_rate");
    values.insert_or_assign("f_max",
                            is_librosa ? static_cast<double>(rate) / 2 : static_cast<double>(rate / 2));
  }
  return assumptions(options, source, values, stored);
}

}  // namespace sonograd::models
