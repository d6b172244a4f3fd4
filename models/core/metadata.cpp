// The metadata of a model file: text, most of it JSON in the entry `config`.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "models/core/architecture.h"
#include "models/core/description.h"
#include "models/core/model_error.h"
#include "models/core/value_ranges.h"
#include "tensor/io/context.h"
#include "tensor/io/json.h"

namespace sonograd::models {
namespace {

using nlohmann::json;

// Format 1 kept the options of all networks in one section, `labels` among them.
constexpr int kFormatVersion = 2, kOldestVersion = 1;
// Entries of `config` that are not options.
constexpr std::string_view kEntries[] = {"model",       "front_end", "optional",   "output",
                                         "pcm",         "aggregate", "pad",        "chunks",
                                         "hop_samples", "outputs",   "thresholds", "training"};

template <class Enum>
Enum choice(const json& value, std::string_view key) {
  const auto* const name = value.get_ptr<const std::string*>();
  const auto found = name != nullptr ? parse_word<Enum>(*name) : std::nullopt;
  if (found) return *found;
  throw ModelError(concat("config.", key, " = ", value.dump(), ": expected ", words_of<Enum>()));
}

const std::string& entry(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end())
    throw ModelError(concat("not a sonograd model: the metadata have no '", key, "'"));
  return found->second;
}

/// The JSON in an entry.
json json_in(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const std::string& text = entry(metadata, key);
  return io::within(key, [&] { return io::parse_json(text); });
}

// Samples, of which the range depends on the rate: that of the setting in seconds.
std::int64_t hop_samples_in(const json& config, std::int64_t sample_rate) {
  const auto rate = static_cast<double>(sample_rate);
  return io::number_in<std::int64_t>(config, "hop_samples", {kHopSeconds.min * rate, kHopSeconds.max * rate});
}

std::vector<double> thresholds_in(const json& config, std::size_t labels) {
  const auto thresholds = config.at("thresholds").get<std::vector<double>>();
  if (!thresholds.empty() && thresholds.size() != labels)
    throw ModelError(concat("config.thresholds has ", thresholds.size(), " entries for ", labels, " labels"));
  for (const double threshold : thresholds) {
    if (!kThreshold.contains(threshold))
      throw ModelError(concat("config.thresholds contains ", threshold, ": expected ", kThreshold));
  }
  return thresholds;
}

json to_json(const OptionValue& value) {
  return std::visit([](const auto& held) { return json(held); }, value);
}

OptionValue value_from(const json& value, const std::string& key) {
  if (value.is_boolean()) return value.get<bool>();
  const bool is_wide = value.is_number_unsigned() && !std::in_range<std::int64_t>(value.get<std::uint64_t>());
  if (value.is_number_integer() && !is_wide) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  throw ModelError(
      concat("config.", key, " is ", value.dump(), ": expected a number, a word, true or false"));
}

// Reads the options of `config`; passes over or refuses options that this version lacks.
class OptionReader {
 public:
  OptionReader(const json& config, const Architecture& architecture, std::vector<std::string>* warnings)
      : architecture_(architecture), warnings_(warnings) {
    for (const json& key : config.value("optional", json::array())) optional_.insert(key.get<std::string>());
  }

  /// The section of format 1, which holds the options of the front end, too. `others`: keys that are not options.
  void read_common(const json& section, std::initializer_list<std::string_view> others) {
    read(section, OptionSection::model, others, true);
  }
  /// Throws ModelError for an option of another section.
  void read_section(const json& section, OptionSection name,
                    std::initializer_list<std::string_view> others = {}) {
    read(section, name, others, false);
  }
  void pass_over(const std::string& path, const json& value) const {
    if (!optional_.contains(path)) {
      throw ModelError(concat("config.", path, " = ", value.dump(), ": ", architecture_.name,
                              " has no such option in this version of sonograd, and the model needs it"));
    }
    if (warnings_ == nullptr) return;
    warnings_->push_back(
        concat("config.", path, " = ", value.dump(), " is passed over: ", architecture_.name,
               " has no such option in this version of sonograd, and the model does not need it"));
  }
  OptionValues values() { return std::move(values_); }

 private:
  void read(const json& section, OptionSection name, std::initializer_list<std::string_view> others,
            bool is_common) {
    for (const auto& [key, value] : section.items()) {
      if (std::ranges::find(others, key) != others.end()) continue;
      const std::string path = path_of(name, key);
      const Option* const option = architecture_.options.find(key);
      if (option == nullptr) {
        pass_over(path, value);
        continue;
      }
      if (!is_common && option->section != name) {
        throw ModelError(concat("config.", path, ": expected in the section ", name_of(option->section),
                                ", as config.", option->path()));
      }
      values_[key] = option->checked(value_from(value, path));
    }
  }

