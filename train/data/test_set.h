// The clips that `sonograd evaluate` scores a finished model on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "models/core/description.h"
#include "train/data/dataset.h"

namespace sonograd::train {

/// Entry of ModelDescription::training: "segments" when the model was trained on labels with times; else absent.
inline constexpr std::string_view kTargetsKey = "targets";
/// Extent of the targets that the model was trained on.
TargetsOf targets_of(const models::ModelDescription& about);

struct TestSetOptions {
  std::filesystem::path folder;
  /// "all", "split", "COLUMN=VALUE"; empty: the run's own split, else the column `split`, else all rows.
  std::string split;
  /// `split.tsv` of the run that the model comes from; empty: there is none.
  std::filesystem::path run_split;
};

/// The test rows with targets in the model's label order. Throws ModelError when the table has none of the
/// model's labels or not the column of its task; DataError and ConfigError as LabelsTable, make_split and
/// read_split do.
Dataset open_test_set(const TestSetOptions& options, const models::ModelDescription& about);

}  // namespace sonograd::train
