// Splits: the clips that train, validate and test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/data/labels_table.h"

namespace sonograd::train {

/// Rows of a LabelsTable, ascending; no row is in two parts.
struct Split {
  std::vector<std::size_t> train, valid, test;

  /// "train", "valid" or "test"; nullptr for any other name.
  std::vector<std::size_t>* part(std::string_view name);
  /// The rows of all parts, ascending.
  std::vector<std::size_t> rows() const;
};

/// The rule of a split. Default: the column `split` if there is one, else random.
struct SplitRule {
  std::string column;                ///< named by the user; empty: the default
  std::optional<std::string> value;  ///< test on this value of `column`
  bool validate = true;              ///< false: the validation clips train instead
  bool test_only = false;            ///< scoring a finished model: only the test rows have to exist
  bool may_lack_parts = false;       ///< looking at a data set: every part may be empty

  /// "" (default), "COLUMN" (cells: train, valid or test) or "COLUMN=VALUE".
  static SplitRule parse(std::string_view text);
};

/// - A column of train / valid / test is taken as it stands.
/// - COLUMN=V tests on V, validates on the value before it and trains on the rest; values are ordered as
/// numbers
///   when all of them are numbers, else bytewise, and the last one comes before the first. With fewer than
///   three values 15 % of the training rows validate.
/// - Without either, 15 % of the clips test and 15 % validate, and 15 % of the clips of each label: see stratify.h.
/// Shares are drawn from `seed` by whole `group`s (clips without one stand alone), at least one group each;
/// the last group drawn may exceed the share. `row_labels`: the labels of each row, or empty. Throws ConfigError when the column that the rule names is
/// absent; DataError for a cell that is not train, valid or test, and when a required part is empty.
Split make_split(const LabelsTable& table, const SplitRule& rule, std::uint64_t seed,
                 std::span<const std::vector<std::size_t>> row_labels = {});

/// The error message for a part that `rule` requires and that is empty in `split`; empty: there is none.
std::string empty_part(const Split& split, const LabelsTable& table, const SplitRule& rule);

}  // namespace sonograd::train
