// The number that explanations are about: the log-odds of one label, as a function of the input of a network.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "models/core/description.h"
#include "models/core/network.h"
#include "tensor/device/arena.h"

namespace sonograd::models {

/// Log-odds ln(p / (1 - p)) of a label with the score p: its logit with `Output::sigmoid`, its logit less the logarithm of the
/// sum of the exponentials of all others with `Output::softmax`. It is not flat where scores are near 0 or 1.
///
/// An input is one row of `Network::features`, in decibels (10 log10, at least -100) where these are powers; inputs and gradients
/// are tensors [N, ...] of that shape on the host, f32 (f64 for a network that was converted to it). For one thread at a time.
class LabelScore {
 public:
  /// `network` is in evaluation mode on `device` and outlives the object; `label` is one of its outputs.
  LabelScore(const Network& network, Output output, std::int64_t label, Device device = {});

  /// Input [1, ...] of a chunk of `Input::samples` samples.
  Tensor input_of(std::span<const float> chunk) const;
  /// Number of inputs that should go through the network together.
  std::int64_t batch() const { return batch_; }

  /// Log-odds of the label from the logits of all. Throws FormatError when they are not finite.
  double log_odds_of(std::span<const double> logits) const;
  /// One number per input; the numbers do not depend on the other inputs. Throws FormatError for one that is not finite, and
  /// ModelError when the network cannot take inputs of this size.
  std::vector<double> log_odds(const Tensor& inputs);

  struct Slope {
    std::vector<double> log_odds;  ///< [N]
    Tensor gradient;               ///< of the log-odds of each input, as the inputs
  };
  /// As `log_odds`, with the gradient from the tape. Parameters are constants to it: nothing in the network changes.
  Slope slope(const Tensor& inputs);

 private:
  Variable logits(const Variable& inputs) const;

  const Network& network_;
  Output output_;
  std::size_t label_;
  Device device_;
  bool in_decibels_;
  std::int64_t batch_;
  Arena arena_;
};

/// Score in (0, 1) of log-odds.
double probability_of(double log_odds);

/// Called when `count` more inputs have been through the network; may throw to end the work.
using InputsDone = std::function<void(std::int64_t count)>;

}  // namespace sonograd::models
