// Sample-level CNN with residual connections and squeeze-and-excitation, on 3.69 s of samples.
// Kim, Lee, Nam, "Sample-level CNN architectures for music auto-tagging using raw waveforms", ICASSP 2018, as implemented for Won et
// al., "Evaluation of CNN-based automatic music tagging models", SMC 2020: 16 kHz, as many hidden channels in a gate as it has
// outputs, shortcuts of three taps, and a head on the last block alone.
#include "layers/residual_se_block.h"
#include "models/backs/short_chunk_head.h"
#include "models/core/architecture.h"
#include "models/taggers/sample_level.h"

namespace sonograd::models {
namespace {

class SampleSeBlock : public layers::ResidualSeBlock {
 public:
  SampleSeBlock(std::int64_t in, std::int64_t out, const SampleLevelStep& step)
      : ResidualSeBlock(in, out, {.kernel = step.kernel, .stride = step.stride, .pool = step.pool}) {}
};

class SampleCnnSe final : public SampleLevel<SampleSeBlock> {
 public:
  using SampleLevel::SampleLevel;

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights, "layer1.conv_1.weight", "dense2.weight");
  }

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable x = body(features);
    head_.forward(reshape(x, {x.shape()[0], 1, 1, x.shape()[1]}), outputs);
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(width())}; }

  // Files have the two layers of a gate beside the convolutions: layer1.dense1.
  PublishedTensor published(const layers::StateInfo& entry) const override {
    PublishedTensor tensor = published_as_it_is(entry);
    if (const std::size_t part = tensor.name.find(".se."); part != std::string::npos)
      tensor.name.erase(part, 3);
    return tensor;
  }

 private:
  ShortChunkHead head_{*this, width(), dropout(), labels()};
};

}  // namespace

Architecture sample_cnn_se_architecture() {
  return architecture_of<SampleCnnSe>(
      {.name = "sample_cnn_se",
       .summary = "11 residual blocks with squeeze-and-excitation on 3.69 s of samples (Kim et al. 2018)",
       .paper = "Kim, Lee, Nam, \"Sample-level CNN architectures for music auto-tagging using raw "
                "waveforms\", ICASSP 2018"});
}

}  // namespace sonograd::models
