// `sonograd convert`: published PyTorch weights to a model file of ours, and back.
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "app/command.h"
#include "app/exit_codes.h"
#include "app/label_file.h"
#include "app/output.h"
#include "models/core/model_error.h"
#include "models/core/model_file.h"
#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"

namespace sonograd::app {
namespace {

namespace fs = std::filesystem;

struct ConvertOptions {
  std::string in, out, arch, labels, prefix, licence;
  bool verify = false;
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
  if (format_of(options.in) == Format::safetensors) return io::read_safetensors(options.in);
  return {io::read_pth(options.in, options.prefix), {}};
}

std::string joined(const std::vector<models::ModelDescription>& candidates) {
  std::string names;
  for (const auto& candidate : candidates) names += concat(names.empty() ? "" : ", ", candidate.arch);
  return names;
}

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (const models::Architecture& architecture : models::all_architectures())
    names.push_back(architecture.name);
  return names;
}

models::ModelDescription describe(const ConvertOptions& options, const io::NamedTensors& weights) {
  std::vector<models::ModelDescription> candidates = models::infer_architecture(weights);
  if (!options.arch.empty()) {
    models::find_architecture(options.arch);
    std::erase_if(candidates, [&](const auto& candidate) { return candidate.arch != options.arch; });
  }
  if (candidates.size() == 1) return candidates.front();
  if (candidates.empty()) {
    throw models::ModelError(
        fmt::format("{}: the tensors fit {}", options.in,
                    options.arch.empty() ? fmt::format("none of {}", fmt::join(architecture_names(), ", "))
                                         : fmt::format("no {}", options.arch)));
  }
  throw models::ModelError(fmt::format("{}: the tensors fit several networks; choose one with --arch: {}",
                                       options.in, joined(candidates)));
}

void set_labels(models::ModelDescription& about, const ConvertOptions& options) {
  about.labels = labels_from_argument(options.labels, about.config.labels);
  if (options.labels.empty()) {
    print_remark("warning: no --labels given; the outputs are called {} to {}\n", about.labels.front(),
                 about.labels.back());
  } else if (std::ssize(about.labels) != about.config.labels) {
    throw models::ModelError(fmt::format("--labels {}: {} labels for a model with {} outputs", options.labels,
                                         about.labels.size(), about.config.labels));
  }
}

// A complete model of ours, from whatever the input is.
io::TensorFile as_model(const ConvertOptions& options, io::TensorFile file) {
  if (file.metadata.contains("sonograd")) {
    models::from_metadata(file.metadata);  // refuses what this build cannot use
    return file;
  }
  models::ModelDescription about = describe(options, file.tensors);
  set_labels(about, options);
  about.licence = options.licence;
  models::Model model = models::make_model(std::move(about));
  models::load_state(*model.network, file.tensors);
  const bool stored = file.tensors.contains("spec.mel_scale.fb");
  print_remark("{}: {}, {} outputs, {} front end\n", options.in, model.about.arch, model.about.config.labels,
               stored ? "stored" : "computed");
  return {models::export_state(*model.network), models::to_metadata(model.about)};
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

int convert(const ConvertOptions& options) {
  const Format target = format_of(options.out);
  try {
    io::TensorFile file = read(options);
    if (target == Format::safetensors) file = as_model(options, std::move(file));
    if (target == Format::safetensors) {
      io::write_safetensors(options.out, file);
    } else {
      io::write_pth(options.out, file.tensors);
    }
    if (options.verify) verify(options, file.tensors);
  } catch (const models::ModelError&) {
    throw;
  } catch (const FormatError& error) {
    throw models::ModelError(error.what());
  }
  return kOk;
}

}  // namespace

Command convert_command() {
  return {
      "convert", "between PyTorch weights (.pth) and model files (.safetensors)", [](CLI::App& app) {
        auto options = std::make_shared<ConvertOptions>();
        app.add_option("IN", options->in, "file to read; the extension decides the format")->required();
        app.add_option("OUT", options->out, "file to write; the extension decides the format")->required();
        app.add_option("--arch", options->arch, "network (default: the one that the tensors fit)");
        app.add_option("--labels", options->labels,
                       "names of the outputs: mtat, msd, jamendo, or a file with one per line");
        app.add_option("--prefix", options->prefix, "read only tensors whose name starts so, and drop it");
        app.add_option("--licence", options->licence, "licence of the weights, kept in the model file");
        app.add_flag("--verify", options->verify, "read the result back and compare");
        return [options] { return convert(*options); };
      }};
}

}  // namespace sonograd::app
