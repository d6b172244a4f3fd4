// The linear congruential generator of the published reference outputs: makes a test signal and weights.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "models/core/weights.h"

namespace sonograd::test {

/// s <- (1664525 s + 1013904223) mod 2^32, u = s / 2^32 - 0.5.
class Lcg {
 public:
  explicit Lcg(std::uint32_t seed) : state_(seed) {}
  double next() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<double>(state_) / 4294967296.0 - 0.5;
  }
  std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_;
};

/// x[n] = 0.5 u + 0.25 sin(2 pi 440 n / sample_rate), as [1, samples].
inline Tensor lcg_signal(std::int64_t samples, double sample_rate) {
  Lcg lcg(1);
  const Tensor x = Tensor::empty({1, samples});
  for (std::int64_t n = 0; n < samples; ++n) {
    const double tone = std::sin(2 * std::numbers::pi * 440.0 * static_cast<double>(n) / sample_rate);
    x.data<float>()[n] = static_cast<float>(0.5 * lcg.next() + 0.25 * tone);
  }
  return x;
}

/// Fills parameters and running statistics in the published order and layout, but for the Q of harmonic filters, which stays 1.
/// Returns the generator's last state.
inline std::uint32_t lcg_fill(layers::Module& module) {
  Lcg lcg(12345);
  for (const layers::StateEntry& entry : module.state()) {
    const std::string last = entry.name.substr(entry.name.rfind('.') + 1);
    if (entry.may_be_missing() || last == "bw_Q") continue;
    const Shape shape = models::file_shape(entry.tensor.shape(), entry.layout);
    const Tensor filled = Tensor::empty(shape);
    const double fan = static_cast<double>(shape.numel()) / static_cast<double>(shape[0]);
    for (float& value : filled.span<float>()) {
      const double u = lcg.next();
      value = static_cast<float>(last == "running_mean"     ? 0.2 * u
                                 : last == "running_var"    ? 1 + u
                                 : last.starts_with("bias") ? 0.2 * u
                                 : shape.rank() == 1        ? 1 + 0.4 * u
                                                            : u * std::sqrt(24.0 / fan));
    }
    entry.tensor.copy_from(models::from_file_layout(filled, entry.layout));
  }
  module.state_changed();
  return lcg.state();
}

/// Likewise of a network whose files have other names and layouts than its state: values by the published names, in the order of the
/// state, or in `order` of the published names (smallest first; equal: as in the state).
inline std::uint32_t lcg_fill_published(models::Network& network,
                                        const std::function<int(const std::string&)>& order = {}) {
  struct Entry {
    Tensor ours;
    models::PublishedTensor file;
  };
  std::vector<Entry> entries;
  for (const layers::StateEntry& entry : network.state()) {
    if (entry.may_be_missing() || entry.name.ends_with("bw_Q")) continue;
    entries.push_back({entry.tensor, network.published(entry)});
  }
  if (order)
    std::ranges::stable_sort(entries, {}, [&](const Entry& entry) { return order(entry.file.name); });
  Lcg lcg(12345);
  for (const Entry& entry : entries) {
    const std::string last = entry.file.name.substr(entry.file.name.rfind('.') + 1);
    const Tensor filled = Tensor::empty(entry.file.shape);
    const double fan = static_cast<double>(filled.numel()) / static_cast<double>(filled.shape()[0]);
    for (float& value : filled.span<float>()) {
      const double u = lcg.next();
      value = static_cast<float>(last == "running_mean"                           ? 0.2 * u
                                 : last == "running_var"                          ? 1 + u
                                 : last == "pos_embedding" || last == "cls_token" ? 0.04 * u
                                 : last.starts_with("bias")                       ? 0.2 * u
                                 : filled.shape().rank() == 1                     ? 1 + 0.4 * u
                                                              : u * std::sqrt(24.0 / fan));
    }
    entry.ours.copy_from(entry.file.from_file(filled));
  }
  network.state_changed();
  return lcg.state();
}

}  // namespace sonograd::test
