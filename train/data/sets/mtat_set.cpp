// MagnaTagATune: 25,863 clips of 29 s with 188 tags, of which 50 are used.
#include "train/data/sets/mtat.h"

namespace sonograd::train {
namespace {

/// The filtered list of J. Lee, which Won et al. (SMC 2020) use: a tag of the 50, and not less than this.
constexpr double kFilteredSeconds = 29.1;

SetClips read_mtat(const SetRequest& request) {
  const bool is_filtered = request.split == "filtered";
  return read_magnatagatune(request, {.has_all_tags = request.subset == "all",
                                      .needs_a_tag = is_filtered,
                                      .least_seconds = is_filtered ? kFilteredSeconds : 0,
                                      .train = "0123456789ab",
                                      .valid = "c",
                                      .test = "def"});
}

}  // namespace

DataSet mtat_set() {
  return {.name = "mtat",
          .summary = "MagnaTagATune: 25,863 clips of 29 s, 50 of 188 tags",
          .layout = kMtatLayout,
          .subsets = {{"top50", "the 50 most frequent tags"}, {"all", "all 188 tags"}},
          .splits = {{"folders", "folders 0 to b train, c validates, d to f test"},
                     {"filtered", "the same, of clips with a tag and 29.1 s or more (Won et al. 2020)"}},
          .read = read_mtat};
}

}  // namespace sonograd::train
