#include "bench/peak.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <sched.h>
#include <vector>

#include "bench/peak_simd.h"
#include "kernels/core/launch.h"
#include "tensor/tensor.h"

namespace sonograd::bench {
namespace {

// Runs are shorter than a time slice, so that some have the processor alone on a busy machine.
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

// While it lives, its thread runs on the `index`th of the cores that the process may use: a scheduler may keep two busy
// threads on one core for seconds, which halves a peak.
class OnCore {
 public:
  explicit OnCore(std::size_t index) {
    if (sched_getaffinity(0, sizeof(before_), &before_) != 0) return;
    auto left = index % static_cast<std::size_t>(CPU_COUNT(&before_));
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (!CPU_ISSET(core, &before_) || left-- > 0) continue;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(core, &one);
      moved_ = sched_setaffinity(0, sizeof(one), &one) == 0;
      return;
    }
  }
  ~OnCore() {
    if (moved_) sched_setaffinity(0, sizeof(before_), &before_);
  }
  OnCore(const OnCore&) = delete;
  OnCore& operator=(const OnCore&) = delete;

 private:
  cpu_set_t before_;
  bool moved_ = false;
};

double measure_flops() {
  constexpr std::int64_t kRounds = 300'000;
  const std::int64_t threads = kernels::threads();
  std::vector<double> operations(static_cast<std::size_t>(threads));
  std::vector<float> results(operations.size());
  const double seconds = best_seconds([&] {
    kernels::launch("multiply_adds", threads, [&](std::int64_t thread) {
      const auto i = static_cast<std::size_t>(thread);
      const OnCore here(i);
      results[i] = SONOGRAD_SIMD_CALL(multiply_adds)(kRounds, &operations[i]);
    });
  });
  return operations[0] * static_cast<double>(threads) / seconds;
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
