// Reference activations: values of the stages of a network with certain weights, computed by an independent program on the test
// signal, as tests/golden/make_reference.py writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/shape.h"

namespace sonograd::models {

/// A value of a stage: its position in the flattened output, and the value.
struct SampledValue {
  std::int64_t index = 0;
  double value = 0;
};

/// Shape, statistics and some values of the output of a stage, in the layout of ours: time first, channels last, no batch axis.
struct StageValues {
  Shape shape;
  double mean = 0, min = 0, max = 0;
  double std = 0;   ///< standard deviation, of the values as a whole population
  double norm = 0;  ///< root of the sum of squares
  std::vector<SampledValue> samples;
};

/// The output of a layer.
struct ReferenceStage {
  std::string name;  ///< path of the layer, as `sonograd models NAME` lists it
  double limit = 0;  ///< largest deviation (see deviation_of) of a correct float32 implementation
  StageValues values;
};

struct Reference {
  std::string name, arch, origin;
  std::string fingerprint;       ///< of the weights: see fingerprint_of
  std::int64_t sample_rate = 0;  ///< Hz
  std::int64_t samples = 0;      ///< length of the test signal
  std::vector<ReferenceStage> stages;
};

/// Throws FormatError, naming the entry and what was expected, for text that is no reference: JSON beyond kMaxNesting, more than
/// 256 stages or 1024 values of one, numbers that are not finite, positions outside of the shape, names that repeat.
Reference parse_reference(std::string_view text);

/// The reference in a file of at most 4 MiB. Throws as `parse_reference`, naming the file, and ReadError when it cannot be read.
Reference read_reference(const std::string& file);

/// A file of models/verify/references.
struct ReferenceFile {
  std::string_view name;  ///< without the extension
  std::string_view text;
};

/// Every reference that the program contains, by name.
std::vector<ReferenceFile> reference_files();

/// The reference that the program contains for weights of this fingerprint.
std::optional<Reference> find_reference(std::string_view fingerprint);

}  // namespace sonograd::models
