// ESC-10: the 400 sounds of ESC-50 in ten classes that people tell apart easily.
#include "train/data/sets/esc.h"

namespace sonograd::train {

DataSet esc10_set() {
  return {.name = "esc10",
          .summary = "ESC-10: the 400 sounds of ESC-50 with the column esc10, 10 classes",
          .layout = kEscLayout,
          .subsets = {},
          .splits = {},
          .read = [](const SetRequest& request) { return read_esc(request, true); }};
}

}  // namespace sonograd::train
