#include "models/backs/pons_back_end.h"

#include <algorithm>

#include "autograd/ops/binary.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/ops/reduce.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kPonsKernel = 7;

layers::ConvUnit1d::Options over_time(const Conv1dOptions& options,
                                      const std::optional<layers::BatchNormOptions>& norm) {
  return {
      .kernel = kPonsKernel, .conv = options, .norm = norm, .order = layers::UnitOrder::conv_activation_norm};
}

// A norm over all elements of a map.
Variable scalar_norm(const layers::BatchNorm& norm, const Variable& x) {
  const Shape shape = x.shape();
  return reshape(norm.forward(reshape(x, {shape[0], shape[1], shape[2], 1})), shape);
}

// [N, C] and [N, C] -> [N, 2C], element by element in turns: side by side and then transposed, which all devices do in tiles.
Variable interleave(const Variable& a, const Variable& b) {
  const std::int64_t n = a.shape()[0], channels = a.shape()[1];
  const Variable rows = reshape(concat({a, b}, 1), {n, 2, channels});
  return reshape(permute(rows, {0, 2, 1}), {n, 2 * channels});
}

}  // namespace

std::int64_t checked_pons_frames(std::int64_t frames) {
  if (frames < kPonsLeastFrames) {
    throw ShapeError(concat("[pons] expected at least ", kPonsLeastFrames,
                            " frames behind the front end, got ", std::max<std::int64_t>(0, frames)));
  }
  return frames;
}

void PonsBackOptions::list(OptionList& all) {
  all.add("back_filters", filters, {1, 4096}, "width of the convolutions of the back end");
  all.add("units", units, {1, 4096}, "width of the layer before the output layer");
  all.add("dropout", dropout, {0, 0.99}, "dropout before either dense layer");
  non_local.list(all);
}

std::int64_t PonsBackOptions::read_sizes(const io::NamedTensors& weights, std::string_view name) {
  filters = extent_of(weights, concat(name, ".conv1.conv.weight"), 0);
  units = extent_of(weights, concat(name, ".dense1.weight"), 0);
  non_local.read_places(weights, [&](std::int64_t layer) { return concat(name, ".non_local", layer); });
  return extent_of(weights, concat(name, ".dense2.weight"), 0);
}

PonsBackEnd::PonsBackEnd(std::int64_t features, const PonsBackOptions& options, std::int64_t labels)
    : options_(options),
      conv1_(*this, "conv1", features, options.filters, over_time({}, kPonsNorm)),
      non_local1_(*this, "non_local1", options.filters, options.non_local.behind(1)),
      conv2_(*this, "conv2", options.filters, options.filters,
             over_time(layers::same_padding(kPonsKernel), std::nullopt)),
      bn2_(*this, "bn2", 1, kPonsNorm),
      non_local2_(*this, "non_local2", options.filters, options.non_local.behind(2)),
      conv3_(*this, "conv3", options.filters, options.filters,
             over_time(layers::same_padding(kPonsKernel), std::nullopt)),
      bn3_(*this, "bn3", 1, kPonsNorm),
      non_local3_(*this, "non_local3", options.filters, options.non_local.behind(3)),
      dropout1_(*this, "dropout1", options.dropout),
      dense1_(*this, "dense1", 2 * options.filters, options.units),
      bn_(*this, "bn", options.units, kPonsNorm),
      dropout2_(*this, "dropout2", options.dropout),
      dense2_(*this, "dense2", options.units, labels) {}

void PonsBackEnd::forward(const Variable& x, Outputs& outputs) const {
  if (x.shape()[1] < kPonsLeastFrames) {
    throw ShapeError(concat("[pons] x: expected at least ", kPonsLeastFrames, " frames, got ", x.shape()));
  }
  const Variable cnn1 = non_local1_.forward(conv1_.forward(x));  // [N, 932, 512]
  const Variable cnn2 = non_local2_.forward(add(scalar_norm(bn2_, conv2_.forward(cnn1)), cnn1));
  const Variable halved = max_pool1d(cnn2, 2);  // [N, 466, 512]
  const Variable cnn3 = non_local3_.forward(add(scalar_norm(bn3_, conv3_.forward(halved)), halved));
  const Variable largest = max(cnn3, {1}), average = mean(cnn3, {1});  // [N, 512]
  outputs.set("cnn1", cnn1);
  outputs.set("cnn2", cnn2);
  outputs.set("cnn3", cnn3);
  outputs.set("max_pool", largest);
  outputs.set("mean_pool", average);
  const Variable pooled = dropout1_.forward(interleave(largest, average));  // [N, 1024]
  const Variable penultimate = bn_.forward(relu(dense1_.forward(pooled)));  // [N, 500]
  outputs.set(kPenultimate, penultimate);
  outputs.set(kLogits, dense2_.forward(dropout2_.forward(penultimate)));
}

std::vector<OutputInfo> PonsBackEnd::outputs(std::int64_t frames) const {
  const std::int64_t inner = frames - kPonsKernel + 1, c = options_.filters;
  return {{"cnn1", {inner, c}, "first convolution over time"},
          {"cnn2", {inner, c}, "second convolution over time, with its shortcut"},
          {"cnn3", {inner / 2, c}, "third convolution over time, with its shortcut"},
          {"max_pool", {c}, "maximum over time of cnn3"},
          {"mean_pool", {c}, "mean over time of cnn3"}};
}

}  // namespace sonograd::models
