// Short-chunk CNN + Res: seven strided residual blocks on 3.69 s of log-mel.
// Won, Ferraro, Bogdanov, Serra, "Evaluation of CNN-based automatic music tagging models", SMC 2020.
#include "layers/residual_block.h"
#include "models/core/architecture.h"
#include "models/taggers/short_chunk.h"

namespace sonograd::models {
namespace {

class ShortChunkCnnRes final : public ShortChunk<layers::ResidualBlock> {
 public:
  using ShortChunk::ShortChunk;

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights, "layer1.conv_1.weight", "dense2.weight");
  }
};

}  // namespace

Architecture short_chunk_cnn_res_architecture() {
  return architecture_of<ShortChunkCnnRes>(
      {.name = "short_chunk_cnn_res",
       .summary = "7 strided residual blocks on 3.69 s of log-mel (Won et al. 2020)",
       .paper = "Won, Ferraro, Bogdanov, Serra, \"Evaluation of CNN-based automatic music tagging models\", "
                "SMC 2020"});
}

}  // namespace sonograd::models
