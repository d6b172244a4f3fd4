// Places of chunks: those that a rule states, and those that are cut from samples and from a file.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audio/encode.h"
#include "models/tagging/chunk_source.h"
#include "tests/support/files.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kRuleChunk = 1000;

/// Starts of the chunks of a clip, as docs and help state them: at the hop, and at the right end; or `count` equally spaced ones,
/// which are one where they would be equal.
std::vector<std::int64_t> expected_starts(std::int64_t samples, std::int64_t hop, std::int64_t count) {
  const std::int64_t last = std::max<std::int64_t>(0, samples - kRuleChunk);
  std::vector<std::int64_t> all;
  if (count == 0) {
    for (std::int64_t start = 0; start < last; start += hop) all.push_back(start);
    all.push_back(last);
  } else if (last < count) {
    all.push_back(0);
  } else {
    for (std::int64_t i = 0; i < count; ++i) all.push_back(i * (last / count));
  }
  return all;
}

TEST(ChunkRule, StatesThePlacesOfTheChunksThatAreCut) {
  std::vector<std::int16_t> ramp(4000);
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<std::int16_t>(i);
  const auto file = test::temporary_path("ramp.wav");
  for (const std::size_t samples : {0, 1, 999, 1000, 1001, 1002, 2500, 3000, 4000}) {
    const auto clip = std::span(ramp).first(samples);
    audio::write_sound(file, std::span<const std::int16_t>(clip), 8000, audio::Encoding::wav_pcm16);
    std::vector<float> values(clip.begin(), clip.end());
    for (float& value : values) value /= 32768;
    for (const std::int64_t hop : {1000, 300, 1700}) {
      for (const std::int64_t count : {0, 1, 2, 7}) {
        const ChunkRule rule{.sample_rate = 8000, .length = kRuleChunk, .hop = hop, .count = count};
        const auto length = static_cast<std::int64_t>(samples);
        const std::vector<std::int64_t> expected = expected_starts(length, hop, count);
        EXPECT_EQ(rule.count_in(length), std::ssize(expected));
        std::vector<std::int64_t> placed, cut, read;
        for (std::size_t i = 0; i < expected.size(); ++i) {
          const audio::Chunk place = rule.place(i, length);
          placed.push_back(place.start);
          EXPECT_EQ(place.length, std::min(kRuleChunk, length));
        }
        const auto start_of = [](std::span<const float> chunk) {
          return static_cast<std::int64_t>(chunk.front() * 32768);
        };
        for_each_chunk(values, rule, [&](std::span<const float> chunk) { cut.push_back(start_of(chunk)); });
        if (samples > 0)  // files without samples are refused
          for_each_chunk(file, rule, [&](std::span<const float> chunk) { read.push_back(start_of(chunk)); });
        SCOPED_TRACE(concat(samples, " samples, hop ", hop, ", count ", count));
        EXPECT_EQ(placed, expected);
        EXPECT_EQ(cut, expected);
        if (samples > 0) {
          EXPECT_EQ(read, expected);
        }
      }
    }
  }
}

// The patches of a map of the whole clip, whose ends are padded with zeros: 2 zeros, chunks of 10 that begin every 6.
TEST(ChunkRule, AContextIsZerosAroundTheClip) {
  const auto file = test::temporary_path("context.wav");
  for (const audio::Tail tail : {audio::Tail::drop, audio::Tail::align}) {
    const ChunkRule rule{.sample_rate = 8000, .length = 10, .hop = 6, .ends = {.context = 2, .tail = tail}};
    for (std::size_t samples = 1; samples < 40; ++samples) {
      std::vector<std::int16_t> pcm(samples);
      for (std::size_t i = 0; i < samples; ++i) pcm[i] = static_cast<std::int16_t>(i + 1);
      audio::write_sound(file, std::span<const std::int16_t>(pcm), 8000, audio::Encoding::wav_pcm16);
      std::vector<float> values(pcm.begin(), pcm.end());
      for (float& value : values) value /= 32768;

      std::vector<std::vector<int>> expected;
      if (samples + 4 < 10) {
        for (std::size_t i = 0; expected.empty() || i < 10; ++i) {
          if (expected.empty()) expected.emplace_back();
          expected[0].push_back(pcm[i % samples]);
        }
      } else {
        std::vector<int> extended(samples + 4);
        std::copy(pcm.begin(), pcm.end(), extended.begin() + 2);
        const auto take = [&](std::size_t start) {
          expected.emplace_back(extended.begin() + static_cast<std::ptrdiff_t>(start),
                                extended.begin() + static_cast<std::ptrdiff_t>(start) + 10);
        };
        std::size_t start = 0;
        for (; start + 10 <= extended.size(); start += 6) take(start);
        if (tail == audio::Tail::align && start - 6 + 10 < extended.size()) take(extended.size() - 10);
      }
      const auto numbers = [](std::span<const float> chunk) {
        std::vector<int> whole;
        for (const float value : chunk) whole.push_back(static_cast<int>(value * 32768));
        return whole;
      };
      std::vector<std::vector<int>> cut, read;
      for_each_chunk(values, rule, [&](std::span<const float> chunk) { cut.push_back(numbers(chunk)); });
      for_each_chunk(file, rule, [&](std::span<const float> chunk) { read.push_back(numbers(chunk)); });
      EXPECT_EQ(cut, expected) << samples;
      EXPECT_EQ(read, expected) << samples;
      const auto length = static_cast<std::int64_t>(samples);
      EXPECT_EQ(rule.count_in(length), std::ssize(expected)) << samples;
      const audio::Chunk last = rule.place(expected.size() - 1, length);
      EXPECT_GE(last.start, 0);
      EXPECT_LE(last.start + last.length, length);
    }
  }
}

}  // namespace
}  // namespace sonograd::models
