// A network with an input: a training step, or inference.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/core/architecture.h"
#include "train/optim/step.h"

namespace sonograd::bench {

class ModelWorkload {
 public:
  /// `tag` is inference in a BatchInvariantScope, as the command computes it: an example's bits are those that it gets alone.
  enum class Mode : std::uint8_t { train, infer, tag };

  /// `batch` random waveforms for the network's default configuration; at least 2 (batch norm). Throws
  /// ConfigError for an unknown network.
  ModelWorkload(const std::string& network, std::int64_t batch, Mode mode, Device device);

  /// One training step (front end, forward, loss, backward, Adam), or logits from waveforms: from data on the host to a
  /// result on the host.
  void run();
  /// Inference of the batch at once, for comparison with `tag`.
  void infer();
  /// Floating-point operations of one run in the layers that multiply. Training: forward, weight gradient,
  /// and input gradient of all layers but the first.
  double flops() const { return flops_; }

 private:
  double count_flops();

  Mode mode_;
  std::unique_ptr<models::Network> network_;
  train::Batch batch_;
  train::Settings settings_;
  std::optional<train::Objective> objective_;
  std::optional<train::Optimizer> optimizer_;
  std::optional<train::TrainStep> step_;
  Device device_;
  Uploader uploader_;
  Arena arena_;
  double flops_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace sonograd::bench
