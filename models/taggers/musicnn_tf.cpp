// musicnn: the network of the musicnn library, in TensorFlow, on patches of 187 frames (3 s).
// Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging", ISMIR-LBD 2019. Published in
// two sizes: 64 channels and 200 units (MTT_musicnn, MSD_musicnn), 512 and 500 (MSD_musicnn_big).
//
// Differences from `musicnn`, its port to PyTorch: norms come behind ReLU; filters over time are even and run along every band,
// of which the maximum is taken; maxima and means over time have a norm of their own.
#include <iterator>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "layers/band_filters.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/residual_convs.h"
#include "models/core/architecture.h"
#include "models/core/tensorflow_names.h"
#include "models/fronts/log_mel_network.h"
#include "models/fronts/log_mel_patches.h"
#include "models/taggers/musicnn_options.h"

namespace sonograd::models {
namespace {

constexpr layers::BatchNormOptions kMusicnnNorm = {.eps = 1e-3, .momentum = 0.01};

constexpr TensorFlowLayer kMusicnnLayers[] = {{"input_bn", "batch_normalization"},
                                              {"short.conv", "conv2d"},
                                              {"short.bn", "batch_normalization_1"},
                                              {"tall.conv", "conv2d_1"},
                                              {"tall.bn", "batch_normalization_2"},
                                              {"long.conv", "conv2d_2"},
                                              {"long.bn", "batch_normalization_3"},
                                              {"medium.conv", "conv2d_3"},
                                              {"medium.bn", "batch_normalization_4"},
                                              {"brief.conv", "conv2d_4"},
                                              {"brief.bn", "batch_normalization_5"},
                                              {"cnn1.conv", "conv2d_5"},
                                              {"cnn1.bn", "batch_normalization_6"},
                                              {"cnn2.conv", "conv2d_6"},
                                              {"cnn2.bn", "batch_normalization_7"},
                                              {"cnn3.conv", "conv2d_7"},
                                              {"cnn3.bn", "batch_normalization_8"},
                                              {"pool_bn", "batch_normalization_9"},
                                              {"dense", "dense"},
                                              {"dense_bn", "batch_normalization_10"},
                                              {"dense_1", "dense_1"}};

// Filters of frames x bands that keep the number of frames.
struct FilterBank : layers::BandFilters {
  FilterBank(std::int64_t channels, std::int64_t frames, std::int64_t bands)
      : BandFilters(1, channels, {frames, bands},
                    {.padding = kernels::Padding((frames - 1) / 2, frames / 2, 0, 0)}, kMusicnnNorm) {}
};

class MusicnnTf final : public LogMelNetwork {
 public:
  struct Options : MusicnnOptions<LogMelPatches> {
    Options() : MusicnnOptions{.front = LogMelPatches::musicnn()} {}
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.set_sizes(extent_of(weights, "conv2d_5/kernel", 3), extent_of(weights, "conv2d_2/kernel", 3),
                      extent_of(weights, "dense/kernel", 1));
    return extent_of(weights, "dense_1/kernel", 1);
  }

  MusicnnTf(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable map = input_bn_.forward(features);                               // [N, 187, 96, 1]
    const Variable timbral = concat({short_.forward(map), tall_.forward(map)}, 2);  // [N, 187, 408]
    const Variable temporal =
        concat({long_.forward(map), medium_.forward(map), brief_.forward(map)}, 2);        // [N, 187, 153]
    const Variable pooled = pool_bn_.forward(convs_.forward(timbral, temporal, outputs));  // [N, 1506]
    const Variable hidden = dense_bn_.forward(relu(dense_.forward(dropout_.forward(pooled))));
    const Variable logits = dense_1_.forward(dropout_.forward(hidden));
    outputs.set(kPenultimate, hidden);
    outputs.set(kLogits, logits);
    if (outputs.contains(kTaggram)) outputs.set(kTaggram, sigmoid(logits));
  }

  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> all = musicnn_outputs(
        {.frames = options_.front.frames(), .timbral = 8 * f_, .temporal = 3 * f_, .channels = c_});
    all.insert(all.begin(), {logits_info(), taggram_info(labels()), penultimate_info(u_)});
    return all;
  }

  PublishedTensor published(const layers::StateInfo& entry) const override {
    PublishedTensor published = published_by_tensorflow(entry, kMusicnnLayers);
    const bool is_pooled = entry.name == "dense.weight" ||
                           (entry.name.starts_with("pool_bn.") && entry.kind != layers::StateKind::counter);
    return is_pooled ? interleaved(std::move(published), entry, pooled_) : published;
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, f_ = options_.filter_count(), u_ = options_.unit_count(),
               pooled_ = 11 * f_ + 3 * c_;
  layers::Part<layers::BatchNorm> input_bn_{*this, "input_bn", 1, kMusicnnNorm};
  layers::Part<FilterBank> short_{*this, "short", 4 * f_, 7, 38};
  layers::Part<FilterBank> tall_{*this, "tall", 4 * f_, 7, 67};
  layers::Part<FilterBank> long_{*this, "long", f_, 128, 1};
  layers::Part<FilterBank> medium_{*this, "medium", f_, 64, 1};
  layers::Part<FilterBank> brief_{*this, "brief", f_, 32, 1};
  ResidualConvs convs_{
      *this, {"cnn1", "cnn2", "cnn3"}, 11 * f_, c_, layers::UnitOrder::conv_activation_norm, kMusicnnNorm};
  layers::Part<layers::BatchNorm> pool_bn_{*this, "pool_bn", 2 * pooled_, kMusicnnNorm};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", 2 * pooled_, u_};
  layers::Part<layers::BatchNorm> dense_bn_{*this, "dense_bn", u_, kMusicnnNorm};
  layers::Part<layers::Linear> dense_1_{*this, "dense_1", u_, labels()};
};

}  // namespace

Architecture musicnn_tf_architecture() {
  return architecture_of<MusicnnTf>(
      {.name = "musicnn_tf",
       .summary = "the network of the musicnn library (Pons and Serra 2019)",
       .paper =
           "Pons, Serra, \"musicnn: pre-trained convolutional neural networks for music audio tagging\", "
           "ISMIR-LBD 2019"});
}

}  // namespace sonograd::models
