// Collective operations of the 32 lanes of a warp. All of them must reach the same line.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)

inline constexpr unsigned kAllLanes = 0xffffffffu;

namespace detail {

// Moves a value word by word: `shuffle` moves a register of 32 bits.
template <class T, class Shuffle>
__device__ T by_registers(const T& value, const Shuffle& shuffle) {
  static_assert(sizeof(T) % 4 == 0 && std::is_trivially_copyable_v<T>);
  std::uint32_t words[sizeof(T) / 4];
  memcpy(words, &value, sizeof(T));
  SONOGRAD_UNROLL
  for (std::uint32_t& word : words) word = shuffle(word);
  T result;
  memcpy(&result, words, sizeof(T));
  return result;
}

}  // namespace detail

/// Value of lane `source` (modulo the warp size).
template <class T>
__device__ T warp_shuffle(T value, unsigned source, Place = Place::here()) {
  return detail::by_registers(value,
                              [=](std::uint32_t word) { return __shfl_sync(kAllLanes, word, source); });
}
/// Value of lane `lane ^ mask`.
template <class T>
__device__ T warp_shuffle_xor(T value, unsigned mask, Place = Place::here()) {
  return detail::by_registers(value,
                              [=](std::uint32_t word) { return __shfl_xor_sync(kAllLanes, word, mask); });
}
/// Value of lane `lane + delta`; the own value where there is no such lane.
template <class T>
__device__ T warp_shuffle_down(T value, unsigned delta, Place = Place::here()) {
  return detail::by_registers(value,
                              [=](std::uint32_t word) { return __shfl_down_sync(kAllLanes, word, delta); });
}
/// Value of lane `lane - delta`; the own value where there is no such lane.
template <class T>
__device__ T warp_shuffle_up(T value, unsigned delta, Place = Place::here()) {
  return detail::by_registers(value,
                              [=](std::uint32_t word) { return __shfl_up_sync(kAllLanes, word, delta); });
}

/// Votes of all lanes: bit i is set if `vote` of lane i is true.
__device__ inline std::uint32_t warp_ballot(bool vote, Place = Place::here()) {
  return __ballot_sync(kAllLanes, vote);
}

/// Combines the values of each group of `kLanes` neighbouring lanes, by halves, so that all of them get the same bits.
template <unsigned kLanes = kWarpSize, class T, class Combine>
__device__ T warp_reduce(T value, const Combine& combine, Place = Place::here()) {
  SONOGRAD_UNROLL
  for (unsigned mask = kLanes / 2; mask > 0; mask /= 2) value = combine(value, warp_shuffle_xor(value, mask));
  return value;
}

#else

namespace detail {

template <class T>
struct Shuffle {
  T value;
  unsigned source;
  T result;
};

template <class T>
T shuffle(T value, unsigned source, const char* what, Place place) {
  Shuffle<T> frame{value, source, value};
  emulator::warp_collective(
      frame,
      [](const auto& frames) {
        for (Shuffle<T>* lane : frames) lane->result = frames[lane->source]->value;
      },
      what, place);
  return frame.result;
}

inline unsigned this_lane() {
  return emulator::self().lane();
}

}  // namespace detail

template <class T>
T warp_shuffle(T value, unsigned source, Place place = Place::here()) {
  return detail::shuffle(value, source % kWarpSize, "warp_shuffle", place);
}
template <class T>
T warp_shuffle_xor(T value, unsigned mask, Place place = Place::here()) {
  return detail::shuffle(value, (detail::this_lane() ^ mask) % kWarpSize, "warp_shuffle_xor", place);
}
template <class T>
T warp_shuffle_down(T value, unsigned delta, Place place = Place::here()) {
  const unsigned lane = detail::this_lane(), source = lane + delta;
  return detail::shuffle(value, source < kWarpSize ? source : lane, "warp_shuffle_down", place);
}
template <class T>
T warp_shuffle_up(T value, unsigned delta, Place place = Place::here()) {
  const unsigned lane = detail::this_lane();
  return detail::shuffle(value, lane >= delta ? lane - delta : lane, "warp_shuffle_up", place);
}

inline std::uint32_t warp_ballot(bool vote, Place place = Place::here()) {
  struct Ballot {
    bool vote;
    std::uint32_t result;
  } frame{vote, 0};
  emulator::warp_collective(
      frame,
      [](const auto& frames) {
        std::uint32_t votes = 0;
        for (unsigned lane = 0; lane < kWarpSize; ++lane) votes |= std::uint32_t{frames[lane]->vote} << lane;
        for (Ballot* lane : frames) lane->result = votes;
      },
      "warp_ballot", place);
  return frame.result;
}

template <unsigned kLanes = kWarpSize, class T, class Combine>
T warp_reduce(T value, const Combine& combine, Place place = Place::here()) {
  emulator::warp_collective(
      value,
      [&](const auto& frames) {
        std::array<T, kWarpSize> now, before;
        for (unsigned lane = 0; lane < kWarpSize; ++lane) now[lane] = *frames[lane];
        for (unsigned mask = kLanes / 2; mask > 0; mask /= 2) {
          before = now;
          for (unsigned lane = 0; lane < kWarpSize; ++lane)
            now[lane] = combine(before[lane], before[lane ^ mask]);
        }
        for (unsigned lane = 0; lane < kWarpSize; ++lane) *frames[lane] = now[lane];
      },
      "warp_reduce", place);
  return value;
}

#endif

/// Sum and maximum over each group of `kLanes` lanes, in a fixed order.
template <unsigned kLanes = kWarpSize, class T>
__device__ T warp_sum(T value, Place place = Place::here()) {
  return warp_reduce<kLanes>(
      value, [](T a, T b) { return a + b; }, place);
}
template <unsigned kLanes = kWarpSize, class T>
__device__ T warp_max(T value, Place place = Place::here()) {
  return warp_reduce<kLanes>(
      value, [](T a, T b) { return a < b || b != b ? b : a; }, place);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
