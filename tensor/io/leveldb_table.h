// Sorted tables of LevelDB, the index of TensorFlow's checkpoint bundles: blocks of entries whose keys share prefixes, stored or
// compressed with Snappy, each with a checksum; a block of the places of the others; a footer.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace sonograd::io {

/// Receives an entry; both views are valid during the call.
using VisitEntry = std::function<void(std::string_view key, std::span<const std::byte> value)>;

/// Passes the entries to `visit` in the order of their keys. Throws FormatError, with the place, for bytes that are no such
/// table: another magic number, a wrong checksum, a block of another compression, blocks that overlap or exceed 16 MiB, keys out
/// of order or above 1,024 bytes, more than 131,072 entries.
void for_each_entry(std::span<const std::byte> table, const VisitEntry& visit);

/// Version of libsnappy.
std::string snappy_version();

}  // namespace sonograd::io
