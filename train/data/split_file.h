// `split.tsv`: the split of a run, columns `path` and `split`, rows in the order of the table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "train/data/labels_table.h"
#include "train/data/split.h"

namespace sonograd::train {

/// The text of the file. Rows in no part of the split are left out.
std::string format_split(const LabelsTable& table, const Split& split);

/// 64-bit FNV-1a over the text of `split.tsv` (Fowler, Noll, Vo): detects another split, not tampering.
std::uint64_t split_hash(std::string_view text);

/// Writes the file and returns its hash. Throws IoError.
std::uint64_t write_split(const std::filesystem::path& file, const LabelsTable& table, const Split& split);

/// The split that a file describes, as rows of `table`. Throws ReadError, and DataError: see TsvTable; a path
/// that the table does not have or that comes twice, a part that is not train, valid or test.
Split read_split(const std::filesystem::path& file, const LabelsTable& table);

}  // namespace sonograd::train
