// `sonograd convert`: published PyTorch weights to a model file of ours, and back.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/options/model_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/known_networks.h"
#include "models/core/model.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "models/core/wrapped_weights.h"
#include "tensor/io/context.h"
#include "tensor/io/owner_lock.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/config/config.h"
#include "train/data/data_error.h"
#include "train/data/label_file.h"

namespace sonograd::app {
namespace {

namespace fs = std::filesystem;

struct ConvertOptions {
  std::string in, out, arch, labels, prefix, licence, dialect;
  std::vector<std::string> set;
  bool verify = false;
  bool json = false;
};

enum class Format { safetensors, pth };

Format format_of(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  if (extension == ".safetensors") return Format::safetensors;
  if (extension == ".pth" || extension == ".pt" || extension == ".ckpt") return Format::pth;
  throw ConfigError(concat(path.string(), ": the extension must be .safetensors, .pth, .pt or .ckpt"));
}

io::TensorFile read(const ConvertOptions& options) {
  if (format_of(options.in) == Format::pth) {
    if (io::begins_as_safetensors(options.in)) {
      throw models::ModelError(concat(
          options.in, ": expected a file of PyTorch, this is one of sonograd, as the checkpoint of a run; ",
          "its model is ", (fs::path(options.in).parent_path() / "best.safetensors").string()));
    }
    return {io::read_pth(options.in, options.prefix), {}};
  }
  io::TensorFile file = io::read_safetensors(options.in);
  if (options.prefix.empty() || file.metadata.contains("sonograd")) return file;
  return {models::without_prefix(file.tensors, options.prefix), std::move(file.metadata)};
}

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (const models::Architecture& architecture : models::all_architectures())
    names.push_back(architecture.name);
  return names;
}

std::string place_of(const models::WrappedNetwork& found) {
  return found.prefix.empty() ? found.network.arch
                              : concat(found.network.arch, " under '", found.prefix, "'");
}

// Several networks fit: `--arch` chooses a network, `--prefix` a place of it.
[[noreturn]] void refuse_several(const ConvertOptions& options,
                                 const std::vector<models::WrappedNetwork>& found) {
  std::vector<std::string> places;
  bool one_place = true;
  for (const models::WrappedNetwork& each : found) {
    places.push_back(place_of(each));
    one_place &= each.prefix == found.front().prefix;
  }
  throw models::ModelError(concat(options.in, ": the tensors fit several networks; choose one with ",
                                  one_place ? "--arch: " : "--prefix: ", listed(places, 16)));
}

// No network fits exactly.
[[noreturn]] void refuse_all(const ConvertOptions& options, const io::NamedTensors& weights,
                             const std::optional<models::NearNetwork>& near) {
  const std::string known = models::network_beyond_this_build(weights, near);
  if (options.arch.empty() && !known.empty())
    throw models::ModelError(
        fmt::format("{}: these are weights of {}, which this build does not have; it has {}", options.in,
                    known, fmt::join(architecture_names(), ", ")));
  const std::string what = options.arch.empty()
                               ? fmt::format("none of {}", fmt::join(architecture_names(), ", "))
                               : "no " + options.arch;
  if (!near) throw models::ModelError(concat(options.in, ": the tensors fit ", what));
  const std::string& arch = near->found.network.arch;
  const std::string help =
      near->has_all() ? concat("--arch ", arch, " leaves the others out")
                      : concat("`sonograd train --arch ", arch, " --init FILE` begins with those that fit");
  throw models::ModelError(concat(options.in, ": the tensors fit ", what, "; nearest is ",
                                  place_of(near->found), ", with ", near->fitting, " that fit; ",
                                  models::to_text(near->difference), "; ", help));
}

// Leaves the tensors of the network in `weights`, under their published names.
models::RecognisedNetwork recognise(const ConvertOptions& options, io::NamedTensors& weights) {
  if (weights.empty()) {
    const std::string which =
        options.prefix.empty() ? "in it" : concat("whose name begins with '", options.prefix, "'");
    throw models::ModelError(concat(options.in, ": there is no tensor ", which));
  }
  if (!options.arch.empty()) models::find_architecture(options.arch);
  const std::vector<std::string> prefixes = models::prefixes_of(weights);
  std::vector<models::WrappedNetwork> found = models::recognise_wrapped(weights, prefixes);
  if (!options.arch.empty())
    std::erase_if(found, [&](const auto& each) { return each.network.arch != options.arch; });
  if (found.size() > 1) refuse_several(options, found);
  if (found.empty()) {
    const std::optional<models::NearNetwork> near = models::nearest_network(weights, prefixes, options.arch);
    if (options.arch.empty() || !near || !near->has_all()) refuse_all(options, weights, near);
    print_remark("warning: {}: not part of {} and left out: {}\n", options.in, options.arch,
                 listed(near->difference.unexpected));
    found.push_back(near->found);
  }
  if (const std::string& prefix = found.front().prefix; !prefix.empty()) {
    print_remark("{}: the tensors are under '{}', which is removed\n", options.in, prefix);
    weights = models::without_prefix(weights, prefix);
  }
  return found.front().network;
}

std::vector<std::string> read_labels(const ConvertOptions& options, std::size_t outputs) {
  std::vector<std::string> labels = train::read_labels(options.labels);
  if (labels.size() == outputs) return labels;
  throw models::ModelError(fmt::format("--labels {}: {} labels for a model with {} outputs", options.labels,
                                       labels.size(), outputs));
}

std::vector<std::string> number_labels(std::size_t outputs) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < outputs; ++i) labels.push_back(fmt::format("tag{:02}", i));
  print_remark("warning: no --labels given; the outputs are called {} to {}\n", labels.front(),
               labels.back());
  return labels;
}

