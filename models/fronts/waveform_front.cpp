// The front end `waveform`: the first blocks of Sample-level CNN, with the channels as the bands of a map [N, frames, channels, 1].
// Lee, Park, Kim, Nam, "Sample-level deep convolutional neural networks for music auto-tagging using raw waveforms", SMC 2017. Its
// five blocks divide the time by 243, about the hop of the log-mel maps; all of them have the same width.
#include "layers/conv_unit.h"
#include "layers/sequential.h"
#include "models/core/weights.h"
#include "models/fronts/waveform_maps.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kThird =
    3;  // positions of a filter, of a pooling and of the stride of the first block

class SampleLevelMaps : public WaveformMaps {
 public:
  struct Options {
    RawWaveform front;
    std::int64_t blocks = 5, channels = 128;

    void list(OptionList& all) {
      front.list(all);
      all.add("waveform_blocks", blocks, {1, 10}, "convolutions, each of which divides the time by 3");
      all.add("waveform_channels", channels, {1, 1024}, "width of the convolutions, bands of the map");
    }
    Input input() const {
      return front.input({.option = "model.waveform_channels", .channels = channels, .stride = kThird});
    }
    MapExtents map() const {
      std::int64_t frames = (front.samples - 1) / kThird + 1;
      for (std::int64_t i = 1; i < blocks; ++i) frames /= kThird;
      return checked_map(frames, channels);
    }
    void read_sizes(const io::NamedTensors& weights, std::string_view name) {
      channels = extent_of(weights, concat(name, ".blocks.0.conv.weight"), 0);
      blocks = count_layers(weights, concat(name, ".blocks."), ".conv.weight");
    }
  };

  explicit SampleLevelMaps(const Options& options) {
    for (std::int64_t i = 0; i < options.blocks; ++i) {
      const bool is_first = i == 0;
      blocks_.emplace<layers::ConvUnit1d>(
          std::to_string(i), is_first ? 1 : options.channels, options.channels,
          layers::ConvUnit1d::Options{
              .kernel = kThird,
              .conv = {.stride = is_first ? kThird : 1, .pad_before = kThird / 2, .pad_after = kThird / 2},
              .pool = is_first ? 1 : kThird});
    }
  }

 protected:
  Variable sequence(const Variable& samples) const override { return blocks_.forward(samples); }

 private:
  layers::Part<layers::Sequential> blocks_{*this, "blocks"};
};

}  // namespace

FrontKind waveform_front() {
  return front_kind_of<SampleLevelMaps>("waveform", "sample-level blocks", {"blocks.0.conv.weight"});
}

}  // namespace sonograd::models
