// Windows of 100 ms every 40 ms: their number, their samples, and maps that see nothing of other windows.
#include "models/fronts/windowed_log_mel.h"

#include <gtest/gtest.h>

#include "tests/models/lcg.h"

namespace sonograd::models {
namespace {

WindowedFront small_front() {
  WindowedFront front;
  front.mel = {.sample_rate = 2000, .n_fft = 64, .hop_length = 100, .n_mels = 8, .f_max = 1000};
  front.set_windows(6);
  return front;
}

TEST(WindowedFront, HasTheWindowsThatWereSet) {
  WindowedFront front;
  front.mel.sample_rate = 22050;
  front.set_windows(599);
  EXPECT_EQ(front.samples, 598 * 882 + 2205);
  EXPECT_EQ(front.windows(), 599);
  --front.samples;
  EXPECT_EQ(front.windows(), 598);
  front.samples = 2204;
  EXPECT_THROW(front.windows(), ConfigError);
}

TEST(WindowedFront, RefusesMoreValuesASecondThanThereMayBe) {
  WindowedFront front;
  front.mel = {.sample_rate = 22050, .n_fft = 2048, .hop_length = 1, .n_mels = 128, .f_max = 11025};
  front.set_windows(10);
  EXPECT_THROW(front.input(), ConfigError);
  front.mel.hop_length = 512;
  EXPECT_NO_THROW(front.input());
}

TEST(WindowedLogMel, EachWindowIsAMapByItself) {
  const WindowedFront front = small_front();
  const WindowedLogMel windowed(front);
  const layers::LogMel plain(front.mel);
  const Tensor signal = test::lcg_signal(2 * front.samples, 2000).reshape({2, front.samples});
  const Tensor maps = windowed.forward(signal);
  const std::int64_t frames = front.frames(), values = frames * 8;
  EXPECT_EQ(frames, 3);
  ASSERT_EQ(maps.shape(), (Shape{2, 6 * frames, 8, 1}));
  for (std::int64_t example = 0; example < 2; ++example) {
    for (std::int64_t window = 0; window < 6; ++window) {
      const Tensor samples = Tensor::empty({1, 200});
      std::copy_n(signal.data<float>() + example * front.samples + 80 * window, 200, samples.data<float>());
      const Tensor expected = plain.forward(samples);
      const float* const actual = maps.data<float>() + (example * 6 + window) * values;
      for (std::int64_t i = 0; i < values; ++i)
        EXPECT_NEAR(actual[i], expected.data<float>()[i], 1e-4) << example << ' ' << window << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace sonograd::models
