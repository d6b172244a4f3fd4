// The back end `vgg`: the seven convolutions of Short-chunk CNN, and its classifier.
// Won, Ferraro, Bogdanov, Serra, "Evaluation of CNN-based automatic music tagging models", SMC 2020.
#include "models/backs/short_chunk_back.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

class VggBack : public ShortChunkBack {
 public:
  struct Options : BlockOptions {
    Options() : BlockOptions(kShortChunkBlocks) {}
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name) {
      BlockOptions::read_sizes(weights, name, "conv.weight");
      return extent_of(weights, concat(name, ".dense2.weight"), 0);
    }
  };

  VggBack(const Options& options, const MapExtents& map, std::int64_t labels)
      : ShortChunkBack(options, labels) {
    add_conv_blocks(blocks(), map, options);
  }
};

}  // namespace

BackKind vgg_back() {
  return back_kind_of<VggBack>("vgg", "seven convolutions", {"blocks.0.conv.weight", "dense2.weight"});
}

}  // namespace sonograd::models
