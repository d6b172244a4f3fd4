// Short-chunk CNN: a VGG-like network on 3.69 s of log-mel.
// Won, Ferraro, Bogdanov, Serra, "Evaluation of CNN-based automatic music tagging models", SMC 2020.
#include "layers/conv_block.h"
#include "models/core/architecture.h"
#include "models/taggers/short_chunk.h"

namespace sonograd::models {
namespace {

class ShortChunkCnn final : public ShortChunk<layers::ConvBlock> {
 public:
  using ShortChunk::ShortChunk;

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights, "layer1.conv.weight", "dense2.weight");
  }
};

}  // namespace

Architecture short_chunk_cnn_architecture() {
  return architecture_of<ShortChunkCnn>(
      {.name = "short_chunk_cnn",
       .summary = "7-layer VGG-like network on 3.69 s of log-mel (Won et al. 2020)",
       .paper = "Won, Ferraro, Bogdanov, Serra, \"Evaluation of CNN-based automatic music tagging models\", "
                "SMC 2020"});
}

}  // namespace sonograd::models
