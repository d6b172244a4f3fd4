// The folder that `sonograd explain` writes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tensor/io/new_folders.h"
#include "tensor/io/owner_lock.h"

namespace sonograd::app {

/// A folder that this process owns from the beginning of its work. Files are written to a hidden folder in it, the stage, and get
/// their names when all are complete. So the stage that a killed process leaves lists the files that are its own.
class ExplanationFolder {
 public:
  /// Makes `folder` if it does not exist, and removes the unfinished files of a killed process. The folder goes again if `write` is not
  /// called. Throws ConfigError when it contains anything else or another process owns it, and IoError when nothing can be written
  /// there; nothing is changed then.
  explicit ExplanationFolder(const std::filesystem::path& folder);

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
  /// Writes the files. They appear in the order in which they were added: the last one is there when all are, and none after an error.
  /// Throws IoError, and ConfigError when something of the same name has appeared meanwhile, which stays as it is.
  void write() const;

 private:
  struct File {
    std::string name;
    Writer writer;
  };

  std::filesystem::path stage() const;
  void require_empty() const;

  std::filesystem::path folder_;
  io::NewFolders made_;
  io::OwnerLock owner_;
  std::vector<File> files_;
};

}  // namespace sonograd::app
