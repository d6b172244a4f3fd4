// ESC (Piczak, ACM Multimedia 2015): environmental sounds of 5 s in five folds.
#pragma once

#include "train/data/sets/registry.h"

namespace sonograd::train {

/// Columns `label`, `fold` and `group` (the recording). Throws as DataSet::read.
SetClips read_esc(const SetRequest& request, bool only_esc10);

inline constexpr std::string_view kEscLayout = "meta/esc50.csv; audio/*.wav";

}  // namespace sonograd::train
