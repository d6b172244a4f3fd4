#include "app/model_argument.h"

#include "models/core/model_error.h"

namespace sonograd::app {

std::filesystem::path model_file_of(const std::filesystem::path& argument) {
  std::error_code ignored;
  if (!std::filesystem::exists(argument, ignored)) {
    throw models::ModelError(concat("model ", argument.string(), ": no such file or run folder"));
  }
  const std::filesystem::path extension = argument.extension();
  if (extension == ".pth" || extension == ".pt") {
    throw models::ModelError(concat("model ", argument.string(),
                                    ": PyTorch weights do not say what they are for; `sonograd convert ",
                                    argument.string(), " MODEL.safetensors` makes a model of them"));
  }
  if (!std::filesystem::is_directory(argument, ignored)) return argument;
  const std::filesystem::path best = argument / "best.safetensors";
  if (!std::filesystem::exists(best, ignored)) {
    throw models::ModelError(
        concat("model ", argument.string(), ": the run folder has no best.safetensors yet"));
  }
  return best;
}

}  // namespace sonograd::app
