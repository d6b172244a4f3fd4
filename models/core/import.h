// Published weights as a model: the network that the tensors fit, and its options.
#pragma once

#include <string>
#include <vector>

#include "models/core/model.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Choices that the tensors leave open.
struct ImportOptions {
  std::string arch;     ///< empty: the network that the tensors fit
  std::string dialect;  ///< see FrontEndSource
  std::vector<std::string>
      assignments;  ///< options that the tensors do not contain, as OptionTable::parse reads them
};

struct ImportedModel {
  ModelDraft draft;                   ///< its labels are tag00, tag01, ...
  std::string prefix;                 ///< prefix of the tensors in the file, which is removed
  std::vector<std::string> left_out;  ///< tensors that are not part of the network
  std::string dialect;
  std::vector<std::string> assumed;  ///< options with their values, which are in `about.training` as well
};

/// The network of `arch` or, without it, the one that all tensors fit, with the weights loaded. Throws ModelError, naming the
/// nearest network and the tensors in question, when the tensors fit none or several, and ConfigError for an unknown `arch`, a
/// dialect that the front end lacks, and as OptionTable::parse, FrontEnd::complete, require_effects and make_model do, UnstatedOptions for options that outputs
/// depend on and that are neither in the tensors nor given.
ImportedModel import_weights(const io::TensorFile& file, const ImportOptions& options);

/// The description of a model file, completed as this version writes it. Warnings and errors as of draft_of_file, and as of
/// require_finite.
ModelDescription complete_description(const io::TensorFile& file, std::vector<std::string>& warnings);

}  // namespace sonograd::models
