// The table of training settings: key, unit, range and help of each, bound to its place in Settings.
// Parsing, range checks, command-line flags, --print-config and the config.toml of a run all come from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tensor/support/range.h"
#include "train/config/settings.h"

namespace sonograd::train {

struct Setting {
  template <class T>
  using Field = T& (*)(Settings&);
  using AnyField =
      std::variant<Field<bool>, Field<std::int64_t>, Field<double>, Field<std::string>,
                   Field<std::vector<std::string>>, Field<RecipeName>, Field<LabelWeights>,
                   Field<kernels::Precision>, Field<KernelChoice>, Field<TaskChoice>, Field<Validation>,
                   Field<LossKind>, Field<TripletDistance>, Field<TripletSampling>, Field<TripletMining>,
                   Field<DecayedParameters>, Field<EffectsOn>, Field<TeacherTargets>, Field<models::Pcm>,
                   Field<kernels::OptimizerRule>, Field<ScheduleKind>, Field<models::Aggregate>,
                   Field<audio::Pad>>;
  std::string_view key;  ///< "group.name"
  AnyField field;
  std::string_view help;
  NumberRange limits = {};     ///< range of a number
  std::string_view unit = {};  ///< unit of a number; empty: none

  bool is_number() const;
  /// The words that the setting may be; empty for numbers, switches, text and lists.
  std::vector<std::string_view> words() const;

  /// "0 to 1", "1 to 65536 clips", "adam|sgd", "true|false", "text" or "list of text".
  std::string range() const;
};

/// Every setting except `model.*`; those of one group stand together.
std::span<const Setting> all_settings();

/// nullptr when there is no such setting.
const Setting* find_setting(std::string_view key);

/// At most three keys similar to `key`, nearest first.
std::vector<std::string_view> similar_settings(std::string_view key);

}  // namespace sonograd::train
