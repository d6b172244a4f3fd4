// The tags of one file over time, above its spectrogram.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "audio/chunks.h"
#include "train/report/picture.h"

namespace sonograd::train::report {

struct TimelineRow {
  std::string label;
  double score = 0;           ///< score of the whole file
  std::vector<float> scores;  ///< [columns], 0 to 1
};

struct Timeline {
  std::string title;
  double seconds = 0;
  int sample_rate = 0;             ///< Hz, of the input of the model and of `mel`
  std::vector<double> boundaries;  ///< s, [columns + 1]: where the columns meet
  std::vector<TimelineRow> rows;   ///< from top to bottom
  Picture mel;
};

/// The label of a row.
struct TimelineLabel {
  std::size_t index = 0;  ///< among the model's labels
  std::string name;
  double score = 0;  ///< score of the whole file
};

/// A column per chunk, from its start to that of the next; of very long files several chunks share one, which
/// shows their highest score. `scores` is [chunks, labels], `samples` the length of the file.
Timeline make_timeline(std::span<const audio::Chunk> chunks, std::int64_t samples, int sample_rate,
                       std::span<const float> scores, std::size_t labels,
                       std::span<const TimelineLabel> shown);

/// A complete SVG file, 960 units wide, in light or dark colours, as the reader's system chooses.
std::string draw(const Timeline& timeline);

}  // namespace sonograd::train::report
