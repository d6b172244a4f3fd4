#include "train/data/augment.h"

#include <algorithm>
#include <cmath>

#include "kernels/mask/mask.h"
#include "tensor/support/error.h"
#include "tensor/support/recycled.h"

namespace sonograd::train {
namespace {

/// Gamma(shape, 1): Marsaglia & Tsang, "A simple method for generating gamma variables" (2000), and their
/// boost for shapes below 1.
double gamma_variate(double shape, Random& random) {
  if (shape < 1) {
    const double base = gamma_variate(shape + 1, random);
    return base * std::pow(1.0 - random.uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random.normal();
    const double v = std::pow(1 + c * x, 3);
    const double u = 1.0 - random.uniform();
    if (v > 0 && std::log(u) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
  }
}

struct Stretch {
  std::int64_t start = 0, length = 0;
};

/// Up to `widest` of `extent` positions, all lengths and places equally likely.
Stretch random_stretch(std::int64_t extent, double widest, Random& random) {
  const auto limit = static_cast<std::int64_t>(widest * static_cast<double>(extent));
  const auto length = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(limit) + 1));
  return {static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(extent - length) + 1)), length};
}

/// Operands of kernels::mask_maps.
using Rectangles = RecycledVector<kernels::MaskRectangle>;

void draw_rectangles(std::int64_t frames, std::int64_t bands, const Settings::Augment& settings,
                     Random& random, Rectangles& into) {
  const auto as_i32 = [](std::int64_t value) { return static_cast<std::int32_t>(value); };
  for (std::int64_t i = 0; i < settings.freq_masks; ++i) {
    const auto [start, length] = random_stretch(bands, settings.freq_width, random);
    into.push_back({0, as_i32(frames), as_i32(start), as_i32(length)});
  }
  for (std::int64_t i = 0; i < settings.time_masks; ++i) {
    const auto [start, length] = random_stretch(frames, settings.time_width, random);
    into.push_back({as_i32(start), as_i32(length), 0, as_i32(bands)});
  }
}

}  // namespace

std::int64_t shift_in_time(std::span<float> chunk, double share, Random& random) {
  const auto length = static_cast<std::int64_t>(chunk.size());
  const auto limit = static_cast<std::int64_t>(share * static_cast<double>(length));
  const auto shift =
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * limit + 1))) - limit;
  const std::int64_t moved = shift < 0 ? length + shift : shift;
  std::rotate(chunk.begin(), chunk.end() - moved, chunk.end());
  return moved;
}

void shift_targets(std::span<float> targets, std::int64_t steps, std::int64_t moved, std::int64_t samples) {
  const std::int64_t rows = (2 * moved * steps + samples) / (2 * samples);  // rounded
  std::rotate(targets.begin(), targets.end() - rows * (std::ssize(targets) / steps), targets.end());
}

float mixup_weight(double alpha, Random& random) {
  const double a = gamma_variate(alpha, random);
  const double b = gamma_variate(alpha, random);
  // Both vanish where alpha is tiny: then one example takes all.
  const double share = a + b > 0 ? a / (a + b) : 1.0;
  return static_cast<float>(std::max(share, 1 - share));
}

void mask_features(const Tensor& features, std::span<const RandomKey> keys,
                   const Settings::Augment& settings) {
  const Shape& shape = features.shape();
  if (shape.rank() != 4 || settings.freq_masks + settings.time_masks == 0) return;
  if (static_cast<std::int64_t>(keys.size()) != shape[0] || shape[3] != 1) {
    throw ShapeError(
        concat("[mask] ", keys.size(), " keys for features ", shape, ", which must be [N, T, F, 1]"));
  }
  Rectangles rectangles;
  for (RandomKey key : keys) {
    key.stream = RandomStream::mask;
    Random random(key);
    draw_rectangles(shape[1], shape[2], settings, random, rectangles);
  }
  const std::span values(reinterpret_cast<const std::int32_t*>(rectangles.data()), 4 * rectangles.size());
  const Tensor there =
      Tensor::from(values, {shape[0], settings.freq_masks + settings.time_masks, 4}, features.device());
  const Tensor maps = features.reshape({shape[0], shape[1], shape[2]});
  kernels::mask_maps(kernels::MaskProblem::make(maps.shape(), there.shape()), maps, there, set(maps));
}

}  // namespace sonograd::train