  const Architecture& architecture_;
  std::vector<std::string>* warnings_;
  std::set<std::string> optional_;
  OptionValues values_;
};

// Format 1: all options in `model`, with the number of labels; `front_end` is the origin of the filter bank.
void read_first_format(const json& config, OptionReader& options, ModelDescription& about) {
  options.read_common(config.at("model"), {"labels"});
  about.filter_bank = choice<FilterBank>(config.value("front_end", "computed"), "front_end");
  const auto outputs = io::number_in<std::int64_t>(config.at("model"), "labels", {1, kMostLabels});
  if (outputs == std::ssize(about.labels)) return;
  throw ModelError(concat(about.labels.size(), " labels for a model with ", outputs, " outputs"));
}

void read_present_format(const json& config, OptionReader& options, ModelDescription& about) {
  options.read_section(config.at("model"), OptionSection::model);
  const json& front_end = config.at("front_end");
  options.read_section(front_end, OptionSection::front_end, {"filter_bank"});
  about.filter_bank = choice<FilterBank>(front_end.at("filter_bank"), "front_end.filter_bank");
  about.outputs = config.at("outputs").get<std::vector<std::string>>();
  for (const auto& [key, value] : config.items()) {
    if (std::ranges::find(kEntries, key) == std::end(kEntries)) options.pass_over(key, value);
  }
}

ModelDescription parse(const std::map<std::string, std::string>& metadata, int version,
                       std::vector<std::string>* warnings) {
  ModelDescription about;
  about.arch = entry(metadata, "arch");
  const Architecture architecture = find_architecture(about.arch);
  const json config = json_in(metadata, "config");
  about.labels = json_in(metadata, "labels").get<std::vector<std::string>>();
  OptionReader options(config, architecture, warnings);
  version == 1 ? read_first_format(config, options, about) : read_present_format(config, options, about);
  about.options = architecture.options.complete(options.values());
  about.output = choice<Output>(config.at("output"), "output");
  about.pcm = choice<Pcm>(config.at("pcm"), "pcm");
  about.aggregate = choice<Aggregate>(config.at("aggregate"), "aggregate");
  about.pad = choice<audio::Pad>(config.at("pad"), "pad");
  io::within("config", [&] {
    about.hop_samples = hop_samples_in(config, architecture.input_of(about.options).sample_rate);
    if (config.contains("chunks"))  // absent from the first files of format 1
      about.chunks = io::number_in<std::int64_t>(config, "chunks", kChunkCount);
  });
  about.thresholds = thresholds_in(config, about.labels.size());
  about.training = config.at("training").dump();
  about.metrics = json_in(metadata, "metrics").dump();
  about.licence = entry(metadata, "licence");
  return about;
}

int version_of(const std::map<std::string, std::string>& metadata) {
  const std::string& text = entry(metadata, "sonograd");
  for (int version = kOldestVersion; version <= kFormatVersion; ++version) {
    if (text == std::to_string(version)) return version;
  }
  throw ModelError(
      concat("model format ", text, "; this build reads format ", kOldestVersion, " to ", kFormatVersion));
}

}  // namespace

Aggregate parse_aggregate(std::string_view text) {
  return require_word<Aggregate>("aggregate", text);
}

std::string_view name_of(Aggregate aggregate) {
  return word_of(aggregate);
}

std::string_view name_of(FilterBank origin) {
  return word_of(origin);
}

std::map<std::string, std::string> to_metadata(const ModelDescription& about) {
  const OptionTable table = find_architecture(about.arch).options;
  json sections = {{"model", json::object()}, {"front_end", {{"filter_bank", name_of(about.filter_bank)}}}};
  json optional = json::array();
  for (const auto& [key, value] : table.complete(about.options)) {
    const Option& option = table.at(key);
    sections[std::string(name_of(option.section))][key] = to_json(value);
    if (value == option.default_value) optional.push_back(option.path());
  }
  const json config = {
      {"model", sections["model"]},     {"front_end", sections["front_end"]},
      {"optional", optional},           {"output", word_of(about.output)},
      {"pcm", word_of(about.pcm)},      {"aggregate", name_of(about.aggregate)},
      {"pad", word_of(about.pad)},      {"hop_samples", about.hop_samples},
      {"chunks", about.chunks},         {"outputs", about.outputs},
      {"thresholds", about.thresholds}, {"training", json::parse(about.training)},
  };
  return {{"sonograd", std::to_string(kFormatVersion)},
          {"arch", about.arch},
          {"config", config.dump()},
          {"labels", json(about.labels).dump()},
          {"metrics", json::parse(about.metrics).dump()},
          {"licence", about.licence}};
}

ModelDescription from_metadata(const std::map<std::string, std::string>& metadata,
                               std::vector<std::string>* warnings) {
  const int version = version_of(metadata);
  try {
    return parse(metadata, version, warnings);
  } catch (const json::exception& error) {
    throw ModelError(concat("the model's metadata are malformed: ", error.what()));
  } catch (const FormatError& error) {
    throw ModelError(error.what());
  } catch (const ConfigError& error) {
    throw ModelError(error.what());
  }
}

}  // namespace sonograd::models
