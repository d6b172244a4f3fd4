// Copies between networks and files of named tensors: files keep the published names and layouts.
#pragma once

#include <string>
#include <vector>

#include "models/core/description.h"
#include "models/core/network.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// A copy of the state of the network with published names and layouts, in the order of `Module::state`, on the CPU.
io::NamedTensors export_state(const Network& network);

/// Differences of a file and a network, by published name.
struct StateDifference {
  std::vector<std::string> missing;     ///< in the network only, without tensors that may be missing
  std::vector<std::string> unexpected;  ///< in the file only
  std::vector<std::string> misfits;     ///< in both with different extents: "name: file [..], model [..]"
  bool front_end_fits = true;           ///< none of the misfits is a constant of the front end
};

/// "missing: a, b; unexpected: c": empty when there is no difference.
std::string to_text(const StateDifference& difference);

/// By names and extents alone.
StateDifference difference(const Network& network, const io::NamedTensors& file);

/// Throws ModelError, naming the tensor, when a value is infinite or NaN.
void require_finite(const io::NamedTensors& weights);

/// Copies the tensors whose names and extents fit, and returns the differences. Throws ModelError when a value of them is
/// infinite or NaN.
StateDifference load_matching_state(Network& network, const io::NamedTensors& file);

/// Copies all tensors. Throws ModelError, listing the names, for tensors that are missing (see
/// StateEntry::may_be_missing), unexpected or of other extents.
void load_state(Network& network, const io::NamedTensors& file);

/// True when the file has every parameter of the network, and no tensor that the network lacks or has in other extents.
bool fits(const Network& network, const io::NamedTensors& file);

/// Origin of the filter bank of a network with these weights: as stated in their model file, else `stored` when they
/// contain constants of the front end.
FilterBank filter_bank_of(const Network& network, const io::TensorFile& weights);

/// Extent of axis `axis` >= 0 of a tensor, from which a network derives its sizes. Throws ModelError when the file has no
/// such tensor, or the tensor has fewer axes.
std::int64_t extent_of(const io::NamedTensors& file, std::string_view name, int axis);

/// Number of layers of a file that are counted by their names: tensors PREFIX0SUFFIX, PREFIX1SUFFIX, … up to the first that is
/// missing. 0 when PREFIX0SUFFIX is.
std::int64_t count_layers(const io::NamedTensors& file, std::string_view prefix,
                          std::string_view suffix = "");

}  // namespace sonograd::models
