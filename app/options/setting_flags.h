// Flags that are another way to write a setting: key, meaning, range and default come from the table of settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/config/setting_value.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sonograd::app {

struct SettingFlags {
  train::Settings settings;              ///< the defaults, and what was given
  std::vector<train::Assignment> given;  ///< on the command line or in the environment

  /// Adds the flag (or the positional, when `name` has no dashes) for the setting `key`, which the environment may give
  /// too, as SONOGRAD_TRAIN_SEED gives `train.seed`. This object must stay in its place until the command line is
  /// parsed. A value that the setting refuses is an error of the command line that names flag, key and range.
  CLI::Option& add(CLI::App& app, const std::string& name, std::string_view key);
};

/// Help of an option that replaces the setting `key` of a model or run: the one of the setting, and the default `usual`. Without
/// the clause about the value 0 where the option does not take it.
std::string help_of(std::string_view key, std::string_view usual, bool takes_zero = true);

}  // namespace sonograd::app
