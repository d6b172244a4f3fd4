// Chunks of 59,049 samples at 16 kHz.
inline void check(exercise::Report& report) {
  report.equal("chunk_starts(59049, 59049): one chunk", {0}, chunk_starts(59049, 59049));
  report.equal("chunk_starts(1000, 59049): shorter than a chunk", {0}, chunk_starts(1000, 59049));
  report.equal("chunk_starts(118098, 59049): two whole chunks, and no third", {0, 59049},
               chunk_starts(118098, 59049));
  report.equal("chunk_starts(160000, 59049): the last one ends with the 10 s", {0, 59049, 100951},
               chunk_starts(160000, 59049));
  report.equal("chunk_starts(7, 3)", {0, 3, 4}, chunk_starts(7, 3));
  report.near("song_scores of one chunk", {0.25f, 0.75f}, song_scores({{0.25f, 0.75f}}));
  report.near("song_scores of three chunks", {0.5f, 0.2f}, song_scores({{0.9f, 0}, {0.5f, 0.6f}, {0.1f, 0}}));
}
