// `sonograd convert --verify`: the bytes of the result, and the layers of its network against reference activations.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/verify/verification.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::app {

/// A network compared with a reference.
struct ActivationCheck {
  std::string reference;  ///< name of it
  std::vector<models::ComparedStage> stages;

  bool agrees() const;
};

/// Throws IoError, naming the file and the first tensor that differs.
void require_equal_tensors(const std::string& file, const io::NamedTensors& written,
                           const io::NamedTensors& back);

/// Compares the network of a model with `given` or, without it, with the reference that is stored for its weights; prints why there
/// is no comparison where none is stored. Throws as models::compare_with_reference.
std::optional<ActivationCheck> check_activations(const io::TensorFile& model,
                                                 const std::optional<models::Reference>& given);

/// Prints a row for every stage.
void print_table(const ActivationCheck& check);
/// Name, outcome and stages; the deviation of a stage that is not finite is null.
nlohmann::ordered_json to_json(const ActivationCheck& check);

/// Throws ModelError, naming the first stage that deviates, unless all agree.
void require_agreement(const std::string& file, const ActivationCheck& check);

}  // namespace sonograd::app
