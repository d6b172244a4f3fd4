// Number of the planted change (scripts/mutate) that is switched on.
#pragma once

namespace sonograd {

/// Value of the environment variable PLANTED; 0: none.
extern const int planted_change;

/// 1 in the change of this number, else 0.
inline int planted(int number) {
  return number == planted_change ? 1 : 0;
}

}  // namespace sonograd
