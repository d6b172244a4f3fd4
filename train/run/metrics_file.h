// metrics.jsonl: the epochs of a run, one JSON object per line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/run/run_observer.h"

namespace sonograd::train {

/// Keys of the scores of metric learning: "valid_recall_8" for K = 8.
std::string recall_key(std::size_t k);
inline constexpr const char* kTripletKey = "valid_triplet_accuracy";

/// All of them; empty without the file, as before the first epoch. Throws IoError, and FormatError naming the
/// line that is no epoch.
std::vector<EpochReport> read_metrics(const std::filesystem::path& file);

/// The epoch of one line; nothing when it is none.
std::optional<std::int64_t> epoch_of(std::string_view line);

}  // namespace sonograd::train
