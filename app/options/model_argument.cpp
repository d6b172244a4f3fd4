#include "app/options/model_argument.h"

#include "app/terminal/output.h"
#include "audio/files.h"
#include "models/core/model_error.h"
#include "tensor/io/read_error.h"
#include "tensor/support/utf8.h"
#include "train/run/run_folder.h"

namespace sonograd::app {

std::filesystem::path model_file_of(const std::filesystem::path& argument) {
  if (argument == "-") throw ConfigError("MODEL -: a model is read from a file, not from standard input");
  std::error_code error;
  if (!std::filesystem::exists(argument, error)) {
    throw io::ReadError(concat("model ", argument.string(), ": ",
                               error ? error.message() : std::string("no such file or run folder")));
  }
  if (audio::has_audio_extension(argument) && std::filesystem::is_regular_file(argument, error)) {
    throw ConfigError(
        concat("MODEL ", argument.string(),
               ": this is an audio file; expected a model file or run folder; `sonograd tag MODEL ",
               argument.string(), "` tags it"));
  }
  const std::filesystem::path extension = argument.extension();
  if (extension == ".pth" || extension == ".pt") {
    throw models::ModelError(
        concat("model ", argument.string(),
               ": PyTorch weights lack the description of the network; `sonograd convert ", argument.string(),
               " MODEL.safetensors` makes a model of them"));
  }
  if (!std::filesystem::is_directory(argument, error)) return argument;
  const std::filesystem::path best = argument / "best.safetensors";
  if (!std::filesystem::exists(best, error)) {
    const bool is_run = train::RunFolder(argument).is_run();
    throw io::ReadError(concat(
        "model ", argument.string(),
        is_run ? ": the run folder has no best.safetensors yet" : ": no run folder (it has no config.toml)"));
  }
  return best;
}

std::shared_ptr<const models::Model> open_model(const std::filesystem::path& argument, Device device,
                                                const ComputeOptions& compute) {
  const std::filesystem::path file = model_file_of(argument);
  std::shared_ptr<const models::Model> model = models::load_model(file, device);
  if (compute.verbose) print_remark("model: {}\n", describe(model->about()));
  if (!compute.quiet) print_warnings(*model, file);
  return model;
}

void print_warnings(const models::Model& model, const std::filesystem::path& file) {
  for (const std::string& warning : model.warnings())
    print_remark("warning: {}: {}\n", to_utf8_lossy(file.string()), to_utf8_lossy(warning));
}

std::string name_of_model(const std::string& argument) {
  return std::filesystem::path(argument + '/').parent_path().filename().string();
}

std::string describe(const models::ModelDescription& about) {
  return concat(about.arch, ", ", about.labels.size(), " outputs, ", models::name_of(about.filter_bank),
                " front end");
}

}  // namespace sonograd::app
