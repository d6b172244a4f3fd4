#include "kernels/stft/fft_plan.h"

#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>

namespace sonograd::kernels::cpu {
namespace {

// exp(-2 pi j * k / n)
void push_root(std::vector<float>& table, std::int64_t k, std::int64_t n) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
  table.push_back(static_cast<float>(std::cos(angle)));
  table.push_back(static_cast<float>(-std::sin(angle)));
}

std::int64_t next_radix(std::int64_t n) {
  for (const std::int64_t radix : {4, 2, 3, 5}) {
    if (n % radix == 0) return radix;
  }
  for (std::int64_t prime = 7; prime * prime <= n; prime += 2) {
    if (n % prime == 0) return prime;
  }
  return n;
}

}  // namespace

FftPlan::FftPlan(std::int64_t n) {
  const std::int64_t points = n % 2 == 0 ? n / 2 : n;
  for (std::int64_t rest = points; rest > 1;) {
    const std::int64_t radix = next_radix(rest);
    const std::int64_t columns = rest / radix;
    std::vector<float>& twiddles = tables_.emplace_back();
    for (std::int64_t p = 0; p < columns; ++p) {
      for (std::int64_t q = 1; q < radix; ++q) push_root(twiddles, p * q, rest);
    }
    std::vector<float>& roots = tables_.emplace_back();
    for (std::int64_t q = 0; q < radix; ++q) push_root(roots, q, radix);
    stages_.push_back(
        {radix, columns, points / rest, tables_[tables_.size() - 2].data(), tables_.back().data()});
    rest = columns;
  }
  std::vector<float>& unpack = tables_.emplace_back();
  for (std::int64_t k = 0; k <= points; ++k) push_root(unpack, k, n);
  fft_ = {n, points, static_cast<std::int64_t>(stages_.size()), stages_.data(), unpack.data()};
}

const FftPlan& fft_plan(std::int64_t n) {
  static std::mutex mutex;
  static std::map<std::int64_t, std::unique_ptr<const FftPlan>> plans;
  const std::lock_guard lock(mutex);
  std::unique_ptr<const FftPlan>& plan = plans[n];
  if (!plan) plan = std::make_unique<const FftPlan>(n);
  return *plan;
}

}  // namespace sonograd::kernels::cpu
