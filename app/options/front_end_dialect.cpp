#include "app/options/front_end_dialect.h"

#include <algorithm>
#include <cmath>

#include "tensor/support/error.h"

namespace sonograd::app {
namespace {

using models::OptionValues;

struct DialectDefaults {
  std::string_view name;
  OptionValues values;
};

// Defaults of torchaudio.transforms.MelSpectrogram and AmplitudeToDB (2.x), and of librosa.feature.melspectrogram and
// power_to_db (0.10).
const std::vector<DialectDefaults>& dialects() {
  static const std::vector<DialectDefaults> all = {{"published", {}},
                                                   {"torchaudio",
                                                    {{"sample_rate", std::int64_t{16000}},
                                                     {"n_fft", std::int64_t{400}},
                                                     {"n_mels", std::int64_t{128}},
                                                     {"win_length", std::int64_t{0}},
                                                     {"f_min", 0.0},
                                                     {"window", std::string("hann")},
                                                     {"periodic", true},
                                                     {"center", true},
                                                     {"pad_mode", std::string("reflect")},
                                                     {"power", std::int64_t{2}},
                                                     {"mel_scale", std::string("htk")},
                                                     {"mel_norm", std::string("none")},
                                                     {"compression", std::string("decibel")},
                                                     {"amin", 1e-10},
                                                     {"reference", 1.0},
                                                     {"top_db", 0.0}}},
                                                   {"librosa",
                                                    {{"sample_rate", std::int64_t{22050}},
                                                     {"n_fft", std::int64_t{2048}},
                                                     {"n_mels", std::int64_t{128}},
                                                     {"hop_length", std::int64_t{512}},
                                                     {"win_length", std::int64_t{0}},
                                                     {"f_min", 0.0},
                                                     {"window", std::string("hann")},
                                                     {"periodic", true},
                                                     {"center", true},
                                                     {"pad_mode", std::string("zero")},
                                                     {"power", std::int64_t{2}},
                                                     {"mel_scale", std::string("slaney")},
                                                     {"mel_norm", std::string("slaney")},
                                                     {"compression", std::string("decibel")},
                                                     {"amin", 1e-10},
                                                     {"reference", 1.0},
                                                     {"top_db", 80.0}}}};
  return all;
}

// Options that the stored filter bank and its window contain, or make unnecessary.
bool is_in_filter_bank(std::string_view key) {
  constexpr std::string_view kKeys[] = {"n_fft", "n_mels", "win_length", "window",  "periodic",
                                        "f_min", "f_max",  "mel_scale",  "mel_norm"};
  return std::ranges::find(kKeys, key) != std::end(kKeys);
}

std::int64_t whole(const OptionValues& values, std::string_view key) {
  const auto found = values.find(key);
  const auto* const value = found == values.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
  return value == nullptr ? 0 : *value;
}

bool differs(const models::OptionTable& table, const OptionValues& values, std::string_view key) {
  const models::Option* const option = table.find(key);
  const auto found = values.find(key);
  return option != nullptr && found != values.end() && found->second != option->default_value;
}

// Window and hop of torchaudio follow from the transform: win_length = n_fft, hop_length = win_length // 2.
std::int64_t torchaudio_hop(const OptionValues& values) {
  const std::int64_t window = whole(values, "win_length");
  return (window > 0 ? window : whole(values, "n_fft")) / 2;
}

void require_known(const models::OptionTable& table, const FrontEndSource& source,
                   const OptionValues& values) {
  if (!source.dialect.empty() || !source.has_filter_bank) return;
  std::string sizes, missing;
  for (const char* const key : {"n_fft", "n_mels", "win_length"}) {
    if (!differs(table, values, key)) continue;
    sizes += concat(sizes.empty() ? "" : ", ", key, ' ', models::to_text(values.at(key)), " instead of ",
                    models::to_text(table.at(key).default_value));
  }
  if (sizes.empty()) return;
  for (const char* const key : {"hop_length", "sample_rate", "samples"}) {
    const models::Option* const option = table.find(key);
    if (option != nullptr && !source.given.contains(key)) missing += concat(" --set ", option->path(), "=N");
  }
  if (missing.empty()) return;
  throw ConfigError(
      concat("the front end is not that of the published ", source.arch, " (", sizes,
             "), and the weights do not contain the rest of it; state what it was trained with:", missing,
             "; or take the defaults of a library: --dialect torchaudio (16000 Hz, hop_length ",
             torchaudio_hop(values),
             ", power in decibels) or --dialect librosa (22050 Hz, hop_length 512, decibels within 80 of the "
             "maximum), "
             "or --dialect published (hop_length ",
             table.find("hop_length") ? models::to_text(table.at("hop_length").default_value) : "?", ')'));
}

}  // namespace

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  for (const DialectDefaults& dialect : dialects()) names.emplace_back(dialect.name);
  return names;
}

std::vector<std::string> complete_front_end(const models::OptionTable& table, const FrontEndSource& source,
                                            models::OptionValues& values) {
  require_known(table, source, values);
  const auto is_stored = [&](std::string_view key) {
    return source.has_filter_bank && is_in_filter_bank(key);
  };
  const std::string name = source.dialect.empty() ? "published" : source.dialect;
  const auto dialect = std::ranges::find(dialects(), name, &DialectDefaults::name);
  for (const auto& [key, value] : dialect->values) {
    if (table.find(key) != nullptr && !is_stored(key)) values.insert_or_assign(key, value);
  }
  for (const auto& [key, value] : source.given) values.insert_or_assign(key, value);
  if (name == "torchaudio" && table.find("hop_length") != nullptr && !source.given.contains("hop_length"))
    values.insert_or_assign("hop_length", torchaudio_hop(values));
  if (table.find("f_max") != nullptr && !source.given.contains("f_max") &&
      differs(table, values, "sample_rate")) {
    const std::int64_t rate = whole(values, "sample_rate");
    values.insert_or_assign(
        "f_max", name == "librosa" ? static_cast<double>(rate) / 2 : static_cast<double>(rate / 2));
  }
  std::vector<std::string> assumed;
  for (const models::Option& option : table) {
    const bool is_front_end = option.section == models::OptionSection::front_end || option.key == "samples";
    if (!is_front_end || source.given.contains(option.key) || is_stored(option.key)) continue;
    const auto found = values.find(option.key);
    assumed.push_back(concat(option.path(), '=',
                             models::to_text(found == values.end() ? option.default_value : found->second)));
  }
  return assumed;
}

}  // namespace sonograd::app
