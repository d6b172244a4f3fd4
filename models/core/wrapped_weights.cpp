#include "models/core/wrapped_weights.h"

#include <algorithm>
#include <memory>
#include <set>

#include "layers/init.h"
#include "models/core/architecture.h"
#include "models/core/model_error.h"
#include "tensor/support/text.h"

namespace sonograd::models {
namespace {

constexpr std::size_t kMostPrefixes = 256;
constexpr std::size_t kMostParts = 16;  // of a prefix

std::size_t fitting(const io::NamedTensors& weights, const StateDifference& difference) {
  return weights.size() - difference.unexpected.size() - difference.misfits.size();
}

// How far the tensors are those of a network. Without its sizes, extents say nothing, and names count alone.
std::optional<NearNetwork> compare(const Architecture& architecture, const io::NamedTensors& weights,
                                   const std::string& prefix) {
  const layers::UninitializedScope extents_only;
  Sizes sizes;
  NearNetwork near;
  std::unique_ptr<const Network> network;
  try {
    sizes = architecture.sizes_of(weights);
    network = architecture.make_network(sizes.options, sizes.labels);
  } catch (const Error& error) {
    near.without_size = error.what();
    sizes = {.options = architecture.options.defaults(), .labels = 1};
    network = architecture.make_network(sizes.options, sizes.labels);
  }
  near.found = {prefix, {architecture.name, std::move(sizes.options), sizes.labels, std::move(sizes.open)}};
  near.difference = difference(*network, weights);
  if (!near.without_size.empty()) near.difference.misfits.clear();
  near.fitting = fitting(weights, near.difference);
  const std::size_t all = near.fitting + near.difference.missing.size() + near.difference.misfits.size();
  return 4 * near.fitting >= all ? std::optional(std::move(near)) : std::nullopt;
}

// Tensors that fit, less those that are in the way: at most the number of tensors.
std::ptrdiff_t score_of(const NearNetwork& near) {
  return static_cast<std::ptrdiff_t>(near.fitting) - std::ssize(near.difference.missing) -
         std::ssize(near.difference.misfits);
}

}  // namespace

std::string WrappedNetwork::text() const {
  return prefix.empty() ? network.arch : concat(network.arch, " under '", prefix, "'");
}

std::string NearNetwork::text() const {
  std::string reason = to_text(difference);
  if (reason.empty()) reason = without_size;
  return concat("nearest is ", found.text(), ", with ", counted(fitting, "tensor"),
                without_size.empty() ? " that fit; " : " of its names; ", reason);
}

std::vector<std::string> prefixes_of(const io::NamedTensors& weights) {
  std::vector<std::set<std::string>> by_parts(kMostParts);
  for (const auto& [name, tensor] : weights) {
    std::size_t dot = name.find('.');
    for (std::size_t parts = 0; parts < kMostParts && dot != std::string::npos; ++parts) {
      if (by_parts[parts].size() < kMostPrefixes) by_parts[parts].insert(name.substr(0, dot + 1));
      dot = name.find('.', dot + 1);
    }
  }
  std::vector<std::string> prefixes = {""};
  for (const std::set<std::string>& some : by_parts)
    prefixes.insert(prefixes.end(), some.begin(), some.end());
  prefixes.resize(std::min(prefixes.size(), kMostPrefixes));
  return prefixes;
}

io::NamedTensors without_prefix(const io::NamedTensors& weights, std::string_view prefix) {
  io::NamedTensors inner;
  for (const auto& [name, tensor] : weights) {
    if (name.starts_with(prefix)) inner.set(name.substr(prefix.size()), tensor);
  }
  return inner;
}

std::vector<WrappedNetwork> recognise_wrapped(const io::NamedTensors& weights,
                                              const std::vector<std::string>& prefixes) {
  std::vector<WrappedNetwork> found;
  for (const std::string& prefix : prefixes) {
    for (RecognisedNetwork& network : recognise(without_prefix(weights, prefix)))
      found.push_back({prefix, std::move(network)});
  }
  return found;
}

std::optional<NearNetwork> nearest_network(const io::NamedTensors& weights,
                                           const std::vector<std::string>& prefixes, std::string_view arch) {
  std::optional<NearNetwork> nearest;
  const std::vector<Architecture> architectures = all_architectures();
  for (const std::string& prefix : prefixes) {
    const io::NamedTensors inner = without_prefix(weights, prefix);
    if (nearest && std::ssize(inner) <= score_of(*nearest)) continue;
    for (const Architecture& architecture : architectures) {
      if (!arch.empty() && architecture.name != arch) continue;
      std::optional<NearNetwork> near = compare(architecture, inner, prefix);
      if (near && (!nearest || score_of(*near) > score_of(*nearest))) nearest = std::move(near);
    }
  }
  return nearest;
}

std::string best_prefix(const Network& network, const io::NamedTensors& weights) {
  std::size_t most = 0;
  std::vector<std::string> best = {""};
  for (const std::string& prefix : prefixes_of(weights)) {
    const io::NamedTensors inner = without_prefix(weights, prefix);
    const std::size_t fits = fitting(inner, difference(network, inner));
    if (fits > most) best.clear();
    if (fits >= most && fits > 0) best.push_back(prefix);
    most = std::max(most, fits);
  }
  if (best.size() == 1) return best.front();
  throw ModelError(concat("the network fits under several prefixes: ", listed(best),
                          "; `sonograd convert IN OUT --prefix PREFIX` takes the tensors under one of them"));
}

}  // namespace sonograd::models
