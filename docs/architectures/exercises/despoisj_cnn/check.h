// Three songs with four, three and one slice.
inline void check(exercise::Report& report) {
  const std::vector<int> songs = {7, 2, 7, 7, 2, 9, 2, 7};
  report.equal("leaked: one slice of song 7 in training", 3, leaked(songs, {1, 0, 0, 0, 0, 0, 0, 0}));
  report.equal("leaked: slices of songs 7 and 2 in training", 3, leaked(songs, {1, 1, 0, 1, 0, 0, 0, 1}));
  report.equal("leaked: nothing in training", 0, leaked(songs, std::vector<int>(8, 0)));
  report.equal("split_by_song with one song", {1, 0, 1, 1, 0, 0, 0, 1}, split_by_song(songs, 1));
  report.equal("split_by_song with two songs", {1, 1, 1, 1, 1, 0, 1, 1}, split_by_song(songs, 2));
  report.equal("leaked of that split", 0, leaked(songs, split_by_song(songs, 2)));
}