// A model file with the changes of the options, in the present format.
models::ModelDescription adapt(const ConvertOptions& options, io::TensorFile& file) {
  std::vector<std::string> warnings;
  models::ModelDescription about = io::within(options.in, [&] {
    return models::from_metadata(file.metadata, &warnings);
  });  // refuses what this build cannot use
  for (const std::string& warning : warnings) print_remark("warning: {}: {}\n", options.in, warning);
  if (!options.labels.empty()) about.labels = read_labels(options, about.labels.size());
  if (!options.licence.empty()) about.licence = options.licence;
  const layers::UninitializedScope extents_only;
  about = models::make_model(std::move(about)).about;
  for (auto& [key, text] : models::to_metadata(about)) file.metadata[key] = text;
  return about;
}

// Options of the network that tensors do not tell, as given with --set.
models::OptionValues given_options(const std::vector<std::string>& assignments) {
  train::Settings given;
  for (const std::string& text : assignments) {
    const train::Assignment assignment = train::parse_assignment(text);
    if (!models::parse_option_path(assignment.key))
      throw ConfigError(fmt::format("--set {}: expected model.KEY=VALUE or front_end.KEY=VALUE", text));
    assign(given, assignment);
  }
  return given.model;
}

// Completes the options that the weights do not contain; they are printed, and stored in the model file.
void complete_options(const ConvertOptions& options, const models::Architecture& architecture,
                      models::ModelDescription& about) {
  const std::vector<std::string>& dialects = architecture.front_end.dialects;
  if (!options.dialect.empty() && std::ranges::find(dialects, options.dialect) == dialects.end())
    throw ConfigError(fmt::format("--dialect: expected {} for {}, got '{}'", fmt::join(dialects, ", "),
                                  about.arch, options.dialect));
  const std::vector<std::string> assumed = architecture.front_end.complete(
      architecture.front_end.options,
      {about.arch, options.dialect, given_options(options.set), about.filter_bank}, about.options);
  if (assumed.empty()) return;
  const std::string dialect = options.dialect.empty() ? std::string(models::kPublished) : options.dialect;
  nlohmann::json training;
  training["assumed"]["dialect"] = dialect;
  training["assumed"]["options"] = assumed;
  about.training = training.dump();
  print_remark("assumed, since the weights do not contain it ({}): {}\n", dialect, fmt::join(assumed, ", "));
}

// Options of the front end, assumed ones among them.
void print_front_end(const models::ModelDescription& about) {
  std::string text;
  for (const models::Option& option : models::find_architecture(about.arch).options) {
    if (option.section != models::OptionSection::front_end) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", option.key,
                        models::to_text(about.options.at(option.key)));
  }
  if (!text.empty()) print_remark("front end: {}; --set front_end.KEY=VALUE for another\n", text);
}

// Tensors that the network lacks have been left out by `recognise`.
void load_known_state(const ConvertOptions& options, models::Network& network,
                      const io::NamedTensors& weights) {
  models::StateDifference difference = models::load_matching_state(network, weights);
  difference.unexpected.clear();
  const std::string problems = models::to_text(difference);
  if (!problems.empty())
    throw models::ModelError(concat(options.in, ": the weights do not fit the model: ", problems));
}

models::FilterBank filter_bank_of(const models::Architecture& architecture,
                                  const models::OptionValues& values, std::int64_t labels,
                                  const io::TensorFile& file) {
  const layers::UninitializedScope extents_only;
  return models::filter_bank_of(*architecture.make_network(values, labels), file);
}

models::ModelDescription make(const ConvertOptions& options, io::TensorFile& file) {
  models::RecognisedNetwork network = recognise(options, file.tensors);
  const auto outputs = static_cast<std::size_t>(network.labels);
  models::ModelDescription about;
  about.arch = std::move(network.arch);
  about.options = std::move(network.options);
  const models::Architecture architecture = models::find_architecture(about.arch);
  about.filter_bank = filter_bank_of(architecture, about.options, network.labels, file);
  complete_options(options, architecture, about);
  about.labels = options.labels.empty() ? number_labels(outputs) : read_labels(options, outputs);
  about.licence = options.licence;
  models::ModelDraft model = models::make_model(std::move(about));
  load_known_state(options, *model.network, file.tensors);
  print_front_end(model.about);
  file = {models::export_state(*model.network), models::to_metadata(model.about)};
  return model.about;
}

