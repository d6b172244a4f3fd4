// Settings to and from text.
#pragma once

#include <string>

#include "train/config/setting_table.h"
#include "train/config/settings.h"

namespace sonograd::train {

/// A setting and where it was given: `origin` names the place in messages ("--set", "run.toml:3").
struct Assignment {
  std::string key, value, origin;
};

/// Sets the value of an assignment: true or false, a number, a word, plain text, or a list as `a,b` or `["a",
/// "b"]`. For a model option (`model.ANYTHING`) it is a switch, a number or text, by its form. Throws
/// ConfigError: unknown key, other type, out of range.
void assign(Settings& settings, const Assignment& assignment);

/// The number in the option `model.KEY`. Throws ConfigError for a switch or text.
double number_of(const std::string& key, const ModelOption& option);

/// A value in TOML notation; assigning it again gives the same bits.
std::string format_value(const Settings& settings, const Setting& setting);
std::string format_value(const ModelOption& option);

}  // namespace sonograd::train
