// A model file described for people: the Markdown page of `sonograd models FILE --card`.
#pragma once

#include <filesystem>
#include <string>

#include "models/core/model.h"

namespace sonograd::app {

/// The card of `model`, which is the contents of `file`. It states what the file contains, and names what the file does not
/// contain as not recorded. Text of the file is escaped. Throws ReadError when the file cannot be read again for its checksum.
std::string model_card(const models::Model& model, const std::filesystem::path& file);

}  // namespace sonograd::app
