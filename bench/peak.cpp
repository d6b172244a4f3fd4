#include "bench/peak.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

#include "bench/peak_simd.h"
#include "kernels/core/launch.h"
#include "tensor/tensor.h"

namespace sonograd::bench {
namespace {

// Runs are shorter than a time slice, so that some have the processor to themselves on a busy machine.
constexpr double kSeconds = 0.4;

template <class Work>
double best_seconds(const Work& work) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  double best = 1e30;
  for (const auto begin = Clock::now(); seconds_since(begin) < kSeconds;) {
    const auto start = Clock::now();
    work();
    best = std::min(best, seconds_since(start));
  }
  return best;
}

double flops_of(std::int64_t threads) {
  constexpr std::int64_t kRounds = 300'000;
  std::vector<double> operations(static_cast<std::size_t>(threads));
  std::vector<float> results(operations.size());
  const double seconds = best_seconds([&] {
    kernels::launch("multiply_adds", threads, [&](std::int64_t thread) {
      const auto i = static_cast<std::size_t>(thread);
      results[i] = SONOGRAD_SIMD_CALL(multiply_adds)(kRounds, &operations[i]);
    });
  });
  return operations[0] * static_cast<double>(threads) / seconds;
}

// A scheduler may leave two threads on one core for more than a second. All together should do nearly as much as each of
// them alone; if they do not they get another chance, and where cores share their units they never will.
double measure_flops() {
  constexpr int kChances = 6;
  const double wanted = 0.75 * static_cast<double>(kernels::threads()) * flops_of(1);
  double best = 0;
  for (int i = 0; i < kChances && best < wanted; ++i) best = std::max(best, flops_of(kernels::threads()));
  return best;
}

double measure_bytes() {
  constexpr std::int64_t kPieceBytes = 1 << 20, kPieces = 64;
  const Tensor from = Tensor::zeros({kPieces, kPieceBytes}, DType::u8);
  const Tensor to = Tensor::zeros({kPieces, kPieceBytes}, DType::u8);
  const double seconds = best_seconds([&] {
    kernels::launch("copy", kPieces, [&](std::int64_t i) {
      std::memcpy(to.data<std::uint8_t>() + i * kPieceBytes, from.data<std::uint8_t>() + i * kPieceBytes,
                  kPieceBytes);
    });
  });
  return 2.0 * kPieceBytes * kPieces / seconds;
}

}  // namespace

double Peak::floor_seconds(double work_flops, double work_bytes) const {
  return std::max(work_flops / flops, work_bytes / bytes);
}

Peak measure_peak() {
  return {.flops = measure_flops(), .bytes = measure_bytes()};
}

}  // namespace sonograd::bench
