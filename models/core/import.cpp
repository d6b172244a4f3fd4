#include "models/core/import.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/known_networks.h"
#include "models/core/model_error.h"
#include "models/core/used_options.h"
#include "models/core/weights.h"
#include "models/core/wrapped_weights.h"
#include "tensor/support/text.h"

namespace sonograd::models {
namespace {

std::string all_names() {
  const std::vector<std::string> names = architecture_names();
  return listed(names, names.size());
}

// Several networks fit: `--arch` chooses a network, `--prefix` a place of it.
[[noreturn]] void refuse_several(const std::vector<WrappedNetwork>& found) {
  std::vector<std::string> places;
  bool one_place = true;
  for (const WrappedNetwork& each : found) {
    places.push_back(each.text());
    one_place &= each.prefix == found.front().prefix;
  }
  throw ModelError(concat("the tensors fit several networks; choose one with ",
                          one_place ? "--arch: " : "--prefix: ", listed(places, 16)));
}

// No network fits exactly; `near`: the nearest one, of `arch` if one is given and any tensors are like its own.
[[noreturn]] void refuse_all(const std::string& arch, const io::NamedTensors& weights,
                             const std::optional<NearNetwork>& near) {
  const std::string known = network_beyond_this_build(weights, near);
  if (arch.empty() && !known.empty())
    throw ModelError(
        concat("these are weights of ", known, ", which this build does not have; it has ", all_names()));
  const std::string all = concat("the tensors fit ", !arch.empty() ? concat("no ", arch)
                                                     : near        ? "none of the networks"
                                                                   : concat("none of ", all_names()));
  if (!near) throw ModelError(all);
  const std::string& nearest = near->found.network.arch;
  const std::string help = near->has_all() ? concat("--arch ", nearest, " leaves the others out")
                                           : concat("`sonograd train --arch ", nearest,
                                                    " --init FILE` begins with those that fit");
  throw ModelError(concat(all, "; ", near->text(), "; ", help));
}

struct Found {
  WrappedNetwork place;
  std::vector<std::string> left_out;
};

Found find_network(const io::NamedTensors& weights, const std::string& arch) {
  if (!arch.empty()) find_architecture(arch);
  const std::vector<std::string> prefixes = prefixes_of(weights);
  std::vector<WrappedNetwork> found = recognise_wrapped(weights, prefixes);
  const auto is_other = [&](const WrappedNetwork& each) {
    return !arch.empty() && each.network.arch != arch;
  };
  if (!found.empty() && std::ranges::all_of(found, is_other))
    throw ModelError(concat("the tensors fit no ", arch, "; they are those of ", found.front().text()));
  std::erase_if(found, is_other);
  if (found.size() > 1) refuse_several(found);
  if (!found.empty()) return {std::move(found.front()), {}};
  std::optional<NearNetwork> near = nearest_network(weights, prefixes, arch);
  if (!arch.empty() && near && near->has_all())
    return {std::move(near->found), std::move(near->difference.unexpected)};
  refuse_all(arch, weights, near || arch.empty() ? near : nearest_network(weights, prefixes));
}

// The open options of a network (see OpenOption) that are not given. Those of a published network are assumed, others only with a
// dialect.
std::vector<std::string> assumed_open_options(const Architecture& architecture, const ImportOptions& options,
                                              const OptionValues& given, const RecognisedNetwork& network) {
  std::vector<std::string> assumed;
  std::string missing, defaults;
  for (const OpenOption& open : network.open) {
    if (given.contains(open.key)) continue;
    const std::string path = architecture.options.at(open.key).path();
    assumed.push_back(concat(path, '=', to_text(network.options.at(open.key))));
    if (open.is_published || !options.dialect.empty()) continue;
    missing += concat(" --set ", path, '=', open.values);
    defaults += concat(defaults.empty() ? "" : ", ", assumed.back());
  }
  if (missing.empty()) return assumed;
  throw UnstatedOptions(concat("the weights are of ", architecture.name,
                               ", but do not contain all of its options; state what they were trained with:",
                               missing, "; or take --dialect ", kPublished, " (", defaults, ')'));
}

// Completes the options that the weights do not contain.
void complete_options(const Architecture& architecture, const ImportOptions& options,
                      const RecognisedNetwork& network, ModelDescription& about, ImportedModel& model) {
  const std::vector<std::string>& dialects = architecture.front_end.dialects;
  model.dialect = options.dialect.empty() ? std::string(kPublished) : options.dialect;
  if (std::ranges::find(dialects, model.dialect) == dialects.end())
    throw ConfigError(concat("--dialect: expected ", listed(dialects, dialects.size()), " for ", about.arch,
                             ", got '", model.dialect, '\''));
  const OptionValues given = architecture.options.parse(options.assignments);
  model.assumed = architecture.front_end.complete(
      architecture.front_end.options,
      {.arch = about.arch, .dialect = options.dialect, .given = given, .filter_bank = about.filter_bank},
      about.options);
  // A dialect gives values to options that others leave without an effect.
  for (const IdleOption& idle : architecture.idle_of(about.options)) {
    const Option& option = architecture.options.at(idle.key);
    if (!given.contains(idle.key)) about.options.at(idle.key) = option.default_value;
    std::erase_if(model.assumed, [&](const std::string& assumption) {
      return assumption.starts_with(concat(option.path(), '='));
    });
  }
  const std::vector<std::string> open = assumed_open_options(architecture, options, given, network);
  model.assumed.insert(model.assumed.begin(), open.begin(), open.end());
  if (model.assumed.empty()) return;
  nlohmann::json training;
  training["assumed"]["dialect"] = model.dialect;
  training["assumed"]["options"] = model.assumed;
  about.training = training.dump();
}

std::vector<std::string> number_labels(std::int64_t outputs) {
  std::vector<std::string> labels;
  for (std::int64_t i = 0; i < outputs; ++i) labels.push_back(concat(i < 10 ? "tag0" : "tag", i));
  return labels;
}

}  // namespace

ImportedModel import_weights(const io::TensorFile& file, const ImportOptions& options) {
  Found found = find_network(file.tensors, options.arch);
  const io::TensorFile inner = {without_prefix(file.tensors, found.place.prefix), file.metadata};
  const RecognisedNetwork& network = found.place.network;
  const Architecture architecture = find_architecture(network.arch);
  ImportedModel model;
  model.prefix = std::move(found.place.prefix);
  model.left_out = std::move(found.left_out);
  ModelDescription about;
  const layers::UninitializedScope loaded_below;
  about.filter_bank = filter_bank_of(*architecture.make_network(network.options, network.labels), inner);
  about.arch = network.arch;
  about.options = network.options;
  about.labels = number_labels(network.labels);
  complete_options(architecture, options, network, about, model);
  model.draft = make_model(std::move(about));
  StateDifference difference = load_matching_state(*model.draft.network, inner.tensors);
  std::erase_if(difference.unexpected, [&](const std::string& name) {
    return std::ranges::find(model.left_out, name) != model.left_out.end();
  });
  const std::string problems = to_text(difference);
  if (!problems.empty()) throw ModelError(concat("the weights do not fit the model: ", problems));
  require_effects(architecture, model.draft.about.options);
  return model;
}

ModelDescription complete_description(const io::TensorFile& file, std::vector<std::string>& warnings) {
  ModelDescription about = draft_of_file(file, &warnings).about;
  require_finite(file.tensors);
  return about;
}

}  // namespace sonograd::models
