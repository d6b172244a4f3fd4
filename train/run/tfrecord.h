// The framing of TensorFlow's record files: length (uint64, little-endian), masked CRC of those 8 bytes
// (uint32), data, masked CRC of the data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sonograd::train {

/// CRC-32C (Castagnoli polynomial), as in RFC 3720 §B.4.
std::uint32_t crc32c(std::string_view bytes);

/// `data` as a record.
std::string frame_record(std::string_view data);

/// Takes the first record off `bytes` and returns its data; nothing, and `bytes` as it was, when there is no
/// whole and undamaged record.
std::optional<std::string_view> take_record(std::string_view& bytes);

}  // namespace sonograd::train
