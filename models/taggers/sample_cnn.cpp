// Sample-level CNN: eleven one-dimensional convolutions on 3.69 s of samples.
// Lee, Park, Kim, Nam, "Sample-level deep convolutional neural networks for music auto-tagging using raw waveforms", SMC 2017, as
// implemented for Won et al., "Evaluation of CNN-based automatic music tagging models", SMC 2020: 16 kHz, the first convolution
// padded.
#include "layers/conv_unit.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/sample_level.h"

namespace sonograd::models {
namespace {

/// Convolution -> batch norm -> ReLU -> max pooling. Parts: conv, bn.
class SampleBlock : public layers::ConvUnit1d {
 public:
  SampleBlock(std::int64_t in, std::int64_t out, const SampleLevelStep& step)
      : layers::ConvUnit1d(
            in, out,
            {.kernel = step.kernel,
             .conv = {.stride = step.stride, .pad_before = step.kernel / 2, .pad_after = step.kernel / 2},
             .pool = step.pool}) {}
};

class SampleCnn final : public SampleLevel<SampleBlock> {
 public:
  using SampleLevel::SampleLevel;

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights, "layer1.conv.weight", "dense.weight");
  }

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable x = body(features);
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(width())}; }

 private:
  layers::Part<layers::Dropout> dropout_{*this, "dropout", dropout()};
  layers::Part<layers::Linear> dense_{*this, "dense", width(), labels()};
};

}  // namespace

Architecture sample_cnn_architecture() {
  return architecture_of<SampleCnn>(
      {.name = "sample_cnn",
       .summary = "11 one-dimensional convolutions on 3.69 s of samples (Lee et al. 2017)",
       .paper = "Lee, Park, Kim, Nam, \"Sample-level deep convolutional neural networks for music "
                "auto-tagging using raw "
                "waveforms\", SMC 2017"});
}

}  // namespace sonograd::models
