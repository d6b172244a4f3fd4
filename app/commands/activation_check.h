// `sonograd convert --verify`: the bytes of the result, and the layers of its network against reference activations.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/core/model_error.h"
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
/// is no comparison where none is stored, or the stored one does not fit. Throws ModelError with the reason when `given` does not fit,
/// and as models::compare_with_reference.
std::optional<ActivationCheck> check_activations(const io::TensorFile& model,
                                                 const std::optional<models::Reference>& given);

/// Runs `check` of a file that has not taken the place of `out` yet. The messages of its errors end with what they mean for `out`.
/// Throws ModelError for a FormatError, and IoError.
template <class Check>
auto before_replacing(const std::filesystem::path& out, const Check& check) {
  const auto with_outcome = [&](const Error& error) {
    std::error_code unknown;
    const bool is_there = std::filesystem::exists(out, unknown);
    return concat(error.what(), is_there ? "; the earlier file stays" : "; no file is written");
  };
  try {
    return check();
  } catch (const FormatError& error) {
    throw models::ModelError(with_outcome(error));
  } catch (const IoError& error) {
    throw IoError(with_outcome(error));
  }
}

/// Prints a row for every stage.
void print_table(const ActivationCheck& check);
/// Name, outcome and stages; the deviation of a stage that is not finite is null.
nlohmann::ordered_json to_json(const ActivationCheck& check);

/// Throws ModelError, naming the first stage that deviates, unless all agree.
void require_agreement(const std::string& file, const ActivationCheck& check);

}  // namespace sonograd::app
