// The folder that `sonograd explain` writes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::app {

class ExplanationFolder {
 public:
  /// Nothing is created yet. Throws ConfigError when `folder` exists and is not an empty folder.
  explicit ExplanationFolder(std::filesystem::path folder);

  const std::filesystem::path& path() const { return folder_; }
  /// Writes a file in one step to the path that it gets.
  using Writer = std::function<void(const std::filesystem::path& file)>;
  /// Keeps a file for `write`.
  void add(const std::string& name, Writer writer);
  void add_text(const std::string& name, std::string bytes);
  /// `name`.svg, and `name`.png where this machine can draw it; otherwise returns the reason.
  std::string add_picture(const std::string& name, const std::string& svg);
  /// Names of the files so far.
  std::vector<std::string> names() const;
  /// Creates the folder and writes the files, in the order in which they were added: the last one is there when all are, and none
  /// after an error. Throws IoError, and ConfigError when another process writes, or has written, there.
  void write() const;

 private:
  struct File {
    std::string name;
    Writer writer;
  };
  std::filesystem::path folder_;
  std::vector<File> files_;
};

}  // namespace sonograd::app
