// Networks whose tensors lie under a prefix: in files of DataParallel (`module.`), torch.compile (`_orig_mod.`), Lightning
// (`state_dict.model.`) and other containers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/recognise.h"
#include "models/core/weights.h"

namespace sonograd::models {

/// The beginnings of the names up to each dot, dot included, those with fewer parts first; the empty one is the first of all.
/// At most 256.
std::vector<std::string> prefixes_of(const io::NamedTensors& weights);

/// The tensors under a prefix, without it.
io::NamedTensors without_prefix(const io::NamedTensors& weights, std::string_view prefix);

/// A network under a prefix.
struct WrappedNetwork {
  std::string prefix;
  RecognisedNetwork network;

  /// "fcn", "fcn under 'module.'".
  std::string text() const;
};

/// Networks under any of the prefixes, which the tensors there fit exactly.
std::vector<WrappedNetwork> recognise_wrapped(const io::NamedTensors& weights,
                                              const std::vector<std::string>& prefixes);

/// A network that the tensors do not fit exactly.
struct NearNetwork {
  WrappedNetwork found;
  std::size_t fitting = 0;  ///< tensors that fit by name and extents, or by name where the sizes are unknown
  StateDifference difference;  ///< by name alone where the sizes are unknown
  std::string without_size;  ///< reason why the tensors do not give the sizes of the network; empty: they do

  /// Whether only tensors that the network lacks are in the way.
  bool has_all() const {
    return without_size.empty() && difference.missing.empty() && difference.misfits.empty();
  }
  /// "nearest is fcn, with 40 tensors that fit; missing: dense.weight".
  std::string text() const;
};

/// The one with the most tensors that fit, less those that are missing or have other extents, of the architecture if one is given;
/// nothing when less than a quarter of any network fits.
std::optional<NearNetwork> nearest_network(const io::NamedTensors& weights,
                                           const std::vector<std::string>& prefixes,
                                           std::string_view arch = {});

/// The prefix under which the most tensors fit `network`. Throws ModelError, naming them, when there are several.
std::string best_prefix(const Network& network, const io::NamedTensors& weights);

}  // namespace sonograd::models
