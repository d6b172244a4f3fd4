// A program of somebody who has Sonograd installed. It needs every layer and most libraries behind them.
#include <cstdio>

#include "models/core/registry.h"
#include "train/config/config.h"

int main() {
  sonograd::models::ModelConfig config = sonograd::models::find_architecture("fcn").defaults;
  config.channels = 4;
  const auto network = sonograd::models::find_architecture("fcn").make(config);
  network->train(false);
  const auto features = network->features(sonograd::Tensor::zeros({1, config.samples}));
  const auto logits = network->logits(sonograd::Variable(features));
  const bool configured = sonograd::train::format_config({}).find("one_cycle") != std::string::npos;
  std::printf("%d %d\n", static_cast<int>(logits.shape()[1]), configured);
}
