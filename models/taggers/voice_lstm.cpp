// voice_lstm: three recurrent layers over the frames of 10 s, and a decision for every frame.
// Leglaive, Hennequin, Badeau, "Singing voice detection with deep recurrent neural networks", ICASSP 2015, in the form of Choi et al.,
// arXiv:1709.04396, 2017, example 5-1.
#include "models/core/architecture.h"
#include "models/taggers/voice_recurrent.h"

namespace sonograd::models {
namespace {

class VoiceLstm final : public VoiceRecurrent {
 public:
  struct Options : VoiceRecurrentOptions {
    Options() : VoiceRecurrentOptions{.channels = 20} {}
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights);
  }

  VoiceLstm(const Options& options, std::int64_t labels)
      : VoiceRecurrent(options, layers::Directions::forward, labels) {}
};

}  // namespace

Architecture voice_lstm_architecture() {
  return architecture_of<VoiceLstm>(
      {.name = "voice_lstm",
       .summary = "3 LSTM layers, singing in every frame of 10 s (Choi et al. 2017)",
       .paper =
           "Leglaive, Hennequin, Badeau, \"Singing voice detection with deep recurrent neural networks\", "
           "ICASSP 2015; Choi, Fazekas, Cho, Sandler, arXiv:1709.04396, 2017"});
}

}  // namespace sonograd::models
