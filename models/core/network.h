// Base of the music taggers: a front end without parameters, and a network from its output to one logit per label.
#pragma once

#include <vector>

#include "audio/chunks.h"
#include "layers/module.h"
#include "models/core/feature_axes.h"
#include "models/core/outputs.h"
#include "models/core/published.h"

namespace sonograd::models {

/// The waveforms that a network takes, and the chunks of a clip that it was published with.
struct Input {
  std::int64_t sample_rate;               ///< Hz
  std::int64_t samples;                   ///< length of a chunk
  std::int64_t hop = samples;             ///< distance of chunks where a model states none
  std::int64_t context = 0;               ///< zeros before the beginning and behind the end of a clip
  audio::Tail tail = audio::Tail::align;  ///< a rest that is shorter than a chunk
};

class Network : public layers::Module {
 public:
  Network(Input input, std::int64_t labels) : input_(input), labels_(labels) {}

  const Input& input() const { return input_; }
  std::int64_t labels() const { return labels_; }

  /// Waveforms [N, samples] in [-1, 1] -> input of the first parameter: log-mel maps [N, T, F, 1] in dB, or the
  /// waveform itself. No gradient flows through it; augmentation masks its output.
  virtual Tensor features(const Tensor& waveforms) const = 0;
  /// Unit of the features, and their places in time and frequency: those of waveforms unless overridden.
  virtual FeatureAxes feature_axes() const { return {}; }
  /// Output of `features` -> the outputs that `outputs` requests, for example `logits` [N, labels]. Scores are the sigmoid
  /// (tags) or softmax (classes) of the logits. After `Module::prepare` it may run on several threads at once.
  virtual void forward(const Variable& features, Outputs& outputs) const = 0;
  /// Outputs that `forward` can compute, `logits` first.
  virtual std::vector<OutputInfo> outputs() const;
  /// Whether its logits are those of shares, of one label at a time, so that they serve no task in which several labels apply.
  virtual bool labels_exclude_each_other() const { return false; }
  /// The tensor of published files that holds an entry of the state: under the same name unless overridden.
  virtual PublishedTensor published(const layers::StateInfo& entry) const;

  /// Logits [N, labels]: `forward` with this output alone.
  Variable logits(const Variable& features) const;

 protected:
  /// Entries of `outputs`: `logits` [labels]; `penultimate` [width], the vector before the output layer; `step_logits`
  /// [steps, labels].
  OutputInfo logits_info() const;
  OutputInfo penultimate_info(std::int64_t width) const;
  OutputInfo step_logits_info(std::int64_t steps) const;

 private:
  Input input_;
  std::int64_t labels_;
};

}  // namespace sonograd::models
