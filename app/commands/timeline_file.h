// `sonograd tag --timeline FILE`: a picture of the tags of one file over time.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/tagging/tag_files.h"
#include "tensor/io/output_file.h"
#include "train/report/timeline.h"

namespace sonograd::app {

class TimelineFile {
 public:
  /// Refers to `about`, the description of the model that the user calls `model`. `path` ends in .svg or .png.
  /// Throws IoError and ConfigError as io::OutputFile does, before the work. An empty path: no picture.
  TimelineFile(std::filesystem::path path, std::string model, const models::ModelDescription& about);

  /// Keeps the scores of the next chunk [labels], or of its steps [steps, labels], in limited memory.
  void add_chunk(std::span<const float> logits);
  /// Draws the labels `shown`, from top to bottom, below `title`: over the chunks of `rule`, or the `steps` of each of them. A line
  /// shows the threshold of a label; `thresholds` may be empty. Throws IoError, and Error where PNG cannot be drawn.
  void write(const models::FileScores& result, const std::string& title, const models::ChunkRule& rule,
             std::int64_t steps, std::span<const std::size_t> shown, std::span<const double> thresholds);

 private:
  /// Adds rows of the newest chunk to the columns.
  void add_rows(std::size_t first, std::size_t end);

  std::filesystem::path path_;
  std::string model_;
  std::optional<io::OutputFile> out_;
  const models::ModelDescription& about_;
  train::report::ChunkColumns columns_;
  std::vector<float>
      newest_;  ///< scores of the newest chunk: of the last one, some steps may lie in the chunk before
  std::size_t rows_ = 0;  ///< of the chunks before it
};

}  // namespace sonograd::app
