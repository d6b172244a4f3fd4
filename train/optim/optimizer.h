// The optimiser of a run: kernels/optimizer over all parameters of a network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/optimizer/optimizer.h"
#include "layers/module.h"
#include "tensor/io/named_tensors.h"
#include "train/config/settings.h"
#include "train/optim/rates.h"

namespace sonograd::train {

/// The state of an optimiser that a checkpoint keeps.
struct OptimizerState {
  kernels::OptimizerRule rule = kernels::OptimizerRule::adamw;
  std::int64_t steps = 0;    ///< since the moments were zero
  io::NamedTensors moments;  ///< `first.PARAMETER` and `second.PARAMETER`
};

class Optimizer {
 public:
  /// The parameters of `network` must stay in their place.
  Optimizer(layers::Module& network, const Settings::Optim& settings);

  /// Switches to another rule; its moments start at zero. Nothing changes when `rule` is the one in use.
  void use(kernels::OptimizerRule rule);

  /// Updates every parameter with its gradient, clipped to `clip_norm`, and clears the gradients. A parameter
  /// without one has gradient 0: weight decay still applies.
  void step(const StepRates& rates);

  OptimizerState state() const;
  /// Throws FormatError when the moments do not fit the network.
  void restore(const OptimizerState& state);

 private:
  struct Slot {
    std::string name;
    Variable parameter;
    Tensor first, second;
  };
  kernels::OptimizerOptions options(const StepRates& rates, bool decays) const;
  bool is_decayed(const Slot& slot) const;

  Settings::Optim settings_;
  kernels::OptimizerRule rule_;
  std::int64_t steps_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace sonograd::train