void verify(const ConvertOptions& options, const io::NamedTensors& written) {
  const io::NamedTensors back = format_of(options.out) == Format::pth
                                    ? io::read_pth(options.out)
                                    : io::read_safetensors(options.out).tensors;
  for (const auto& [name, tensor] : written) {
    const Tensor* other = back.find(name);
    const bool same = other != nullptr && other->shape() == tensor.shape() &&
                      other->dtype() == tensor.dtype() &&
                      std::memcmp(other->view().pointer, tensor.view().pointer, tensor.bytes()) == 0;
    if (!same) throw IoError(fmt::format("{}: tensor '{}' reads back differently", options.out, name));
  }
  if (back.size() != written.size())
    throw IoError(fmt::format("{}: reads back with other tensors", options.out));
  print_remark("verified: {} tensors read back equal\n", back.size());
}

// Throws ConfigError for options without an effect.
void check(const ConvertOptions& options, bool is_model) {
  const auto refuse = [](const std::string& value, const char* option, const std::string& reason) {
    if (!value.empty()) throw ConfigError(concat(option, ": ", reason));
  };
  if (format_of(options.out) == Format::pth) {
    const std::string reason = concat(options.out, " is a .pth file: it contains tensors only");
    refuse(options.arch, "--arch", reason);
    refuse(options.labels, "--labels", reason);
    refuse(options.licence, "--licence", reason);
    refuse(options.dialect, "--dialect", reason);
    if (!options.set.empty()) refuse(options.set.front(), "--set", reason);
  }
  if (is_model) {
    refuse(options.arch, "--arch", concat(options.in, " contains the name of its network"));
    if (!options.set.empty())
      refuse(options.set.front(), "--set", concat(options.in, " contains the options of its network"));
    refuse(options.dialect, "--dialect", concat(options.in, " contains the options of its network"));
    refuse(options.prefix, "--prefix",
           concat(options.in, " is a model file; all of its tensors belong to it"));
  }
}

void print_json(const ConvertOptions& options, std::size_t tensors,
                const std::optional<models::ModelDescription>& about) {
  nlohmann::ordered_json object = {{"file", to_utf8_lossy(options.out)}, {"tensors", tensors}};
  if (about) {
    object["arch"] = about->arch;
    object["labels"] = about->labels;
    object["front_end"] = models::name_of(about->filter_bank);
    object["licence"] = about->licence;
  }
  object["verified"] = options.verify;
  print_data("{}\n", object.dump());
}

int convert(const ConvertOptions& options) {
  const Format target = format_of(options.out);
  const io::OwnerLock owner = io::OwnerLock::of_file(options.out);
  try {
    io::TensorFile file = read(options);
    const bool is_model = file.metadata.contains("sonograd");
    check(options, is_model);
    std::optional<models::ModelDescription> about;
    if (target == Format::safetensors) {
      about = is_model ? adapt(options, file) : make(options, file);
      print_remark("{}: {}\n", options.in, describe(*about));
      io::write_safetensors(options.out, file);
    } else {
      io::write_pth(options.out, file.tensors);
    }
    if (options.verify) verify(options, file.tensors);
    if (options.json) print_json(options, file.tensors.size(), about);
  } catch (const train::DataError&) {
    throw;  // an error of the file of labels
  } catch (const FormatError& error) {
    throw models::ModelError(error.what());
  }
  return kOk;
}

}  // namespace

Command convert_command() {
  return {
      "convert", "convert PyTorch weights (.pth) to model files (.safetensors), and back", [](CLI::App& app) {
        auto options = std::make_shared<ConvertOptions>();
        app.add_option("IN", options->in, "file to read; the extension decides the format")->required();
        app.add_option("OUT", options->out, "file to write; the extension decides the format")->required();
        app.add_option("--arch", options->arch, "network (default: the one that the tensors fit)");
        app.add_option("--labels", options->labels,
                       "names of the outputs: mtat, msd, jamendo, or a file with one per line, - for stdin");
        app.add_option(
            "--prefix", options->prefix,
            "read only tensors whose name has this prefix, and remove it (default: the prefix under "
            "which a network lies)");
        app.add_option("--licence", options->licence, "licence of the weights, stored in the model file");
        app.add_option("--set", options->set,
                       "KEY=VALUE: an option that the tensors do not contain, as front_end.sample_rate=22050 "
                       "(repeatable)")
            ->allow_extra_args(false);
        app.add_option(
               "--dialect", options->dialect,
               "what the tensors do not contain and --set does not give: as in the published network, or "
               "the defaults of torchaudio or librosa (default: published, for tensors of its sizes)")
            ->check(CLI::IsMember(models::all_dialects()));
        app.add_flag("--json", options->json, "print a summary as one JSON object on stdout");
        app.add_flag("--verify", options->verify, "read the result back and compare");
        return [options] { return convert(*options); };
      }};
}

}  // namespace sonograd::app
