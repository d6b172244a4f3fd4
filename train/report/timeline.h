// The tags of one file over time, above its spectrogram.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/tagging/chunk_source.h"
#include "train/pictures/picture.h"

namespace sonograd::train::report {

/// Scores of the chunks of a file in at most kMost columns, whatever their number: when there are more, neighbours merge and keep
/// their highest score.
class ChunkColumns {
 public:
  static constexpr std::size_t kMost = 600;

  explicit ChunkColumns(std::size_t labels) : labels_(labels) {}

  /// Adds the scores of the next chunk, one per label.
  void add(std::span<const float> scores);
  std::size_t chunks() const { return chunks_; }
  std::size_t size() const { return scores_.size() / labels_; }
  /// Number of chunks of each column but the last, which may have fewer.
  std::size_t chunks_per_column() const { return per_column_; }
  float at(std::size_t column, std::size_t label) const { return scores_[column * labels_ + label]; }

 private:
  void merge_pairs();

  std::size_t labels_;
  std::size_t chunks_ = 0, per_column_ = 1;
  std::vector<float> scores_;  ///< [columns, labels]
};

/// Part of the file that a point of the curves stands for.
struct TimelineColumn {
  double begin = 0, end = 0;  ///< s: from the start of its first chunk to the end of its last one
  double centre() const { return (begin + end) / 2; }
};

struct TimelineRow {
  std::string label;
  double score = 0;                 ///< score of the whole file
  std::optional<double> threshold;  ///< a line in the row
  std::vector<float> scores;        ///< [columns], 0 to 1
};

struct Timeline {
  std::string title;
  std::string model;
  double seconds = 0;
  int sample_rate = 0;                  ///< Hz, of the input of the model and of `mel`
  std::string unit = "chunk";           ///< of which the scores are
  double chunk_seconds = 0;             ///< length of a unit
  double hop_seconds = 0;               ///< distance of units
  std::vector<TimelineColumn> columns;  ///< in order of time
  std::vector<TimelineRow> rows;        ///< from top to bottom
  Picture mel;
};

/// The label of a row.
struct TimelineLabel {
  std::size_t index = 0;  ///< among the model's labels
  std::string name;
  double score = 0;  ///< score of the whole file
  std::optional<double> threshold = {};
};

/// Where the scores of a timeline belong: chunks, or steps of chunks, of `length` samples at a distance of `hop`.
struct TimelineGrid {
  std::string_view unit;                          ///< "chunk" or "step"
  int sample_rate = 0;                            ///< Hz
  std::int64_t samples = 0, length = 0, hop = 0;  ///< `samples`: of the file
  std::function<audio::Chunk(std::size_t index)> place;

  /// The chunks of a rule.
  static TimelineGrid of_chunks(const models::ChunkRule& rule, std::int64_t samples);
  /// The steps of its chunks, `steps` of each (step_places.h).
  static TimelineGrid of_steps(const models::ChunkRule& rule, std::int64_t samples, std::int64_t steps);
};

/// Everything but title, model and spectrogram.
Timeline make_timeline(const ChunkColumns& scores, const TimelineGrid& grid,
                       std::span<const TimelineLabel> shown);

/// A complete SVG file, 800 units wide, in light or dark colours, as the reader's system chooses; its text grows where it is shown
/// narrower than 560 px. A curve goes through the score of each column at the centre of the column.
std::string draw(const Timeline& timeline);

}  // namespace sonograd::train::report
