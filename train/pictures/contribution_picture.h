// Contributions to the score of one label, drawn over the spectrogram of a clip.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "train/pictures/picture.h"

namespace sonograd::train {

/// Contributions of columns along time and bands along frequency.
struct ContributionMap {
  std::int64_t columns = 0;
  std::vector<double> bands;  ///< Hz, ascending: centres
  std::function<double(std::int64_t column, std::int64_t band)> at;
};

/// Signed levels (see `signed_palette`) of tiles in which contributions add up: at most 256 columns, and 40 rows that are evenly spaced
/// in mel up to half of `sample_rate`, as mel_picture.h places them. One tile in a hundred is beyond the scale.
Picture contribution_levels(const ContributionMap& map, int sample_rate);

/// Scores while cells are removed.
struct DeletionLines {
  std::vector<double> removed;                                 ///< shares, 0 to 1
  std::vector<double> by_importance, random, lowest, highest;  ///< scores, 0 to 1
  double area = 0, random_area = 0, lowest_area = 0, highest_area = 0;
};

struct ContributionPicture {
  std::string title;
  std::vector<std::string> lines;  ///< below the title
  double begin = 0, seconds = 0;   ///< s, of the part of the file that is drawn
  int sample_rate = 0;             ///< Hz
  Picture mel;
  std::optional<Picture> levels;                       ///< over the spectrogram
  std::vector<double> curve;                           ///< contributions of equal parts of the time
  std::vector<std::pair<double, double>> most, least;  ///< s: parts that are marked below the curve
  std::optional<DeletionLines> deletion;
};

/// A complete SVG file, see sheet.h.
std::string draw(const ContributionPicture& picture);

}  // namespace sonograd::train
