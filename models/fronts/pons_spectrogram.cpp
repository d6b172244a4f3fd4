#include "models/fronts/pons_spectrogram.h"

#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kFewestBands = 3;  // the lower filters have at least one
constexpr std::int64_t kTimbralFrames[] = {7, 3, 1};
constexpr std::int64_t kTemporalFrames[] = {165, 128, 64, 32};
constexpr layers::BatchNormOptions kNorm = {.eps = 1e-3, .momentum = 0.01};

layers::ConvUnit1d::Options temporal(std::int64_t frames) {
  return {.kernel = frames,
          .conv = {.pad_before = (frames - 1) / 2, .pad_after = frames / 2},
          .norm = kNorm,
          .order = layers::UnitOrder::conv_activation_norm};
}

}  // namespace

PonsSpectrogramFront::PonsSpectrogramFront(std::int64_t bands, std::int64_t width) {
  if (bands < kFewestBands) {
    throw ConfigError(sonograd::concat("front_end.n_mels = ", bands,
                                       ": the filters of the front end expect at least ", kFewestBands,
                                       " bands"));
  }
  for (const std::int64_t tenths : {9, 4}) {
    std::int64_t channels = width;
    for (const std::int64_t frames : kTimbralFrames) {
      timbral_.push_back(std::make_unique<layers::Part<layers::BandFilters>>(
          *this, sonograd::concat("timbral", timbral_.size() + 1), 1, channels,
          kernels::Pair{frames, bands * tenths / 10}, Conv2dOptions{.padding = {frames / 2, 0}}, kNorm));
      channels *= 2;
    }
  }
  std::int64_t channels = width;
  for (const std::int64_t frames : kTemporalFrames) {
    temporal_.push_back(std::make_unique<layers::Part<layers::ConvUnit1d>>(
        *this, sonograd::concat("temporal", temporal_.size() + 1), 1, channels, temporal(frames)));
    channels *= 2;
  }
}

Variable PonsSpectrogramFront::forward(const Variable& x) const {
  std::vector<Variable> features;
  for (const auto& unit : timbral_) features.push_back(unit->forward(x));  // [N, T, C]
  const Variable energy = mean(x, {2});                                    // [N, T, 1]
  for (const auto& unit : temporal_) features.push_back(unit->forward(energy));
  return concat(features, 2);
}

}  // namespace sonograd::models
