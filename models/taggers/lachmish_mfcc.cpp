// lachmish_mfcc: two convolutions of 4x4 on 13 cepstral coefficients of 599 windows of 100 ms.
// Lachmish, "MusicGenreClassification", GitHub, 2016: the alternative to the mel powers of lachmish_cnn.
#include "audio/features.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/lachmish.h"

namespace sonograd::models {
namespace {

WindowedFront decibel_front() {
  WindowedFront front = lachmish_front(512);
  front.mel.compression = layers::Compression::decibel;
  front.mel.db.top_db = 80;
  front.mel.below_maximum = true;
  return front;
}

class LachmishMfcc final : public WindowedNetwork {
 public:
  struct Options {
    WindowedFront front = decibel_front();
    std::int64_t n_mfcc = 13, channels = 149, channels2 = 73, units = 1024;
    double block_dropout = 0.25, dropout = 0.25;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the first convolution");
      all.add("channels2", channels2, {1, 4096}, "width of the second convolution");
      all.add("units", units, {1, 65536}, "width of the dense layer");
      front.list(all);
      all.add("n_mfcc", n_mfcc, {1, 1024}, "cepstral coefficients, at most the mel bands");
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout behind every convolution");
      all.add("dropout", dropout, {0, 0.99}, "dropout behind the dense layer");
    }
    /// Numbers before the dense layers. Throws ConfigError for more coefficients than bands.
    std::int64_t inputs() const {
      if (n_mfcc > front.mel.n_mels)
        throw ConfigError(
            concat("model.n_mfcc = ", n_mfcc, ": expected at most front_end.n_mels = ", front.mel.n_mels));
      return behind_poolings(front.windows(), {4, 2}) * behind_poolings(n_mfcc, {4, 2}) * channels2;
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "cepstral1.conv.weight", 0);
    options.channels2 = extent_of(weights, "cepstral2.conv.weight", 0);
    options.units = extent_of(weights, "dense1.weight", 0);
    set_windows_of(options.front, extent_of(weights, "dense1.weight", 1),
                   behind_poolings(options.n_mfcc, {4, 2}) * options.channels2, {4, 2});
    return extent_of(weights, "dense2.weight", 0);
  }

  static std::vector<OpenOption> open_options(const Options& options) {
    const Options published;
    return {{.key = "n_mfcc",
             .values = "N",
             .is_published = options.channels == published.channels && options.units == published.units}};
  }

  LachmishMfcc(const Options& options, std::int64_t labels)
      : WindowedNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable cosines = sonograd::convert(Variable(cosines_), features.dtype());
    Variable x = linear(windows_of(features), cosines, {});          // [N, 599, 5, 128] -> [N, 599, 5, 13]
    x = permute(x, {0, 1, 3, 2});                                    // [N, 599, 13, 5]
    x = block_dropout_.forward(cepstral1_.forward(x));               // [N, 150, 4, 149]
    x = block_dropout_.forward(cepstral2_.forward(x));               // [N, 75, 2, 73]
    x = relu(dense1_.forward(reshape(x, {x.shape()[0], inputs_})));  // [N, 1024]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense2_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.units)};
  }

 private:
  Options options_;
  std::int64_t inputs_ = options_.inputs();
  layers::Buffer cosines_{
      *this, "cosines",
      permute(Variable(audio::cosine_transform(options_.front.mel.n_mels, options_.n_mfcc)), {1, 0}).data(),
      layers::StateKind::constant};  // [n_mfcc, bands]
  layers::Part<LachmishBlock> cepstral1_{*this, "cepstral1", options_.front.frames(), options_.channels, 4};
  layers::Part<LachmishBlock> cepstral2_{*this, "cepstral2", options_.channels, options_.channels2, 2};
  layers::Part<layers::Dropout> block_dropout_{*this, "block_dropout", options_.block_dropout};
  layers::Part<layers::Linear> dense1_{*this, "dense1", inputs_, options_.units};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense2_{*this, "dense2", options_.units, labels()};
};

}  // namespace

Architecture lachmish_mfcc_architecture() {
  return architecture_of<LachmishMfcc>(
      {.name = "lachmish_mfcc",
       .summary = "2 convolutions of 4x4 on cepstra of 599 windows of 100 ms (Lachmish 2016)",
       .paper = "Lachmish, \"MusicGenreClassification\", GitHub, 2016"});
}

}  // namespace sonograd::models
