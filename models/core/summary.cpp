#include "models/core/summary.h"

#include "autograd/tape.h"
#include "kernels/core/explain.h"
#include "layers/init.h"
#include "layers/trace.h"
#include "models/core/shape_check.h"

namespace sonograd::models {

NetworkSummary summary_of(const Network& network, const layers::Trace& trace) {
  NetworkSummary summary{.parameters = network.parameter_count(),
                         .macs = trace.macs(),
                         .input = network.input(),
                         .layers = {},
                         .outputs = network.outputs()};
  for (const layers::TracedLayer& layer : trace.layers()) {
    summary.layers.push_back({.name = layer.module->path(),
                              .op = layer.op,
                              .output = layer.output,
                              .parameters = layer.module->parameter_count(),
                              .macs = layer.macs});
  }
  return summary;
}

NetworkSummary summarise(const Architecture& architecture, const OptionValues& options, std::int64_t labels) {
  const layers::UninitializedScope extents_only;
  const std::unique_ptr<Network> network = make_checked_network(architecture, options, labels);
  network->train(false);
  const NoGrad no_grad;
  const kernels::ExplainScope nothing_is_computed;
  const layers::Trace trace;
  network->logits(Variable(network->features(Tensor::zeros({1, network->input().samples}))));
  return summary_of(*network, trace);
}

}  // namespace sonograd::models
