// The sample-level networks: eleven blocks on 3.69 s of samples, of which the first ten divide the time by three.
#pragma once

#include "autograd/ops/copy.h"
#include "layers/part.h"
#include "models/backs/flatten.h"
#include "models/backs/non_local_places.h"
#include "models/core/weights.h"
#include "models/fronts/waveform_network.h"

namespace sonograd::models {

/// Factor by which a block divides the time.
inline constexpr std::int64_t kSampleLevelFactor = 3;

/// Convolution and pooling of a block, in positions along time.
struct SampleLevelStep {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;
  std::int64_t pool = kSampleLevelFactor;
};

/// layer1 … layer11, with kernel / 2 zeros on both sides of every convolution. `Block` is a layer made from channels in, channels
/// out and a SampleLevelStep.
template <class Block>
class SampleLevel : public WaveformNetwork {
 public:
  struct Options {
    RawWaveform front;
    std::int64_t channels = 128;
    double dropout = 0.5;
    NonLocalPlaces non_local{.last_layer = 11};

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the first block; the others keep their proportion");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
      non_local.list(all);
    }

    /// As ConvOptions::read_sizes, with the places of non-local blocks.
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view first, std::string_view last) {
      non_local.read_places(weights);
      channels = extent_of(weights, first, 0);
      return extent_of(weights, last, 0);
    }
  };

  static std::vector<OpenOption> open_options(const Options& options) {
    return options.non_local.open_options();
  }

  SampleLevel(const Options& options, std::int64_t labels)
      : WaveformNetwork(
            options.front,
            {.option = "model.channels", .channels = options.channels, .stride = kSampleLevelFactor}, labels),
        options_(options) {}

 protected:
  /// [N, 59049, 1] -> [N, 4 c]. Throws ShapeError unless one position is left.
  Variable body(const Variable& features) const {
    Variable x = layer1_.forward(features);  // [N, 19683, c]
    x = layer2_.forward(x);                  // [N, 6561, c]
    x = layer3_.forward(x);                  // [N, 2187, c]
    x = layer4_.forward(x);                  // [N, 729, 2 c]
    x = layer5_.forward(x);                  // [N, 243, 2 c]
    x = layer6_.forward(x);                  // [N, 81, 2 c]
    x = layer7_.forward(x);                  // [N, 27, 2 c]
    x = layer8_.forward(x);                  // [N, 9, 2 c]
    x = layer9_.forward(x);                  // [N, 3, 2 c]
    x = layer10_.forward(x);                 // [N, 1, 4 c]
    x = layer11_.forward(x);                 // [N, 1, 4 c]
    return flatten_single(reshape(x, {x.shape()[0], x.shape()[1], 1, x.shape()[2]}));
  }

  std::int64_t width() const { return 4 * c_; }
  double dropout() const { return options_.dropout; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<WithNonLocal<Block>> layer1_{
      *this, "layer1", options_.non_local.behind(1),
      1,     c_,       SampleLevelStep{.stride = kSampleLevelFactor, .pool = 1}};
  layers::Part<WithNonLocal<Block>> layer2_{*this, "layer2", options_.non_local.behind(2),
                                            c_,    c_,       SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer3_{*this, "layer3", options_.non_local.behind(3),
                                            c_,    c_,       SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer4_{*this, "layer4", options_.non_local.behind(4),
                                            c_,    2 * c_,   SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer5_{*this,  "layer5", options_.non_local.behind(5),
                                            2 * c_, 2 * c_,   SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer6_{*this,  "layer6", options_.non_local.behind(6),
                                            2 * c_, 2 * c_,   SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer7_{*this,  "layer7", options_.non_local.behind(7),
                                            2 * c_, 2 * c_,   SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer8_{*this,  "layer8", options_.non_local.behind(8),
                                            2 * c_, 2 * c_,   SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer9_{*this,  "layer9", options_.non_local.behind(9),
                                            2 * c_, 2 * c_,   SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer10_{*this,  "layer10", options_.non_local.behind(10),
                                             2 * c_, 4 * c_,    SampleLevelStep{}};
  layers::Part<WithNonLocal<Block>> layer11_{*this,  "layer11", options_.non_local.behind(11),
                                             4 * c_, 4 * c_,    SampleLevelStep{.kernel = 1, .pool = 1}};
};

}  // namespace sonograd::models
