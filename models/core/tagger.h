// What every music tagger is: a front end without parameters, and a network from its output to one logit per
// label.
#pragma once

#include "layers/module.h"
#include "models/core/config.h"

namespace sonograd::models {

class Tagger : public layers::Module {
 public:
  explicit Tagger(const ModelConfig& config) : config_(config) {}

  const ModelConfig& config() const { return config_; }

  /// Waveforms [N, samples] in [-1, 1] -> what the network sees, before its first parameter: log-mel maps
  /// [N, T, F, 1] in dB, or the waveform itself. No gradient flows through it; augmentation masks its output.
  virtual Tensor features(const Tensor& waveforms) const = 0;
  /// Output of `features` -> logits [N, labels]. Probabilities are their sigmoid (tags) or softmax (one
  /// label).
  virtual Variable logits(const Variable& features) const = 0;

 private:
  ModelConfig config_;
};

}  // namespace sonograd::models
