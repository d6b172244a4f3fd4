// Which of the changes that scripts/mutate planted is switched on.
#pragma once

namespace sonograd {

/// From the environment's PLANTED; 0: none.
extern const int planted_change;

/// 1 in the change of this number, else 0.
inline int planted(int number) {
  return number == planted_change ? 1 : 0;
}

}  // namespace sonograd
