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
#include "tensor/support/text.h"

namespace sonograd::models {
namespace {

using nlohmann::json;

// Format 1 kept the options of all networks in one section, `labels` among them.
constexpr int kFormatVersion = 2, kOldestVersion = 1;
// Entries of `config` that are not options.
constexpr std::string_view kEntries[] = {"model",       "front_end", "optional",   "output",
                                         "pcm",         "aggregate", "pad",        "chunks",
                                         "hop_samples", "outputs",   "thresholds", "training"};

[[noreturn]] void refuse(std::string_view path, const json& value, std::string_view expected) {
  throw ModelError(concat(path, " = ", value.dump(), ": expected ", expected));
}

const json& object_at(const std::string& path, const json& value) {
  if (!value.is_object()) refuse(path, value, "an object");
  return value;
}

// The value of a key of an object whose place is `path`.
const json& member(const std::string& path, const json& object, const std::string& key) {
  const auto found = object_at(path, object).find(key);
  if (found == object.end()) throw ModelError(concat(path, " has no '", key, "'"));
  return *found;
}

std::vector<std::string> texts_at(const std::string& path, const json& value) {
  if (!value.is_array() || !std::ranges::all_of(value, [](const json& each) { return each.is_string(); }))
    refuse(path, value, "an array of strings");
  return value.get<std::vector<std::string>>();
}

template <class Enum>
Enum choice(const json& config, const std::string& key, const std::string& path = "config") {
  const json& value = member(path, config, key);
  const auto found = value.is_string() ? parse_word<Enum>(value.get<std::string>()) : std::nullopt;
  if (!found) refuse(concat(path, '.', key), value, words_of<Enum>());
  return *found;
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
  const json& value = member("config", config, "thresholds");
  if (!value.is_array() || !std::ranges::all_of(value, [](const json& each) { return each.is_number(); }))
    refuse("config.thresholds", value, "an array of numbers");
  const auto thresholds = value.get<std::vector<double>>();
  if (!thresholds.empty() && thresholds.size() != labels)
    throw ModelError(concat("config.thresholds has ", thresholds.size(), " entries for ", labels, " labels"));
  for (const double threshold : thresholds) {
    if (!kThreshold.contains(threshold))
      throw ModelError(concat("config.thresholds contains ", threshold, ": expected ", kThreshold));
  }
  return thresholds;
}

// Names of the outputs, as the results show them: no two look alike.
std::vector<std::string> labels_in(const json& value) {
  std::vector<std::string> labels = texts_at("labels", value);
  std::set<std::string_view> seen;
  for (const std::string& label : labels) {
    const std::string_view name = trim(label);
    if (name.empty()) throw ModelError("labels: one is empty; expected names");
    if (!seen.insert(name).second)
      throw ModelError(concat("labels: '", name, "' comes twice; convert --labels FILE gives other names"));
  }
  return labels;
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
    if (!object_at("config", config).contains("optional")) return;
    for (std::string& key : texts_at("config.optional", config["optional"])) optional_.insert(std::move(key));
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
    for (const auto& [key, value] : object_at(concat("config.", name_of(name)), section).items()) {
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
  const json& section = member("config", config, "model");
  options.read_common(section, {"labels"});
  if (config.contains("front_end")) about.filter_bank = choice<FilterBank>(config, "front_end");
  const auto outputs = io::within("config.model", [&] {
    return io::number_in<std::int64_t>(section, "labels", {1, kMostLabels});
  });
  if (outputs == std::ssize(about.labels)) return;
  throw ModelError(concat(about.labels.size(), " labels for a model with ", outputs, " outputs"));
}

void read_present_format(const json& config, OptionReader& options, ModelDescription& about) {
  options.read_section(member("config", config, "model"), OptionSection::model);
  const json& front_end = member("config", config, "front_end");
  options.read_section(front_end, OptionSection::front_end, {"filter_bank"});
  about.filter_bank = choice<FilterBank>(front_end, "filter_bank", "config.front_end");
  about.outputs = texts_at("config.outputs", member("config", config, "outputs"));
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
  about.labels = labels_in(json_in(metadata, "labels"));
  OptionReader options(config, architecture, warnings);
  version == 1 ? read_first_format(config, options, about) : read_present_format(config, options, about);
  about.options = architecture.options.complete(options.values());
  about.output = choice<Output>(config, "output");
  about.pcm = choice<Pcm>(config, "pcm");
  about.aggregate = choice<Aggregate>(config, "aggregate");
  about.pad = choice<audio::Pad>(config, "pad");
  io::within("config", [&] {
    about.hop_samples = hop_samples_in(config, architecture.input_of(about.options).sample_rate);
    if (config.contains("chunks"))  // absent from the first files of format 1
      about.chunks = io::number_in<std::int64_t>(config, "chunks", kChunkCount);
  });
  about.thresholds = thresholds_in(config, about.labels.size());
  about.training = object_at("config.training", member("config", config, "training")).dump();
  about.metrics = object_at("metrics", json_in(metadata, "metrics")).dump();
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
    sections[std::string(name_of(option.section))][key] = json_of<json>(value);
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
