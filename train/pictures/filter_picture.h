// Responses of filters as a picture: a row for each filter, frequency to the right.
#pragma once

#include <string>
#include <vector>

#include "train/pictures/picture.h"

namespace sonograd::train {

struct FilterPicture {
  std::string title;
  std::vector<std::string> lines;  ///< below the title
  double highest = 0;              ///< Hz at the right edge; 0 Hz is at the left one
  Picture responses;               ///< rows from top to bottom
};

/// A complete SVG file, see sheet.h.
std::string draw(const FilterPicture& picture);

}  // namespace sonograd::train
