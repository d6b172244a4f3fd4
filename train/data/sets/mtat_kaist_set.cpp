// The part of MagnaTagATune that the course GCT634/AI613 of KAIST uses for its homework on tagging and metric learning: 9,074 clips.
#include "train/data/sets/mtat.h"

namespace sonograd::train {
namespace {

SetClips read_kaist(const SetRequest& request) {
  return read_magnatagatune(
      request, {.needs_a_tag = true, .least_seconds = 0, .train = "012ab", .valid = "c", .test = "d"});
}

}  // namespace

DataSet mtat_kaist_set() {
  return {.name = "mtat-kaist",
          .summary = "the subset of MagnaTagATune of KAIST's homework: 9,074 clips, 50 tags",
          .layout = kMtatLayout,
          .subsets = {},
          .splits = {{"folders", "folders 0, 1, 2, a and b train, c validates, d tests"}},
          .read = read_kaist};
}

}  // namespace sonograd::train
