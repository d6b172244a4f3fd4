#include "audio/chunks.h"

#include <gmock/gmock.h>

#include "tensor/support/error.h"

namespace sonograd::audio {

void PrintTo(const Chunk& chunk, std::ostream* out) {
  *out << '[' << chunk.start << " +" << chunk.length << ']';
}

namespace {

using testing::ElementsAre;

TEST(Chunks, AShortClipIsOneChunk) {
  EXPECT_THAT(chunk_positions(0, 10, 10), ElementsAre(Chunk{0, 0}));
  EXPECT_THAT(chunk_positions(9, 10, 3), ElementsAre(Chunk{0, 9}));
  EXPECT_THAT(chunk_positions(10, 10, 3), ElementsAre(Chunk{0, 10}));
}

TEST(Chunks, TheLastOneEndsWithTheClip) {
  EXPECT_THAT(chunk_positions(11, 10, 10), ElementsAre(Chunk{0, 10}, Chunk{1, 10}));
  EXPECT_THAT(chunk_positions(25, 10, 10), ElementsAre(Chunk{0, 10}, Chunk{10, 10}, Chunk{15, 10}));
}

TEST(Chunks, NoneIsDuplicated) {
  EXPECT_THAT(chunk_positions(30, 10, 10), ElementsAre(Chunk{0, 10}, Chunk{10, 10}, Chunk{20, 10}));
  EXPECT_THAT(chunk_positions(18, 10, 4), ElementsAre(Chunk{0, 10}, Chunk{4, 10}, Chunk{8, 10}));
  EXPECT_THAT(chunk_positions(13, 10, 1),
              ElementsAre(Chunk{0, 10}, Chunk{1, 10}, Chunk{2, 10}, Chunk{3, 10}));
}

TEST(Chunks, OverlapAndGapsFollowTheHop) {
  EXPECT_THAT(chunk_positions(20, 10, 4),
              ElementsAre(Chunk{0, 10}, Chunk{4, 10}, Chunk{8, 10}, Chunk{10, 10}));
  EXPECT_THAT(chunk_positions(45, 10, 20), ElementsAre(Chunk{0, 10}, Chunk{20, 10}, Chunk{35, 10}));
  EXPECT_THAT(chunk_positions(12, 10, 1000), ElementsAre(Chunk{0, 10}, Chunk{2, 10}));
}

TEST(Chunks, ARestIsDroppedOnRequest) {
  EXPECT_THAT(chunk_positions(9, 10, 3, Tail::drop), ElementsAre(Chunk{0, 9}));
  EXPECT_THAT(chunk_positions(19, 10, 10, Tail::drop), ElementsAre(Chunk{0, 10}));
  EXPECT_THAT(chunk_positions(20, 10, 10, Tail::drop), ElementsAre(Chunk{0, 10}, Chunk{10, 10}));
  EXPECT_THAT(chunk_positions(21, 10, 4, Tail::drop), ElementsAre(Chunk{0, 10}, Chunk{4, 10}, Chunk{8, 10}));
}

TEST(Chunks, WhatIsOutsideOfTheClipIsZero) {
  const std::vector<float> clip = {1, 2, 3};
  std::vector<float> out(6, 9);
  copy_chunk(clip, {-2, 6}, Pad::repeat, out);
  EXPECT_THAT(out, ElementsAre(0, 0, 1, 2, 3, 0));
  EXPECT_EQ(part_inside({-2, 6}, 3), (Chunk{0, 3}));
  EXPECT_EQ(part_inside({1, 2}, 3), (Chunk{1, 2}));
}

TEST(Chunks, EquallySpacedOnesNeverReachTheEnd) {
  EXPECT_THAT(equally_spaced_chunks(31, 10, 4),
              ElementsAre(Chunk{0, 10}, Chunk{5, 10}, Chunk{10, 10}, Chunk{15, 10}));
  EXPECT_THAT(equally_spaced_chunks(12, 10, 3), ElementsAre(Chunk{0, 10}, Chunk{0, 10}, Chunk{0, 10}));
  EXPECT_THAT(equally_spaced_chunks(7, 10, 3), ElementsAre(Chunk{0, 7}));
  EXPECT_EQ(equally_spaced_chunks(465984, 464000, 16)[15], (Chunk{15 * 124, 464000}));
}

TEST(Chunks, TheOneOfAnIndexDoesNotGoBeyondTheRightEnd) {
  EXPECT_EQ(chunk_at(1, 25, 10, 10), (Chunk{10, 10}));
  EXPECT_EQ(chunk_at(2, 25, 10, 10), (Chunk{15, 10}));
  EXPECT_EQ(chunk_at(7, 25, 10, 10), (Chunk{15, 10}));
  EXPECT_EQ(chunk_at(1, 25, 10, 1000), (Chunk{15, 10}));
  EXPECT_EQ(chunk_at(3, 7, 10, 2), (Chunk{0, 7}));
  EXPECT_EQ(chunk_at(0, 0, 10, 10), (Chunk{0, 0}));
  EXPECT_EQ(hop_of_equal_chunks(31, 10, 4), 5);
  EXPECT_EQ(hop_of_equal_chunks(12, 10, 3), 0);
  EXPECT_EQ(hop_of_equal_chunks(7, 10, 3), 0);
}

TEST(Chunks, RefuseSenselessLengths) {
  EXPECT_THROW(chunk_positions(-1, 10, 10), ConfigError);
  EXPECT_THROW(chunk_positions(20, 0, 10), ConfigError);
  EXPECT_THROW(chunk_positions(20, 10, 0), ConfigError);
  EXPECT_THROW(equally_spaced_chunks(20, 10, 0), ConfigError);
}

TEST(CopyChunk, TakesThePartOrPadsIt) {
  const std::vector<float> clip{1, 2, 3, 4, 5};
  std::vector<float> out(3);
  copy_chunk(clip, {2, 3}, Pad::repeat, out);
  EXPECT_THAT(out, ElementsAre(3, 4, 5));
  out.resize(12);
  copy_chunk(clip, {0, 5}, Pad::repeat, out);
  EXPECT_THAT(out, ElementsAre(1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2));
  copy_chunk(clip, {0, 5}, Pad::zero, out);
  EXPECT_THAT(out, ElementsAre(1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0));
}

TEST(CopyChunk, OfNothingIsSilence) {
  std::vector<float> out(3, 7.0f);
  copy_chunk({}, {0, 0}, Pad::repeat, out);
  EXPECT_THAT(out, ElementsAre(0, 0, 0));
}

}  // namespace
}  // namespace sonograd::audio
