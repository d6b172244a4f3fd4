#include "app/options/audio_arguments.h"

#include <CLI/CLI.hpp>

#include "audio/files.h"
#include "tensor/support/error.h"
#include "tensor/support/utf8.h"

namespace sonograd::app {
namespace {

constexpr const char* kStdin = "-";

}  // namespace

void AudioArguments::add_to(CLI::App& app) {
  app.add_option("PATH", paths, "audio files; a folder means the audio files in it, - one file from stdin")
      ->required();
  app.add_flag("-r,--recursive", recursive, "descend into sub-folders");
}

void AudioArguments::require_no_model() const {
  for (const std::string& path : paths) {
    if (!path.ends_with(".safetensors")) continue;
    throw ConfigError(concat(path, ": expected an audio file, this is a model; the order is: sonograd tag ",
                             path, " FILE..."));
  }
}

std::string AudioArguments::recursion_clause() const {
  if (recursive) return "";
  std::error_code unreachable;
  for (const std::string& path : paths) {
    if (std::filesystem::is_directory(path, unreachable) && !audio::audio_files(path, true).empty())
      return "; there are some in its sub-folders: -r descends into them";
  }
  return "";
}

AudioFiles::AudioFiles(const AudioArguments& arguments) {
  for (const std::string& path : arguments.paths) {
    if (path == kStdin) {
      if (!input_) input_.emplace();
      files_.push_back(input_->path());
      continue;
    }
    const auto found = audio::audio_files(path, arguments.recursive);
    files_.insert(files_.end(), found.begin(), found.end());
  }
}

std::string renamed(std::string text, const std::filesystem::path& file, std::string_view name) {
  const std::size_t at = text.find(file.string());
  if (at != std::string::npos) text.replace(at, file.string().size(), name);
  return text;
}

std::string AudioFiles::name_of(const std::filesystem::path& file) const {
  return input_ && file == input_->path() ? kStdin : file.string();
}

models::FileScores AudioFiles::presentable(models::FileScores result) const {
  if (input_ && result.file == input_->path()) {
    for (std::string* const text : {&result.error, &result.warning})
      *text = renamed(*text, input_->path(), kStdin);
    result.file = kStdin;
  }
  result.file = to_utf8_lossy(result.file.string());
  result.error = to_utf8_lossy(result.error);
  result.warning = to_utf8_lossy(result.warning);
  return result;
}

}  // namespace sonograd::app
