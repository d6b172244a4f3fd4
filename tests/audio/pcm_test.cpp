#include "audio/pcm.h"

#include <gmock/gmock.h>
#include <vector>

#include "audio/mix.h"

namespace sonograd::audio {
namespace {

using testing::ElementsAre;

TEST(Pcm16, RoundsToTheNearest) {
  EXPECT_EQ(to_pcm16(0.4f / 32768), 0);
  EXPECT_EQ(to_pcm16(0.6f / 32768), 1);
  EXPECT_EQ(to_pcm16(-0.6f / 32768), -1);
  EXPECT_EQ(to_pcm16(1.5f / 32768), 2);
  EXPECT_EQ(to_pcm16(2.5f / 32768), 2);
}

TEST(Pcm16, SaturatesAndCountsWhatItClips) {
  const std::vector<float> samples{-1e30f, -1.1f, -1.0f, 32767.0f / 32768, 1.0f, 1.2068f};
  std::vector<std::int16_t> pcm(samples.size());
  EXPECT_EQ(to_pcm16(samples, pcm), 4);
  EXPECT_THAT(pcm, ElementsAre(-32768, -32768, -32768, 32767, 32767, 32767));
}

TEST(Pcm16, KeepsEveryIntegerOverARoundTrip) {
  std::vector<std::int16_t> pcm;
  for (int i = -32768; i <= 32767; ++i) pcm.push_back(static_cast<std::int16_t>(i));
  std::vector<float> samples(pcm.size());
  std::vector<std::int16_t> back(pcm.size());
  from_pcm16(pcm, samples);
  EXPECT_EQ(to_pcm16(samples, back), 0);
  EXPECT_EQ(back, pcm);
}

TEST(Mix, IsTheMeanOfTheChannels) {
  std::vector<float> mono(2);
  mix_to_mono(std::vector<float>{0.5f, -0.5f, 0.25f, 0.75f}, 2, mono);
  EXPECT_THAT(mono, ElementsAre(0, 0.5f));
  mix_to_mono(std::vector<float>{3, 0, 0, 0, 0, 9}, 3, mono);
  EXPECT_THAT(mono, ElementsAre(1, 3));
  mix_to_mono(std::vector<float>{0.1f, 0.2f}, 1, mono);
  EXPECT_THAT(mono, ElementsAre(0.1f, 0.2f));
}

}  // namespace
}  // namespace sonograd::audio
