// `sonograd convert`: published weights of PyTorch, TensorFlow and NumPy to a model file of ours, and back.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/activation_check.h"
#include "app/commands/command.h"
#include "app/options/model_argument.h"
#include "app/options/output_argument.h"
#include "app/options/stream_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "models/core/import.h"
#include "models/core/label_file.h"
#include "models/core/model_error.h"
#include "models/core/published_bundle.h"
#include "models/core/used_options.h"
#include "models/core/weights.h"
#include "models/core/wrapped_weights.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/context.h"
#include "tensor/io/npz.h"
#include "tensor/io/owner_lock.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tensor/io/sha256.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"

namespace sonograd::app {
namespace {

namespace fs = std::filesystem;

struct ConvertOptions {
  std::string in, out, arch, labels, prefix, licence, dialect, reference;
  std::vector<std::string> set;
  bool verify = false;
  bool json = false;
};

enum class Format { safetensors, pth, npz, bundle };

/// Tensors of IN; name and licence of the bundle, where they come from one.
struct Weights {
  io::TensorFile file;
  std::string bundle, licence;
};

Format format_of(const fs::path& path) {
  const std::string extension = extension_of(path);
  if (extension == ".safetensors") return Format::safetensors;
  if (extension == ".pth" || extension == ".pt" || extension == ".ckpt") return Format::pth;
  throw ConfigError(concat(path.string(), ": the extension must be .safetensors, .pth, .pt or .ckpt"));
}

Format format_of_input(const std::string& path) {
  if (models::names_bundle(path)) return Format::bundle;
  if (extension_of(path) == ".npz") return Format::npz;
  try {
    return format_of(path);
  } catch (const ConfigError&) {
    throw ConfigError(concat(path,
                             ": expected a file called .safetensors, .pth, .pt, .ckpt, .npz or .index, a "
                             "folder with an .index file, or WHEEL.whl#NAME"));
  }
}

io::NamedTensors read_pth(const ConvertOptions& options) {
  if (io::begins_as_safetensors(options.in)) {
    throw models::ModelError(concat(
        options.in, ": expected a file of PyTorch, this is one of sonograd, as the checkpoint of a run; ",
        "its model is ", (fs::path(options.in).parent_path() / "best.safetensors").string()));
  }
  return io::read_pth(options.in, options.prefix);
}

Weights read(const ConvertOptions& options) {
  Weights weights;
  io::TensorFile& file = weights.file;
  switch (format_of_input(options.in)) {
    case Format::pth:
      file.tensors = read_pth(options);
      return weights;
    case Format::safetensors:
      file = io::read_safetensors(options.in);
      break;
    case Format::npz:
      file.tensors = io::read_npz(options.in);
      break;
    case Format::bundle:
      models::PublishedBundle bundle = models::read_bundle(options.in);
      weights = {{std::move(bundle.tensors), {}}, std::move(bundle.name), std::move(bundle.licence)};
  }
  if (!options.prefix.empty() && !file.metadata.contains("sonograd"))
    file.tensors = models::without_prefix(file.tensors, options.prefix);
  return weights;
}

// Labels of --labels; none without it.
std::vector<std::string> read_labels(const ConvertOptions& options) {
  return options.labels.empty() ? std::vector<std::string>() : models::read_labels(options.labels);
}

// Labels and licence of the options.
void take_options(const ConvertOptions& options, const std::vector<std::string>& labels,
                  models::ModelDescription& about) {
  if (!options.licence.empty()) about.licence = options.licence;
  if (labels.empty()) return;
  if (labels.size() != about.labels.size())
    throw models::ModelError(fmt::format("--labels {}: expected {} labels, one for each output of {}, got {}",
                                         options.labels, about.labels.size(), options.in, labels.size()));
  about.labels = labels;
}

// Throws ModelError where the weights are not those of the network.
models::ModelDescription description_of(const ConvertOptions& options, const io::TensorFile& file) {
  std::vector<std::string> warnings;
  models::ModelDescription about =
      io::within(options.in, [&] { return models::complete_description(file, warnings); });
  for (const std::string& warning : warnings) print_remark("warning: {}: {}\n", options.in, warning);
  return about;
}

// Puts the labels in the place of as many names in the metadata, which may be some that a description cannot have, such as equal
// ones.
void replace_labels(const std::vector<std::string>& labels, io::TensorFile& file) {
  const auto entry = file.metadata.find("labels");
  if (labels.empty() || entry == file.metadata.end()) return;
  const auto old = nlohmann::json::parse(entry->second, nullptr, false);
  if (old.is_array() && old.size() == labels.size()) entry->second = nlohmann::json(labels).dump();
}

// A model file with the changes of the options, in the present format.
models::ModelDescription adapt(const ConvertOptions& options, const std::vector<std::string>& labels,
                               io::TensorFile& file) {
  replace_labels(labels, file);
  models::ModelDescription about = description_of(options, file);
  take_options(options, labels, about);
  for (auto& [key, text] : models::to_metadata(about)) file.metadata[key] = text;
  return about;
}

// Options of the front end, assumed ones among them.
void print_front_end(const models::ModelDescription& about) {
  std::string text;
  for (const auto& [option, value] : used_options(models::find_architecture(about.arch), about.options)) {
    if (option.section == models::OptionSection::front_end)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", option.key, models::to_text(value));
  }
  if (!text.empty()) print_remark("front end: {}; --set front_end.KEY=VALUE for another\n", text);
}

void require_tensors(const ConvertOptions& options, const io::NamedTensors& weights) {
  if (!weights.empty()) return;
  const std::string which =
      options.prefix.empty() ? "in it" : concat("whose name begins with '", options.prefix, "'");
  throw models::ModelError(concat(options.in, ": there is no tensor ", which));
}

// Labels and licence that come with a bundle, where the options give none.
void take_from_bundle(const Weights& weights, std::vector<std::string>& labels,
                      models::ModelDescription& about) {
  about.licence = weights.licence;
  if (!labels.empty()) return;
  labels = models::labels_of_bundle(weights.bundle, about.labels.size());
  if (!labels.empty()) print_remark("{}: labels of the musicnn library\n", weights.bundle);
}

// The file or the bundle that the weights are from, in the training record.
void record_source(const ConvertOptions& options, const Weights& weights, models::ModelDescription& about) {
  auto training = nlohmann::json::parse(about.training);
  training["source"] = weights.bundle.empty() ? nlohmann::json{{"sha256", io::sha256_of_file(options.in)}}
                                              : nlohmann::json{{"bundle", weights.bundle}};
  about.training = training.dump();
}

void print_import(const ConvertOptions& options, const models::ImportedModel& model, bool has_labels) {
  const models::ModelDescription& about = model.draft.about;
  if (!model.left_out.empty())
    print_remark("warning: {}: not part of {} and left out: {}\n", options.in, about.arch,
                 listed(model.left_out));
  if (!model.prefix.empty())
    print_remark("{}: the tensors are under '{}', which is removed\n", options.in, model.prefix);
  if (!model.assumed.empty())
    print_remark("assumed, since the weights do not contain it ({}): {}\n", model.dialect,
                 fmt::join(model.assumed, ", "));
  if (!has_labels)
    print_remark("warning: no --labels given; the outputs are called {} to {}\n", about.labels.front(),
                 about.labels.back());
  print_front_end(about);
}

models::ImportedModel import_weights(const ConvertOptions& options, const io::TensorFile& file) {
  try {
    return io::within(options.in, [&] {
      return models::import_weights(
          file, {.arch = options.arch, .dialect = options.dialect, .assignments = options.set});
    });
  } catch (const models::UnstatedOptions& error) {
    throw ConfigError(concat(options.in, ": ", error.what()));
  }
}

models::ModelDescription make(const ConvertOptions& options, std::vector<std::string> labels,
                              Weights& weights) {
  io::TensorFile& file = weights.file;
  require_tensors(options, file.tensors);
  models::ImportedModel model = import_weights(options, file);
  take_from_bundle(weights, labels, model.draft.about);
  record_source(options, weights, model.draft.about);
  take_options(options, labels, model.draft.about);
  print_import(options, model, !labels.empty());
  file = {models::export_state(*model.draft.network), models::to_metadata(model.draft.about)};
  return model.draft.about;
}

// Reads the file that is to become OUT back and compares its bytes; then the layers of the network, where it is known, with
// reference activations.
std::optional<ActivationCheck> verify(const ConvertOptions& options, const fs::path& unverified,
                                      const io::TensorFile& written,
                                      const std::optional<models::Reference>& reference) {
  const io::TensorFile back = format_of(options.out) == Format::pth
                                  ? io::TensorFile{io::read_pth(unverified), written.metadata}
                                  : io::read_safetensors(unverified);
  require_equal_tensors(options.out, written.tensors, back.tensors);
  print_remark("verified: {} tensors read back equal\n", back.tensors.size());
  if (!back.metadata.contains("sonograd")) return std::nullopt;
  return check_activations(back, reference);
}

// Writes all of `file` to `out`, which is to become `name`.
void write_weights(Format format, const io::TensorFile& file, const std::string& name, io::AtomicFile& out) {
  if (format == Format::pth) return io::write_pth(out, file.tensors);
  io::within(name, [&] { io::write_safetensors(out, file); });
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
    if (!is_model)
      refuse(options.reference, "--reference",
             concat(options.in, " does not state the network of its tensors"));
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
                const std::optional<models::ModelDescription>& about,
                const std::optional<ActivationCheck>& check) {
  nlohmann::ordered_json object = {{"file", to_utf8_lossy(options.out)}, {"tensors", tensors}};
  if (about) {
    object["arch"] = about->arch;
    object["labels"] = about->labels;
    object["front_end"] = models::name_of(about->filter_bank);
    object["licence"] = about->licence;
  }
  object["verified"] = options.verify && (!check || check->agrees());
  if (options.verify) object["reference"] = check ? to_json(*check) : nlohmann::ordered_json();
  print_data("{}\n", object.dump());
}

// Formats of weights are those of models: their errors become ModelErrors.
template <class Call>
auto as_model_error(const Call& call) {
  try {
    return call();
  } catch (const FormatError& error) {
    throw models::ModelError(error.what());
  }
}

int convert(const ConvertOptions& options) {
  std::error_code unknown;
  if (fs::is_directory(options.in, unknown) && !models::names_bundle(options.in)) {
    throw ConfigError(concat(options.in, ": this is a folder; the model of a run is ",
                             (fs::path(options.in) / "best.safetensors").string()));
  }
  const Format target = format_of(options.out);
  std::optional<models::Reference> reference;
  if (!options.reference.empty()) reference = models::read_reference(options.reference);
  const io::OwnerLock owner = io::OwnerLock::of_file(options.out);
  Weights weights = as_model_error([&] { return read(options); });
  io::TensorFile& file = weights.file;
  const bool is_model = file.metadata.contains("sonograd");
  // A model file may be edited in its place: all of it is read, and replaced at once.
  if (!is_model || target != Format::safetensors) require_other_file(options.out, options.in);
  for (const std::string& read : {options.reference, options.labels}) {
    if (!read.empty()) require_other_file(options.out, read);
  }
  check(options, is_model);
  const std::vector<std::string> labels = read_labels(options);
  std::optional<models::ModelDescription> about;
  std::optional<ActivationCheck> checked;
  as_model_error([&] {
    if (target == Format::safetensors) {
      about = is_model ? adapt(options, labels, file) : make(options, labels, weights);
      print_remark("{}: {}\n", options.in, describe(*about));
    } else if (is_model) {
      description_of(options, file);
    }
    io::AtomicFile out(options.out);
    write_weights(target, file, options.out, out);
    if (options.verify) {
      checked =
          before_replacing(options.out, [&] { return verify(options, out.temporary(), file, reference); });
    }
    if (!checked || checked->agrees()) out.commit();
  });
  if (options.json) print_json(options, file.tensors.size(), about, checked);
  if (checked && !options.json) print_table(*checked);
  if (checked) before_replacing(options.out, [&] { require_agreement(options.out, *checked); });
  return kOk;
}

}  // namespace

Command convert_command() {
  return {
      "convert",
      "convert weights of PyTorch, TensorFlow and NumPy to model files (.safetensors), and model files to "
      ".pth",
      [](CLI::App& app) {
        auto options = std::make_shared<ConvertOptions>();
        app.add_option(
               "IN", options->in,
               "file to read; the extension decides the format: .safetensors, .pth, .pt, .ckpt, .npz; of "
               "TensorFlow a checkpoint bundle, as its .index file, its folder, or WHEEL.whl#NAME")
            ->required();
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
               "source of options that the tensors do not contain and --set does not give: the published "
               "network, or the defaults of torchaudio or librosa (default: published, for tensors of its "
               "sizes)")
            ->check(CLI::IsMember(models::all_dialects()));
        app.add_flag("--json", options->json, "print a summary as one JSON object on stdout");
        app.add_flag(
            "--verify", options->verify,
            "read the result back and compare; then run it on a test signal and compare every layer with the "
            "activations of the original, which are stored for published weights; OUT is replaced if all "
            "agree");
        app.add_option("--reference", options->reference,
                       "file with the activations of the original, for --verify, which it implies")
            ->check(not_a_stream);
        return [options] {
          options->verify |= !options->reference.empty();
          return convert(*options);
        };
      }};
}

}  // namespace sonograd::app
