// The exercises of docs/architectures: each as it is handed out, and solved.
#pragma once

#include <string_view>
#include <vector>

#include "docs/architectures/exercises/exercise.h"

namespace sonograd::docs {

struct Exercise {
  std::string_view name;  ///< of the network
  void (*check_as_it_is)(exercise::Report&);
  void (*check_solved)(exercise::Report&);
};

/// All of them, by name; generated from the folders of docs/architectures/exercises.
const std::vector<Exercise>& all_exercises();

}  // namespace sonograd::docs
