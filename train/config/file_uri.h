// Paths as file URIs (RFC 8089), for texts that hold UTF-8 only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sonograd::train {

/// `file:///music/caf%E9` for an absolute path: every byte but letters, digits and `/-._~` as %XX.
std::string to_file_uri(std::string_view path);

/// The path of a URI without a host; nothing for other text, and for a URI that is malformed.
std::optional<std::string> from_file_uri(std::string_view text);

}  // namespace sonograd::train
