// Common parts of the networks that decide in every frame whether someone sings: the input, and the outputs of 625 steps.
// Choi, Fazekas, Cho, Sandler, "A tutorial on deep learning for music information retrieval", arXiv:1709.04396, 2017, example 5-1.
#pragma once

#include <algorithm>

#include "autograd/ops/copy.h"
#include "models/backs/sequence.h"
#include "models/taggers/choi.h"

namespace sonograd::models {

/// 10 s at 16 kHz: frames of 40 bands, decibels within 80 dB of the maximum, which is 0.
inline LogMelFront voice_front() {
  return {.samples = 160000,
          .mel = {.n_mels = 40,
                  .pad_mode = kernels::PadMode::zero,
                  .mel_scale = kernels::MelScale::slaney,
                  .mel_norm = kernels::MelNorm::slaney,
                  .db = {.top_db = 80},
                  .below_maximum = true}};
}

/// A network with a step for every hop of a chunk. Its outputs are `step_logits` and, as `logits`, the logarithm of the mean of their
/// probabilities.
class VoiceNetwork : public LogMelNetwork {
 public:
  std::vector<OutputInfo> outputs() const override { return {logits_info(), step_logits_info(steps_)}; }
  bool labels_exclude_each_other() const override { return true; }

 protected:
  VoiceNetwork(const LogMelFront& front, std::int64_t labels)
      : LogMelNetwork(front, labels),
        steps_(std::min(front.frames(), (front.samples + front.mel.hop_length - 1) / front.mel.hop_length)) {}

  /// Maps without the frame that is centred on the end of a chunk: [N, 626, 40, 1] -> [N, 625, 40, 1].
  Variable frames_of(const Variable& features) const {
    return features.shape()[1] == steps_ ? features : slice(features, 1, 0, steps_);
  }
  static void set_steps(const Variable& step_logits, Outputs& outputs) {
    outputs.set(kStepLogits, step_logits);
    if (outputs.contains(kLogits)) outputs.set(kLogits, log_mean_of_probabilities(step_logits));
  }

 private:
  std::int64_t steps_;
};

}  // namespace sonograd::models
