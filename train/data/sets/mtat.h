// MagnaTagATune (Law, West, Mandel, Bay, Downie, ISMIR 2009): the table of tags, read by a rule.
#pragma once

#include <string_view>

#include "train/data/sets/registry.h"

namespace sonograd::train {

/// Which clips and tags of the table are taken.
struct MtatRule {
  bool has_all_tags = false;  ///< 188 tags instead of the 50 most frequent ones
  bool needs_a_tag = false;   ///< clips without any of the tags are left out
  double least_seconds = 0;   ///< shorter clips are left out
  std::string_view train, valid,
      test;  ///< the folders of each part, a letter or digit each; clips of others are left out
};

/// Columns `tags`, `split` and `group` (the song). Throws as DataSet::read.
SetClips read_magnatagatune(const SetRequest& request, const MtatRule& rule);

inline constexpr std::string_view kMtatLayout =
    "annotations_final.csv; folders 0 to f with mp3 files, or these in mp3/";

}  // namespace sonograd::train
