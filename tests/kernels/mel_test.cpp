#include "kernels/mel/mel.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "kernels/fused/log_mel/log_mel.h"
#include "kernels/gemm/gemm.h"
#include "tensor/random.h"

namespace sonograd::kernels {
namespace {

std::vector<double> band_sums(const Tensor& bank) {
  std::vector<double> sums(static_cast<std::size_t>(bank.shape()[1]));
  for (std::int64_t i = 0; i < bank.numel(); ++i) {
    sums[static_cast<std::size_t>(i % bank.shape()[1])] += bank.data<double>()[i];
  }
  return sums;
}

TEST(MelScale, RoundTripsAndKnownPoints) {
  for (const MelScale scale : {MelScale::htk, MelScale::slaney}) {
    for (const double hz : {0.0, 440.0, 999.0, 1000.0, 8000.0}) {
      EXPECT_NEAR(mel_to_hz(hz_to_mel(hz, scale), scale), hz, 1e-9);
    }
  }
  EXPECT_NEAR(hz_to_mel(1000, MelScale::slaney), 15, 1e-12);
  EXPECT_NEAR(hz_to_mel(6400, MelScale::slaney), 42, 1e-12);
  EXPECT_NEAR(hz_to_mel(700, MelScale::htk), 2595 * std::log10(2), 1e-12);
}

// The published 16 kHz taggers: with 128 bands the first triangle lies between two bins.
TEST(MelFilterBank, BandZeroOf128IsEmptyAndNoneOf96) {
  const auto empty_bands = [](std::int64_t n_mels) {
    std::vector<std::size_t> empty;
    const auto sums = band_sums(mel_filter_bank({.n_mels = n_mels}, DType::f64));
    for (std::size_t m = 0; m < sums.size(); ++m) {
      if (sums[m] == 0) empty.push_back(m);
    }
    return empty;
  };
  EXPECT_EQ(empty_bands(128), std::vector<std::size_t>{0});
  EXPECT_TRUE(empty_bands(96).empty());
}

TEST(MelFilterBank, TrianglesPeakAtOneAndOverlapByHalf) {
  const Tensor bank = mel_filter_bank({.n_fft = 4096}, DType::f64);
  for (std::int64_t k = 20; k < 1980; ++k) {  // between the first and the last peak
    double sum = 0;
    for (std::int64_t m = 0; m < 96; ++m) {
      const double weight = bank.data<double>()[k * 96 + m];
      EXPECT_TRUE(weight >= 0 && weight <= 1);
      sum += weight;
    }
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(MelFilterBank, AreaNormMakesAFlatSpectrumFlat) {
  const Tensor bank =
      mel_filter_bank({.n_fft = 65536, .scale = MelScale::slaney, .norm = MelNorm::slaney}, DType::f64);
  const double bin_hz = 16000.0 / 65536;
  for (const double sum : band_sums(bank)) EXPECT_NEAR(sum * bin_hz, 1, 1e-3);
}

TEST(MelFilterBank, RefusesFrequenciesBeyondHalfTheRate) {
  EXPECT_THROW(mel_filter_bank({.f_max = 8001}), ConfigError);
  EXPECT_THROW(mel_filter_bank({.f_min = 8000}), ConfigError);
  EXPECT_THROW(mel_filter_bank({.n_mels = 0}), ConfigError);
}

TEST(MelProject, IsTheProductWithAnyMatrix) {
  Random random({.seed = 4});
  const auto draw = [&](const Shape& shape) {
    const Tensor x = Tensor::empty(shape);
    for (float& value : x.span<float>()) value = random.uniform();
    return x;
  };
  const Tensor power = draw({37, 65}), dense = draw({65, 11});
  const auto p = MelProblem::make(power.shape(), dense.shape());
  const Tensor y = Tensor::empty(p.output), product = Tensor::empty(p.output);
  mel_project(p, power, dense, set(y));
  gemm(power, dense, set(product));
  for (std::int64_t i = 0; i < y.numel(); ++i)
    ASSERT_NEAR(y.data<float>()[i], product.data<float>()[i], 1e-4);
}

// librosa.power_to_db([1, 0.5, 1e-3], top_db=t): max(10 log10(x), -t).
TEST(PowerToDb, TakesEveryRangeFrom0On) {
  const Tensor x = Tensor::from<float>({1, 0.5f, 1e-3f}, {3}), y = Tensor::empty({3});
  const double half = 10 * std::log10(0.5);
  for (const double range : {0.0, 1e-9, 1e-4, 0.5, 29.0, 1e6, std::numeric_limits<double>::infinity()}) {
    power_to_db(x, {.top_db = range}, set(y));
    EXPECT_NEAR(y.data<float>()[0], 0, 1e-6) << range;
    EXPECT_NEAR(y.data<float>()[1], std::max(half, -range), 1e-5) << range;
    EXPECT_NEAR(y.data<float>()[2], std::max(-30.0, -range), 1e-5) << range;
  }
  for (const double range : {-1e-9, -80.0, std::nan("")})
    EXPECT_THROW(power_to_db(x, {.top_db = range}, set(y)), ConfigError) << range;
}

TEST(LogMel, PcmIsTheWaveformTimes32768) {
  const Tensor pcm = Tensor::empty({2, 5000}, DType::i16), waveform = Tensor::empty({2, 5000});
  for (std::int64_t i = 0; i < pcm.numel(); ++i) {
    pcm.data<std::int16_t>()[i] = static_cast<std::int16_t>(i * 7919 % 65536 - 32768);
    waveform.data<float>()[i] = static_cast<float>(pcm.data<std::int16_t>()[i]) / 32768;
  }
  const Tensor window = hann_window(512), bank = mel_filter_bank({});
  const auto run = [&](const Tensor& x) {
    const auto p = LogMelProblem::make(x, window, bank, {.n_fft = 512, .hop_length = 256}, {});
    const Tensor y = Tensor::empty(p.output_shape());
    log_mel(p, x, window, bank, set(y));
    return y;
  };
  const Tensor a = run(pcm), b = run(waveform);
  for (std::int64_t i = 0; i < a.numel(); ++i) ASSERT_EQ(a.data<float>()[i], b.data<float>()[i]);
}

}  // namespace
}  // namespace sonograd::kernels
