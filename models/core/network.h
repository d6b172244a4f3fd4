// What every music tagger is: a front end without parameters, and a network from its output to one logit per label.
#pragma once

#include <vector>

#include "layers/module.h"
#include "models/core/outputs.h"
#include "models/core/published.h"

namespace sonograd::models {

/// The waveforms that a network takes.
struct Input {
  std::int64_t sample_rate;  ///< Hz
  std::int64_t samples;      ///< length of a chunk
};

class Network : public layers::Module {
 public:
  Network(Input input, std::int64_t labels) : input_(input), labels_(labels) {}

  const Input& input() const { return input_; }
  std::int64_t labels() const { return labels_; }

  /// Waveforms [N, samples] in [-1, 1] -> input of the first parameter: log-mel maps [N, T, F, 1] in dB, or the
  /// waveform itself. No gradient flows through it; augmentation masks its output.
  virtual Tensor features(const Tensor& waveforms) const = 0;
  /// Output of `features` -> the outputs that are asked for, `logits` [N, labels] among them. Probabilities are their
  /// sigmoid (tags) or softmax (one label). After `Module::prepare` it may run on several threads at once.
  virtual void forward(const Variable& features, Outputs& outputs) const = 0;
  /// Those that `forward` has, `logits` first.
  virtual std::vector<OutputInfo> outputs() const;
  /// The tensor of published files that holds an entry of the state: under the same name unless overridden.
  virtual PublishedTensor published(const layers::StateEntry& entry) const;

  /// `forward` with that output alone.
  Variable logits(const Variable& features) const;

 protected:
  /// Entries of `outputs`: the one that every network has, and the vector before the output layer.
  OutputInfo logits_info() const;
  OutputInfo penultimate_info(std::int64_t width) const;

 private:
  Input input_;
  std::int64_t labels_;
};

}  // namespace sonograd::models
