// The short-chunk networks take 3.69 s at a time. A song is cut into chunks, and its score is the mean of theirs.
#include "docs/architectures/exercises/exercise.h"

/// First samples of the chunks of a song: at 0, chunk, 2 chunk, … as long as whole chunks fit; if samples are left behind the last
/// one, there is one more chunk, moved back so that it ends with the song. A song that is not longer than a chunk is one chunk.
std::vector<int> chunk_starts(int samples, int chunk) {
  // Your lines replace this one.
  return {};
}

/// Score of the song for each label: the mean over its chunks. `chunks` [chunks][labels], at least one chunk.
exercise::Sequence song_scores(const exercise::Map& chunks) {
  // Your lines replace this one.
  return {};
}
