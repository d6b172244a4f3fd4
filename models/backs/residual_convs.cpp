#include "models/backs/residual_convs.h"

#include "autograd/ops/binary.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kResidualKernel = 7;

}  // namespace

OutputInfo taggram_info(std::int64_t labels) {
  return {
      .name = std::string(kTaggram), .shape = {labels}, .help = "scores of the tags, sigmoid of the logits"};
}

std::vector<OutputInfo> musicnn_outputs(const MusicnnSizes& sizes) {
  const auto over_time = [&](std::string_view name, std::int64_t width, std::string help) {
    return OutputInfo{.name = std::string(name), .shape = {sizes.frames, width}, .help = std::move(help)};
  };
  const std::string pool = "over time of features and convolutions";
  return {over_time(kTimbral, sizes.timbral, "features of the filters over frequency"),
          over_time(kTemporal, sizes.temporal, "features of the filters over time"),
          over_time(kCnn[0], sizes.channels, "first convolution over time"),
          over_time(kCnn[1], sizes.channels, "second convolution, with its shortcut"),
          over_time(kCnn[2], sizes.channels, "third convolution, with its shortcut"),
          {.name = std::string(kMeanPool), .shape = {sizes.pooled()}, .help = concat("mean ", pool)},
          {.name = std::string(kMaxPool), .shape = {sizes.pooled()}, .help = concat("maximum ", pool)}};
}

ResidualConvs::ResidualConvs(layers::Module& network, const std::array<std::string_view, 3>& names,
                             std::int64_t features, std::int64_t channels, layers::UnitOrder order,
                             const layers::BatchNormOptions& norm)
    : first_(
          network, names[0], features, channels,
          layers::ConvUnitOptions<layers::Conv1d>{.kernel = kResidualKernel, .norm = norm, .order = order}),
      second_(
          network, names[1], channels, channels,
          layers::ConvUnitOptions<layers::Conv1d>{.kernel = kResidualKernel, .norm = norm, .order = order}),
      third_(
          network, names[2], channels, channels,
          layers::ConvUnitOptions<layers::Conv1d>{.kernel = kResidualKernel, .norm = norm, .order = order}) {}

Variable ResidualConvs::forward(const Variable& timbral, const Variable& temporal, Outputs& outputs) const {
  const Variable features = concat({timbral, temporal}, 2);  // [N, T, features]
  const Variable first = first_.forward(features);           // [N, T, channels]
  const Variable second = add(second_.forward(first), first);
  const Variable third = add(third_.forward(second), second);
  const Variable all = concat({features, first, second, third}, 2);
  const Variable maxima = max(all, {1}), means = mean(all, {1});
  outputs.set(kTimbral, timbral);
  outputs.set(kTemporal, temporal);
  outputs.set(kCnn[0], first);
  outputs.set(kCnn[1], second);
  outputs.set(kCnn[2], third);
  outputs.set(kMeanPool, means);
  outputs.set(kMaxPool, maxima);
  return concat({maxima, means}, 1);
}

}  // namespace sonograd::models
