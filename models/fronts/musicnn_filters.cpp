#include "models/fronts/musicnn_filters.h"

#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kTallBands = 67, kShortBands = 38;
constexpr std::int64_t kTallFrames = 7;

// Filter bank over frequency and a few frames, and the maximum over all its positions in frequency.
layers::ConvUnitOptions<layers::Conv2d> over_bands(std::int64_t height, std::int64_t bands) {
  if (bands < kTallBands) {
    throw ConfigError(concat("front_end.n_mels = ", bands, ": musicnn expects at least ", kTallBands,
                             ", the height of its filters"));
  }
  return {.kernel = {kTallFrames, height},
          .conv = {.padding = kernels::Padding(kTallFrames / 2, 0)},
          .pool = {1, bands - height + 1}};
}

layers::ConvUnitOptions<layers::Conv1d> over_frames(std::int64_t frames) {
  return {.kernel = frames};
}

// [N, T, 1, C] -> [N, T, C].
Variable without_bands(const Variable& x) {
  return reshape(x, {x.shape()[0], x.shape()[1], x.shape()[3]});
}

}  // namespace

MusicnnFilters::MusicnnFilters(layers::Module& network, const std::array<std::string_view, 5>& names,
                               std::int64_t filters, std::int64_t bands)
    : tall_(network, names[0], 1, 4 * filters, over_bands(kTallBands, bands)),
      short_(network, names[1], 1, 4 * filters, over_bands(kShortBands, bands)),
      long_(network, names[2], 1, filters, over_frames(129)),
      medium_(network, names[3], 1, filters, over_frames(65)),
      brief_(network, names[4], 1, filters, over_frames(33)) {}

MusicnnFilters::Features MusicnnFilters::forward(const Variable& map) const {
  const Variable tall = without_bands(tall_.forward(map));
  const Variable low = without_bands(short_.forward(map));
  const Variable mean_band = mean(map, {2});  // [N, T, 1]
  return {concat({tall, low}, 2),
          concat({long_.forward(mean_band), medium_.forward(mean_band), brief_.forward(mean_band)}, 2)};
}

}  // namespace sonograd::models
