// Checkpoint bundles of TensorFlow by the argument of a command: a folder, an .index file, or one in a Python wheel.
#pragma once

#include <string>
#include <vector>

#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Variables of a bundle without the state of an optimiser, and facts from its place.
struct PublishedBundle {
  io::NamedTensors tensors;
  std::string name;     ///< of the bundle, or of its folder: `MTT_musicnn`
  std::string licence;  ///< of the wheel; empty: not stated
};

/// Whether an argument names a bundle: NAME.index, a folder that contains one, a wheel or zip archive (.whl, .zip), or a bundle in
/// one, ARCHIVE#NAME.
bool names_bundle(const std::string& argument);

/// Throws ReadError for a file that cannot be read; FormatError, naming the file, as io::read_tensorflow_bundle does; ConfigError
/// for a folder or an archive with several bundles, listing them, when none is named, and for a name that it lacks.
PublishedBundle read_bundle(const std::string& argument);

/// Labels of the models in the musicnn library, by the name of the bundle: 50 tags of MagnaTagATune (`MTT_…`) or of the Million
/// Song Dataset (`MSD_…`). Empty for another name or number of outputs.
std::vector<std::string> labels_of_bundle(const std::string& name, std::size_t outputs);

}  // namespace sonograd::models
