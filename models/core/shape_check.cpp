#include "models/core/shape_check.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>

#include "autograd/tape.h"
#include "kernels/core/explain.h"
#include "layers/init.h"
#include "layers/random_scope.h"
#include "layers/trace.h"
#include "models/core/value_ranges.h"
#include "tensor/support/error.h"

namespace sonograd::models {
namespace {

using TracedLayers = std::vector<layers::TracedLayer>;

// "layer4 behind layer3 [2, 4, 128]": the place of an error, which ended the trace. Only a layer that was left by it has no output.
std::string place_of_error(const TracedLayers& layers) {
  if (layers.empty()) return "front end";
  const layers::TracedLayer& last = layers.back();
  if (last.output.rank() > 0) return concat("behind ", last.module->path(), ' ', last.output);
  if (layers.size() == 1) return last.module->path();
  const layers::TracedLayer& before = layers[layers.size() - 2];
  return concat(last.module->path(), " behind ", before.module->path(), ' ', before.output);
}

// Fault of the network, with its place; nothing when it takes a chunk of its own length.
std::optional<std::string> fault_in_forward(const Network& network) {
  // All parameters are constants to the tape: nothing is recorded, and no norm is folded.
  const GradientOf none(Variable(Tensor::empty({1}), true));
  const kernels::ExplainScope nothing_is_computed;
  const layers::Trace trace;
  try {
    network.logits(Variable(network.features(Tensor::empty({1, network.input().samples}))));
  } catch (const ShapeError& error) {
    return concat(place_of_error(trace.layers()), ": ", error.what());
  }
  for (const layers::TracedLayer& layer : trace.layers()) {
    if (layer.output.numel() <= kMostLayerValues) continue;
    return concat(layer.module->path(), " gives ", layer.output, ", ", layer.output.numel(),
                  " values of a chunk: at most ", kMostLayerValues, " are possible");
  }
  return std::nullopt;
}

std::optional<std::string> fault_of(Network& network) {
  const bool is_training = network.training();
  network.train(false);
  std::optional<std::string> fault = fault_in_forward(network);
  network.train(is_training);
  network.state_changed();  // inside NoGrad, norms were folded all the same
  return fault;
}

/// Searches for the options that leave a network without extents.
class FaultyOptions {
 public:
  /// `given`: complete.
  FaultyOptions(const Architecture& architecture, const OptionValues& given, std::int64_t labels)
      : architecture_(architecture),
        given_(given),
        labels_(labels),
        repaired_(architecture.options.defaults()) {
    if (!fits(repaired_)) return;
    for (const Option& option : architecture.options) {
      if (given_.at(option.key) != option.default_value) faulty_.push_back(&option);
    }
    std::ranges::stable_sort(faulty_, {}, freedom_of);
    // One that does not suit the defaults may suit another one that has its value by now.
    for (std::size_t before = faulty_.size() + 1; faulty_.size() < before;) {
      before = faulty_.size();
      std::erase_if(faulty_, [&](const Option* option) { return keeps_its_value(*option); });
    }
  }

  /// "model.samples = 12000: expected at least 24064"; empty when no option is at fault.
  std::string text() const {
    std::string all;
    for (const Option* const option : faulty_) {
      all += concat(all.empty() ? "" : "; ", option->path(), " = ", to_text(given_.at(option->key)),
                    ": expected ", nearest(*option));
    }
    return all;
  }

 private:
  // Options that are easier to change are at fault before others: the chunk length, then other numbers, then words.
  static int freedom_of(const Option* option) {
    if (option->key == "samples") return 2;
    return std::holds_alternative<std::int64_t>(option->default_value) ? 1 : 0;
  }

  bool fits(const OptionValues& options) const {
    try {
      const layers::UninitializedScope extents_only;
      const layers::RandomScope own(0, 0);
      return !fault_of(*architecture_.make_network(options, labels_));
    } catch (const Error&) {
      return false;
    }
  }

  bool keeps_its_value(const Option& option) {
    OptionValues tried = repaired_;
    tried[option.key] = given_.at(option.key);
    if (!fits(tried)) return false;
    repaired_ = std::move(tried);
    return true;
  }

  // The possible value next to a given whole number; the default of other options.
  std::string nearest(const Option& option) const {
    const auto* const given = std::get_if<std::int64_t>(&given_.at(option.key));
    if (given == nullptr) return to_text(option.default_value);
    std::int64_t possible = std::get<std::int64_t>(option.default_value), impossible = *given;
    OptionValues tried = repaired_;
    while (std::abs(possible - impossible) > 1) {
      const std::int64_t middle = std::midpoint(possible, impossible);
      tried[option.key] = middle;
      (fits(tried) ? possible : impossible) = middle;
    }
    return concat(*given < possible ? "at least " : "at most ", possible);
  }

  const Architecture& architecture_;
  const OptionValues& given_;
  std::int64_t labels_;
  OptionValues repaired_;  ///< the given values without those at fault, for which it has the defaults
  std::vector<const Option*> faulty_;
};

[[noreturn]] void refuse_shapes(const Architecture& architecture, const OptionValues& options,
                                std::int64_t labels, const std::string& fault) {
  const OptionValues given = architecture.options.complete(options);
  const std::string expected = FaultyOptions(architecture, given, labels).text();
  const std::string network = concat(architecture.name, ", ", fault);
  throw ConfigError(expected.empty() ? network : concat(expected, " (", network, ')'));
}

}  // namespace

std::unique_ptr<Network> make_sized_network(const Architecture& architecture, const OptionValues& options,
                                            std::int64_t labels) {
  try {
    return architecture.make_network(options, labels);
  } catch (const ShapeError& error) {
    refuse_shapes(architecture, options, labels, error.what());
  }
}

std::unique_ptr<Network> make_checked_network(const Architecture& architecture, const OptionValues& options,
                                              std::int64_t labels) {
  std::unique_ptr<Network> network = make_sized_network(architecture, options, labels);
  check_shapes(architecture, options, *network);
  return network;
}

void check_shapes(const Architecture& architecture, const OptionValues& options, Network& network) {
  if (const std::optional<std::string> fault = fault_of(network))
    refuse_shapes(architecture, options, network.labels(), *fault);
}

}  // namespace sonograd::models
