#include "audio/chunk_reader.h"

#include <gtest/gtest.h>

#include "audio/encode.h"
#include "tensor/support/error.h"
#include "tests/audio/sound_files.h"

namespace sonograd::audio {
namespace {

std::vector<std::vector<float>> read_chunks(const std::filesystem::path& path, std::int64_t chunk,
                                            std::int64_t hop) {
  ClipStream clip(path, 16000);
  ChunkReader reader(clip, chunk, hop, Pad::repeat);
  std::vector<std::vector<float>> chunks;
  std::vector<float> out(static_cast<std::size_t>(chunk));
  while (reader.next(out)) chunks.push_back(out);
  EXPECT_FALSE(reader.next(out));
  return chunks;
}

std::vector<std::vector<float>> cut_chunks(const std::vector<float>& clip, std::int64_t chunk,
                                           std::int64_t hop) {
  std::vector<std::vector<float>> chunks;
  for (const Chunk& position : chunk_positions(static_cast<std::int64_t>(clip.size()), chunk, hop)) {
    auto& out = chunks.emplace_back(static_cast<std::size_t>(chunk));
    copy_chunk(clip, position, Pad::repeat, out);
  }
  return chunks;
}

TEST(ChunkReader, YieldsTheChunksOfTheWholeClip) {
  const auto folder = test_folder();
  for (const std::int64_t length : {1, 999, 1000, 1001, 2000, 2500, 70000}) {
    const auto path = folder / "a.wav";
    const auto clip = noise(length);
    write_sound(path, clip, 16000, Encoding::wav_float);
    for (const std::int64_t hop : {1000, 333, 1700, 50000}) {
      EXPECT_EQ(read_chunks(path, 1000, hop), cut_chunks(clip, 1000, hop)) << length << ' ' << hop;
    }
  }
}

TEST(ChunkReader, RefusesSenselessLengths) {
  const auto path = test_folder() / "a.wav";
  write_sound(path, noise(10), 16000, Encoding::wav_float);
  ClipStream clip(path, 16000);
  EXPECT_THROW(ChunkReader(clip, 0, 1, Pad::zero), ConfigError);
  EXPECT_THROW(ChunkReader(clip, 1, 0, Pad::zero), ConfigError);
}

}  // namespace
}  // namespace sonograd::audio
