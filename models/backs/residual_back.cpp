// The back end `residual`: the seven residual blocks of Short-chunk CNN + Res, and its classifier.
// Won, Ferraro, Bogdanov, Serra, "Evaluation of CNN-based automatic music tagging models", SMC 2020.
#include "models/backs/short_chunk_back.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

class ResidualBack : public ShortChunkBack {
 public:
  struct Options : BlockOptions {
    Options() : BlockOptions(kShortChunkBlocks) {}
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name) {
      BlockOptions::read_sizes(weights, name, "conv_1.weight");
      return extent_of(weights, concat(name, ".dense2.weight"), 0);
    }
  };

  ResidualBack(const Options& options, const MapExtents& map, std::int64_t labels)
      : ShortChunkBack(options, labels) {
    add_residual_blocks(blocks(), map, options);
  }
};

}  // namespace

BackKind residual_back() {
  return back_kind_of<ResidualBack>("residual", "seven residual blocks",
                                    {"blocks.0.conv_1.weight", "dense2.weight"});
}

}  // namespace sonograd::models
