// Tags of the published weight sets, in output order (Won et al., SMC 2020).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sonograd::models {

/// 50 tags: `mtat` (MagnaTagATune), `msd` (Million Song Dataset, Last.fm) or `jamendo` (MTG-Jamendo;
/// alphabetical within genre, instrument and mood).
struct LabelList {
  std::string_view name;
  std::vector<std::string> labels;
};

const std::vector<LabelList>& published_label_lists();
/// nullptr when there is no list of that name.
const LabelList* find_label_list(std::string_view name);

}  // namespace sonograd::models
