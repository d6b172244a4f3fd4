// Slices of a song, shuffled and then split, fall on both sides: a test that despoisj_cnn passes by memory.
#include "docs/architectures/exercises/exercise.h"

/// `songs` has the song of each slice, and `trained` has 1 for a slice of the training part and 0 for one of the test part. The number of
/// slices of the test part whose song has a slice in the training part.
int leaked(const std::vector<int>& songs, const std::vector<int>& trained) {
  // Your lines replace this one.
  return -1;
}

/// A split without a leak: 1 for every slice of the first `training_songs` different songs, in order of their first slice, else 0.
std::vector<int> split_by_song(const std::vector<int>& songs, int training_songs) {
  // Your lines replace this one.
  return {};
}
