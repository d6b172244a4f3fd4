// The JSON text at the beginning of a safetensors file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace sonograd::io {

/// In time proportional to the length of `text`, times the logarithm of the number of keys. Throws FormatError for text that is
/// not an object, nests deeper than a header of tensors does, or has a key twice in one object.
nlohmann::json parse_safetensors_header(std::string_view text);

}  // namespace sonograd::io
