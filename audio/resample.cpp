#include "audio/resample.h"

#include <soxr.h>

#include "audio/decode.h"
#include "tensor/support/error.h"

namespace sonograd::audio {
namespace {

/// Output samples requested from soxr at a time.
constexpr std::size_t kStep = 16384;

void check_rate(int rate) {
  if (rate >= 1 && rate <= kMaxSampleRate) return;
  throw ConfigError(concat("[resample] expected a sample rate of 1 to ", kMaxSampleRate, " Hz, got ", rate));
}

}  // namespace

std::int64_t resampled_length(std::int64_t samples, int from, int to) {
  // Split so that no product overflows, however long the clip.
  const std::int64_t rest = samples % from * to;
  return samples / from * to + (rest + from - 1) / from;
}

Resampler::Resampler(int from, int to) : from_(from), to_(to), soxr_(nullptr, soxr_delete) {
  check_rate(from);
  check_rate(to);
  if (from == to) return;
  soxr_error_t error = nullptr;
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  soxr_.reset(soxr_create(from, to, 1, &error, nullptr, &quality, nullptr));
  if (error) throw ConfigError(concat("[resample] ", from, " Hz to ", to, " Hz: ", error));
}

void Resampler::feed(std::span<const float> input, std::vector<float>& output) {
  // A null input marks the end of the stream for soxr; an empty one must not.
  const bool end = input.data() == nullptr;
  std::size_t made = 0;
  do {
    const std::size_t old = output.size();
    std::size_t used = 0;
    output.resize(old + kStep);
    soxr_process(soxr_.get(), input.data(), input.size(), &used, output.data() + old, kStep, &made);
    output.resize(old + made);
    produced_ += static_cast<std::int64_t>(made);
    if (!end) input = input.subspan(used);
  } while (made > 0 || (!end && !input.empty()));
}

void Resampler::process(std::span<const float> input, std::vector<float>& output) {
  if (input.empty()) return;
  consumed_ += static_cast<std::int64_t>(input.size());
  if (soxr_) {
    feed(input, output);
  } else {
    output.insert(output.end(), input.begin(), input.end());
  }
}

void Resampler::finish(std::vector<float>& output) {
  if (!soxr_) return;
  // soxr rounds the length of its output; silence for one more sample prevents an output that is too short.
  const std::vector<float> silence(static_cast<std::size_t>(from_ / to_ + 1));
  feed(silence, output);
  feed({}, output);
  const std::int64_t surplus = produced_ - resampled_length(consumed_, from_, to_);
  output.resize(output.size() - static_cast<std::size_t>(surplus));
}

std::vector<float> resample(std::span<const float> input, int from, int to) {
  Resampler resampler(from, to);
  std::vector<float> output;
  resampler.process(input, output);
  resampler.finish(output);
  return output;
}

}  // namespace sonograd::audio
