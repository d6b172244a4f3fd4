// Variations of inputs that keep the structure of a format intact, so that they come past its first checks.
#pragma once

#include <string>
#include <string_view>

#include "tests/fuzz/choices.h"

namespace sonograd::fuzz {

/// A node of a JSON text replaced, wrapped, moved or removed; in a string that contains JSON, likewise. Text that is not JSON
/// is treated as bytes.
std::string mutate_json(std::string_view text, Choices& choices);
/// A line of JSON Lines.
std::string mutate_json_lines(std::string_view text, Choices& choices);
/// A value, key, header or line of a TOML text. `keys`: of settings, to be set.
std::string mutate_toml(std::string_view text, std::span<const std::string> keys, Choices& choices);
/// The header of a safetensors file, or its metadata, with the length of the header corrected.
std::string mutate_safetensors(std::string_view bytes, Choices& choices);
/// Operations of the pickles of a file of torch.save, in either layout.
std::string mutate_pth(std::string_view bytes, Choices& choices);
/// A block of a LevelDB table, with its checksum corrected.
std::string mutate_table(std::string_view bytes, Choices& choices);
/// The header or the bytes of an array in an archive of NumPy.
std::string mutate_npz(std::string_view bytes, Choices& choices);
/// Bytes flipped, removed, repeated.
std::string mutate_bytes(std::string_view bytes, Choices& choices);

}  // namespace sonograd::fuzz
