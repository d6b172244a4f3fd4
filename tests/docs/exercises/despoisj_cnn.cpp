// Slices of a song, shuffled and then split, fall on both sides: a test that despoisj_cnn passes by memory.
#include "docs/architectures/exercises/exercise.h"

/// `songs` has the song of each slice, and `trained` has 1 for a slice of the training part and 0 for one of the test part. The number of
/// slices of the test part whose song has a slice in the training part.
int leaked(const std::vector<int>& songs, const std::vector<int>& trained) {
  int count = 0;
  for (std::size_t test = 0; test < songs.size(); ++test) {
    bool is_known = false;
    for (std::size_t i = 0; i < songs.size(); ++i)
      is_known = is_known || (trained[i] == 1 && songs[i] == songs[test]);
    count += trained[test] == 0 && is_known;
  }
  return count;
}

/// A split without a leak: 1 for every slice of the first `training_songs` different songs, in order of their first slice, else 0.
std::vector<int> split_by_song(const std::vector<int>& songs, int training_songs) {
  std::vector<int> seen, trained;
  for (const int song : songs) {
    auto place = std::find(seen.begin(), seen.end(), song);
    if (place == seen.end()) place = seen.insert(place, song);
    trained.push_back(place - seen.begin() < training_songs);
  }
  return trained;
}
