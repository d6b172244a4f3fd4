// Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011). A draw is a pure function of (key, counter): every device, number of threads and
// resumed run gets the same numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace sonograd {

using Philox4 = std::array<std::uint32_t, 4>;

/// Ten rounds of Philox 4x32 on `counter` under `key`.
constexpr Philox4 philox4x32(Philox4 counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
  }
  return counter;
}

/// Purpose of a stream of random numbers. Different purposes never share numbers.
enum class RandomStream : std::uint32_t {
  init,
  split,
  shuffle,
  crop,
  mask,
  shift,
  mixup,
  dropout,
  synth,
  test,
  triplet
};

/// Place of a draw in the run.
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint32_t step = 0;     ///< epoch or step
  std::uint32_t example = 0;  ///< example or tensor
  RandomStream stream = RandomStream::test;
};

/// A cursor over the numbers of one key. Copying it copies the position.
class Random {
 public:
  explicit Random(const RandomKey& key) : key_(key) {}

  /// 32 random bits.
  std::uint32_t bits() {
    if (used_ == 4) {
      block_ =
          philox4x32({index_++, key_.example, key_.step, static_cast<std::uint32_t>(key_.stream)},
                     {static_cast<std::uint32_t>(key_.seed), static_cast<std::uint32_t>(key_.seed >> 32)});
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform in [0, 1), 24 bits.
  float uniform() { return static_cast<float>(bits() >> 8) * 0x1p-24f; }
  /// Uniform in [low, high), low < high.
  float uniform(float low, float high) {
    // The sum may round up to `high`.
    return std::min(low + (high - low) * uniform(), std::nextafter(high, low));
  }
  /// Uniform integer in [0, n); n >= 1. The bias is below n / 2^64.
  std::uint64_t below(std::uint64_t n) {
    const std::uint64_t high = bits();  // apart: the order of two calls in one expression is unspecified
    const std::uint64_t word = (high << 32) | bits();
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(word) * n) >> 64);
  }
  /// Standard normal (Box-Muller).
  float normal() {
    const double radius = std::sqrt(-2.0 * std::log((bits() + 1.0) * 0x1p-32));
    return static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * bits() * 0x1p-32));
  }

 private:
  RandomKey key_;
  Philox4 block_{};
  std::uint32_t index_ = 0;
  std::size_t used_ = 4;
};

}  // namespace sonograd
