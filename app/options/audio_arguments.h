// Arguments PATH of commands that read sound files: files, folders, and `-` for standard input.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/terminal/spooled_input.h"
#include "models/tagging/tag_files.h"

namespace CLI {
class App;
}

namespace sonograd::app {

struct AudioArguments {
  std::vector<std::string> paths;
  bool recursive = false;

  void add_to(CLI::App& app);
  /// Throws ConfigError for a model among the files.
  void require_no_model() const;
  /// A clause for folders that have audio files in their sub-folders only; empty for others.
  std::string recursion_clause() const;
};

/// `text` with `name` in place of the path of `file`, if that is in it: an error of a copy of standard input.
std::string renamed(std::string text, const std::filesystem::path& file, std::string_view name);

/// The files of the arguments, a copy of standard input among them.
class AudioFiles {
 public:
  /// Copies standard input when it is among the paths. Throws as SpooledInput and audio::audio_files do.
  explicit AudioFiles(const AudioArguments& arguments);
  const std::vector<std::filesystem::path>& files() const { return files_; }
  /// The file as the user named it: `-` for standard input.
  std::string name_of(const std::filesystem::path& file) const;
  /// `result` as it is printed: UTF-8, and standard input as `-`.
  models::FileScores presentable(models::FileScores result) const;

 private:
  std::optional<SpooledInput> input_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace sonograd::app
