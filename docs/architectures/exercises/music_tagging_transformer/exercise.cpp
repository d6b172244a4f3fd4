// Tokens of the Music Tagging Transformer: a trained vector stands in front of those of the sound, and each gets its position.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The class token, and behind it the vectors of `frames` [T][D], each plus its row of `positions`: row 0 for the class token, row 1
/// for frame 0, and so on. `positions` may have more rows than there are tokens.
Map tokens(const Map& frames, const Sequence& class_token, const Map& positions) {
  // Your lines replace this one.
  return {};
}

/// The vector that the classifier reads behind the transformer: that of the class token.
Sequence summary(const Map& tokens) {
  // Your lines replace this one.
  return {};
}
