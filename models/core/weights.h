// Between networks and files of named tensors: files keep the published names and layouts.
#pragma once

#include <string>
#include <vector>

#include "models/core/description.h"
#include "models/core/network.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Everything a weight file holds of this network, in the published order.
io::NamedTensors export_state(const Network& network);

/// What a file and a network do not have in common, by published name.
struct StateDifference {
  std::vector<std::string> missing;     ///< in the network only, and not of those that may be missing
  std::vector<std::string> unexpected;  ///< in the file only
  std::vector<std::string> misfits;     ///< in both with different extents: "name: file [..], model [..]"
  bool front_end_fits = true;           ///< none of the misfits is a constant of the front end
};

/// Copies what fits by name and extents, and returns the rest.
StateDifference load_matching_state(Network& network, const io::NamedTensors& file);

/// Copies everything. Throws ModelError, listing the names, when something is missing, unexpected or of other
/// extents; see StateEntry::may_be_missing.
void load_state(Network& network, const io::NamedTensors& file);

/// Whether every parameter of the network is in the file, and nothing is that the network lacks or has in other extents.
bool fits(const Network& network, const io::NamedTensors& file);

/// Origin of the filter bank of a network that takes these weights: as their model file says, else `stored` when they
/// bring constants of the network's front end along.
FilterBank filter_bank_of(const Network& network, const io::TensorFile& weights);

/// Extent of an axis of a tensor, from which a network derives its sizes. Throws ModelError when the file has no such
/// tensor, or one with fewer axes.
std::int64_t extent_of(const io::NamedTensors& file, std::string_view name, int axis);

}  // namespace sonograd::models
