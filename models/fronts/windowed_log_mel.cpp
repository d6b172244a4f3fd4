#include "models/fronts/windowed_log_mel.h"

#include "autograd/ops/copy.h"
#include "layers/trace.h"
#include "models/core/value_ranges.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kParts = 5, kNewParts = 2;

}  // namespace

Input WindowedFront::input() const {
  check_map_values(
      concat("front_end.n_mels = ", mel.n_mels, " with front_end.hop_length = ", mel.hop_length, " makes"),
      static_cast<double>(windows() * frames() * mel.n_mels) / static_cast<double>(samples), samples,
      mel.sample_rate);
  return {.sample_rate = mel.sample_rate, .samples = samples};
}

std::int64_t WindowedFront::windows() const {
  if (samples < kParts * part())
    throw ConfigError(
        concat("model.samples = ", samples, ": expected at least ", kParts * part(), ", a window of 100 ms"));
  return 1 + (samples / part() - kParts) / kNewParts;
}

void WindowedFront::set_windows(std::int64_t windows) {
  samples = (kNewParts * (windows - 1) + kParts) * part();
}

std::int64_t WindowedFront::frames() const {
  LogMelFront window = *this;
  window.samples = kParts * part();
  return window.frames();
}

FeatureAxes WindowedFront::axes() const {
  FeatureAxes axes = LogMelFront::axes();
  axes.step = static_cast<double>(kNewParts * part()) / static_cast<double>(frames());
  return axes;
}

WindowedLogMel::WindowedLogMel(const WindowedFront& front)
    : LogMel(front.mel), part_(front.part()), windows_(front.windows()), frames_(front.frames()) {}

Tensor WindowedLogMel::forward(const Tensor& waveforms) const {
  layers::TraceScope trace(*this, "log_mel of windows");
  const std::int64_t n = waveforms.shape()[0], used = (kNewParts * (windows_ - 1) + kParts) * part_;
  const Tensor zeros = Tensor::zeros({n, part_}, waveforms.dtype(), waveforms.device());
  const Variable x = concat({slice(Variable(waveforms), 1, 0, used), Variable(zeros)}, 1);
  std::vector<Variable> parts;
  for (std::int64_t i = 0; i < kParts; ++i) {  // of all windows, the part at i
    const Variable from_here = slice(x, 1, i * part_, kNewParts * windows_ * part_);
    parts.push_back(slice(reshape(from_here, {n, windows_, kNewParts, part_}), 2, 0, 1));
  }
  const Tensor windows = reshape(concat(parts, 2), {n * windows_, kParts * part_}).data();
  const Variable maps(LogMel::forward(windows));
  return trace.output(reshape(maps, {n, windows_ * frames_, maps.shape()[2], 1})).data();
}

WindowedNetwork::WindowedNetwork(const WindowedFront& front, std::int64_t labels)
    : Network(front.input(), labels),
      axes_(front.axes()),
      windows_(front.windows()),
      frames_(front.frames()),
      spec_(*this, "spec", front) {}

Variable WindowedNetwork::windows_of(const Variable& features) const {
  return reshape(features, {features.shape()[0], windows_, frames_, features.shape()[2]});
}

}  // namespace sonograd::models
