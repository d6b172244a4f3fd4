// Between modules and files of named tensors: files keep the published names and layouts.
#pragma once

#include <string>
#include <vector>

#include "layers/module.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// A tensor of ours in the layout of published files, and back (on the CPU). Throws ShapeError for another
/// rank than the layout has.
Tensor to_file_layout(const Tensor& ours, layers::FileLayout layout);
Tensor from_file_layout(const Tensor& published, layers::FileLayout layout);
/// Extents that a tensor of ours has in a file.
Shape file_shape(const Shape& ours, layers::FileLayout layout);

/// Everything a weight file holds of this module, in the published order.
io::NamedTensors export_state(const layers::Module& module);

/// What a file and a module do not have in common.
struct StateDifference {
  std::vector<std::string> missing;     ///< in the module only, and not of those that may be missing
  std::vector<std::string> unexpected;  ///< in the file only
  std::vector<std::string> misfits;     ///< in both with different extents: "name: file [..], model [..]"
  bool front_end_fits = true;           ///< none of the misfits is a constant of the front end
};

/// Copies what fits by name and extents, and returns the rest.
StateDifference load_matching_state(layers::Module& module, const io::NamedTensors& file);

/// Copies everything. Throws ModelError, listing the names, when something is missing, unexpected or of other
/// extents; see StateEntry::may_be_missing.
void load_state(layers::Module& module, const io::NamedTensors& file);

}  // namespace sonograd::models
