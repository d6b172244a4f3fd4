// The VGG-like network of the musicnn library, in TensorFlow, on patches of 187 frames (3 s): MTT_vgg, MSD_vgg.
// Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR-LBD 2019.
#include <array>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "layers/conv_unit.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/residual_convs.h"
#include "models/core/architecture.h"
#include "models/core/tensorflow_names.h"
#include "models/fronts/log_mel_network.h"
#include "models/fronts/log_mel_patches.h"

namespace sonograd::models {
namespace {

constexpr layers::BatchNormOptions kVggNorm = {.eps = 1e-3, .momentum = 0.01};
constexpr std::array<std::string_view, 5> kVggPools = {"pool1", "pool2", "pool3", "pool4", "pool5"};

constexpr TensorFlowLayer kVggLayers[] = {{"input_bn", "batch_normalization"},    {"block1.conv", "1CNN"},
                                          {"block1.bn", "batch_normalization_1"}, {"block2.conv", "2CNN"},
                                          {"block2.bn", "batch_normalization_2"}, {"block3.conv", "3CNN"},
                                          {"block3.bn", "batch_normalization_3"}, {"block4.conv", "4CNN"},
                                          {"block4.bn", "batch_normalization_4"}, {"block5.conv", "5CNN"},
                                          {"block5.bn", "batch_normalization_5"}, {"dense", "dense"}};

// 3x3 convolution, ReLU, norm, maximum over windows of `pool` every `stride`.
layers::ConvUnitOptions<layers::Conv2d> block(kernels::Pair pool, kernels::Pair stride) {
  return {.norm = kVggNorm,
          .pool = pool,
          .pool_stride = stride,
          .order = layers::UnitOrder::conv_activation_norm};
}

// Extents [frames, bands] behind the pools.
std::array<kernels::Pair, 5> pooled_extents(const LogMelPatches& front) {
  kernels::Pair extent = {front.frames(), front.mel.n_mels};
  const auto pool = [&](kernels::Pair window, std::int64_t stride) {
    if (extent.t < window.t || extent.f < window.f) {
      throw ShapeError(concat("[vgg_tf] expected at least 91 frames of 64 bands, got ", front.frames(),
                              " of ", front.mel.n_mels));
    }
    extent = {(extent.t - window.t) / stride + 1, (extent.f - window.f) / stride + 1};
    return extent;
  };
  return {pool({4, 1}, 2), pool(2, 2), pool(2, 2), pool(2, 2), pool(4, 4)};
}

class VggTf final : public LogMelNetwork {
 public:
  struct Options {
    LogMelPatches front = LogMelPatches::musicnn();
    std::int64_t channels = 128;
    double block_dropout = 0.25, dropout = 0.5;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the blocks");
      front.list(all);
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout behind the first four blocks");
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "1CNN/kernel", 3);
    return extent_of(weights, "dense/kernel", 1);
  }

  VggTf(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = input_bn_.forward(features);  // [N, 187, 96, 1]
    x = block1_.forward(x);                    // [N, 92, 48, 128]
    outputs.set(kVggPools[0], x);
    x = block2_.forward(block_dropout_.forward(x));  // [N, 46, 24, 128]
    outputs.set(kVggPools[1], x);
    x = block3_.forward(block_dropout_.forward(x));  // [N, 23, 12, 128]
    outputs.set(kVggPools[2], x);
    x = block4_.forward(block_dropout_.forward(x));  // [N, 11, 6, 128]
    outputs.set(kVggPools[3], x);
    x = block5_.forward(block_dropout_.forward(x));  // [N, 2, 1, 128]
    outputs.set(kVggPools[4], x);
    const Variable flat = reshape(x, {x.shape()[0], flat_});
    const Variable logits = dense_.forward(dropout_.forward(flat));
    outputs.set(kLogits, logits);
    if (outputs.contains(kTaggram)) outputs.set(kTaggram, sigmoid(logits));
  }

  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> all = {logits_info(), taggram_info(labels())};
    for (std::size_t i = 0; i < kVggPools.size(); ++i)
      all.push_back({.name = std::string(kVggPools[i]),
                     .shape = {extents_[i].t, extents_[i].f, options_.channels},
                     .help = concat("map behind block ", i + 1)});
    return all;
  }

  PublishedTensor published(const layers::StateInfo& entry) const override {
    return published_by_tensorflow(entry, kVggLayers);
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  std::array<kernels::Pair, 5> extents_ = pooled_extents(options_.front);
  std::int64_t flat_ = extents_.back().t * extents_.back().f * c_;
  layers::Part<layers::BatchNorm> input_bn_{*this, "input_bn", 1, kVggNorm};
  layers::Part<layers::ConvUnit2d> block1_{*this, "block1", 1, c_, block({4, 1}, 2)};
  layers::Part<layers::ConvUnit2d> block2_{*this, "block2", c_, c_, block(2, 2)};
  layers::Part<layers::ConvUnit2d> block3_{*this, "block3", c_, c_, block(2, 2)};
  layers::Part<layers::ConvUnit2d> block4_{*this, "block4", c_, c_, block(2, 2)};
  layers::Part<layers::ConvUnit2d> block5_{*this, "block5", c_, c_, block(4, 4)};
  layers::Part<layers::Dropout> block_dropout_{*this, "block_dropout", options_.block_dropout};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", flat_, labels()};
};

}  // namespace

Architecture vgg_tf_architecture() {
  return architecture_of<VggTf>(
      {.name = "vgg_tf",
       .summary = "the VGG-like network of the musicnn library (Pons and Serra 2019)",
       .paper =
           "Pons, Serra, \"musicnn: pre-trained convolutional neural networks for music audio tagging\", "
           "ISMIR-LBD 2019"});
}

}  // namespace sonograd::models
