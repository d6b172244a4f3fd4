// `sonograd tag --timeline FILE`: a picture of the tags of one file over time.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/tagging/tag_files.h"
#include "tensor/io/output_file.h"

namespace sonograd::app {

class TimelineFile {
 public:
  /// Refers to `about`. `path` ends in .svg or .png.
  /// Throws IoError and ConfigError as io::OutputFile does, before the work. An empty path: no picture.
  TimelineFile(std::filesystem::path path, const models::ModelDescription& about);

  /// The reason for which a picture cannot have this name; empty: none.
  static std::string objection(const std::string& path);

  /// Keeps the scores of the chunks, in their order.
  void add_chunk(std::span<const float> logits);
  /// Draws the labels `shown`, from top to bottom, below `title`. Throws IoError, and Error where PNG cannot be drawn.
  void write(const models::FileScores& result, const std::string& title, const models::ChunkRule& rule,
             std::span<const std::size_t> shown);

 private:
  std::filesystem::path path_;
  std::optional<io::OutputFile> out_;
  const models::ModelDescription& about_;
  std::vector<float> scores_;  // [chunks, labels]
};

}  // namespace sonograd::app
