#include "models/core/network.h"

namespace sonograd::models {

OutputInfo Network::logits_info() const {
  return {
      .name = std::string(kLogits), .shape = {labels_}, .help = "one per label, before sigmoid or softmax"};
}

OutputInfo Network::penultimate_info(std::int64_t width) const {
  return {.name = std::string(kPenultimate), .shape = {width}, .help = "vector before the output layer"};
}

OutputInfo Network::step_logits_info(std::int64_t steps) const {
  return {.name = std::string(kStepLogits), .shape = {steps, labels_}, .help = "logits of every step"};
}

std::vector<OutputInfo> Network::outputs() const {
  return {logits_info()};
}

PublishedTensor Network::published(const layers::StateInfo& entry) const {
  return published_as_it_is(entry);
}

Variable Network::logits(const Variable& features) const {
  Outputs outputs({kLogits});
  forward(features, outputs);
  return outputs[kLogits];
}

}  // namespace sonograd::models
