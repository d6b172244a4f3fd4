// dl4mir_cnn1d: one convolution over half of the bands, two along time, on 10 s of log-mel.
// Choi, Fazekas, Cho, Sandler, "A tutorial on deep learning for music information retrieval", arXiv:1709.04396, 2017; example 5-2 of its
// code, genre on FMA-small, after Dieleman, Schrauwen, "End-to-end learning for music audio", ICASSP 2014. The kernels cover all bands
// of the 32 for which they were written; with the 64 of the tutorial they move over frequency, too.
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/dl4mir.h"

namespace sonograd::models {
namespace {

constexpr kernels::Pair kFourFrames = {4, 1};

class Dl4mirCnn1d final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = dl4mir_front();
    std::int64_t channels = 30, kernel_bands = 32;
    double dropout = 0;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the convolutions");
      all.add("kernel_bands", kernel_bands, {1, 1024}, "bands of a kernel of the first convolution");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "block1.conv.weight", 0);
    options.kernel_bands = extent_of(weights, "block1.conv.weight", 2);
    return extent_of(weights, "dense.weight", 0);
  }

  Dl4mirCnn1d(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = block1_.forward(features);  // [N, 156, 33, 30]
    x = block2_.forward(x);                  // [N, 39, 33, 30]
    x = mean(block3_.forward(x), {1, 2});    // [N, 10, 33, 30] -> [N, 30]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<Dl4mirBlock> block1_{
      *this, "block1", 1, c_, kFourFrames, kernels::Pair(4, options_.kernel_bands), 0};
  layers::Part<Dl4mirBlock> block2_{*this, "block2", c_, c_, kFourFrames, kFourFrames};
  layers::Part<Dl4mirBlock> block3_{*this, "block3", c_, c_, kFourFrames, kFourFrames};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", c_, labels()};
};

}  // namespace

Architecture dl4mir_cnn1d_architecture() {
  return architecture_of<Dl4mirCnn1d>(
      {.name = "dl4mir_cnn1d",
       .summary = "1 convolution over half of the bands, 2 along time, genre (dl4mir tutorial 2017)",
       .paper =
           "Choi, Fazekas, Cho, Sandler, \"A tutorial on deep learning for music information retrieval\", "
           "arXiv:1709.04396, 2017; Dieleman, Schrauwen, \"End-to-end learning for music audio\", "
           "ICASSP 2014"});
}

}  // namespace sonograd::models
