#include "models/fronts/pons_waveform.h"

#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kKernel = 3, kNarrow = 3;  // positions; layers of the first width
constexpr layers::BatchNormOptions kWaveformNorm = {.eps = 1e-3, .momentum = 0.01};

}  // namespace

PonsWaveformFront::PonsWaveformFront(std::int64_t depth, std::int64_t width) {
  std::int64_t in = 1;
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::int64_t out = i < kNarrow ? width : i + 1 < depth ? 2 * width : 4 * width;
    layers_.push_back(std::make_unique<layers::Part<layers::ConvUnit1d>>(
        *this, concat("conv", i), in, out,
        layers::ConvUnit1d::Options{.kernel = kKernel,
                                    .conv = {.stride = i == 0 ? kKernel : 1},
                                    .norm = kWaveformNorm,
                                    .pool = i == 0 ? 1 : kKernel,
                                    .order = layers::UnitOrder::conv_activation_norm}));
    in = out;
  }
}

Variable PonsWaveformFront::forward(const Variable& x) const {
  Variable y = x;
  for (const auto& layer : layers_) y = layer->forward(y);
  return y;
}

FirstLayer PonsWaveformFront::first(std::string_view option, std::int64_t width) {
  return {.option = option, .channels = width, .stride = kKernel};
}

std::int64_t PonsWaveformFront::frames(std::int64_t depth, std::int64_t samples) {
  std::int64_t frames = samples / kKernel;
  for (std::int64_t i = 1; i < depth; ++i) frames = (frames - kKernel + 1) / kKernel;
  return frames;
}

}  // namespace sonograd::models
