// The two directions of voice_bi_lstm, with the simplest unit that has a state.
#include "docs/architectures/exercises/exercise.h"

/// A unit whose state behind an input x is `keep` times the state before it, plus x.
struct Memory {
  float keep;
};

/// A row for each step, of two states: that of `ahead`, which has read the steps up to this one, and that of `back`, which has read
/// this one and all behind it, the last step first. Both begin with a state of 0.
exercise::Map both_directions(const Memory& ahead, const Memory& back, const exercise::Sequence& steps) {
  exercise::Map states(steps.size(), exercise::Sequence(2));
  float state = 0;
  for (std::size_t t = 0; t < steps.size(); ++t) states[t][0] = state = ahead.keep * state + steps[t];
  state = 0;
  for (std::size_t t = steps.size(); t-- > 0;) states[t][1] = state = back.keep * state + steps[t];
  return states;
}
