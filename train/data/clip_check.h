// A check of the clips of a data set: each is decoded to its end.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "train/data/labels_table.h"

namespace sonograd::train {

struct ClipCheck {
  std::size_t row = 0;  ///< of the table
  std::string error;    ///< reason for which training would skip the clip, with the file; empty: none
  std::string warning;  ///< damage that leaves the clip usable
  double seconds = 0;   ///< decoded duration
  int sample_rate = 0;  ///< of the file, in Hz
};

/// Decodes the clips of these rows, those of prepared data against their checksums, on `threads` threads; the result has their
/// order. `progress` receives how many are done and returns false to stop, which leaves the rest out.
std::vector<ClipCheck> check_clips(const LabelsTable& table, std::span<const std::size_t> rows, int threads,
                                   const std::function<bool(std::size_t done)>& progress);

}  // namespace sonograd::train
