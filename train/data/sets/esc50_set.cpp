// ESC-50: 2,000 environmental sounds of 5 s, 50 classes, five folds.
#include "train/data/sets/esc.h"

namespace sonograd::train {

DataSet esc50_set() {
  return {.name = "esc50",
          .summary = "ESC-50: 2,000 sounds of 5 s, 50 classes; --split fold=N tests on a fold",
          .layout = kEscLayout,
          .subsets = {},
          .splits = {},
          .read = [](const SetRequest& request) { return read_esc(request, false); }};
}

}  // namespace sonograd::train
