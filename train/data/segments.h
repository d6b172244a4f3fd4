// Labels with times: the stretches of a clip in which a label applies, as in the .lab files of Jamendo VAD and of chord annotations.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::train {

/// A stretch of a clip with a label.
struct Segment {
  double begin = 0, end = 0;  ///< seconds from the beginning of the clip, 0 <= begin <= end
  std::string label;
};

/// The segments in a cell: `START END LABEL` with semicolons between them, in any order; an empty cell has none. `where` stands for
/// the cell in messages. Throws DataError for a segment that is none.
std::vector<Segment> parse_segments(std::string_view cell, std::string_view where);
/// The segments of a file with one of them on each line; lines without text are skipped. Throws ReadError, and DataError with the
/// line.
std::vector<Segment> read_segments(const std::filesystem::path& file);
/// The cell from which `parse_segments` reads these segments.
std::string segments_cell(std::span<const Segment> segments);

/// Do two segments of different labels share more than a millisecond?
bool overlap(std::span<const Segment> segments);

}  // namespace sonograd::train
