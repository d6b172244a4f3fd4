// Settings to and from text.
#pragma once

#include <string>

#include "train/config/setting_table.h"
#include "train/config/settings.h"

namespace sonograd::train {

/// One setting given somewhere; `origin` names that place in messages ("--set", "run.toml:3").
struct Assignment {
  std::string key, value, origin;
};

/// Takes over what an assignment says: true or false, a number, plain text, or a list as `a,b` or `["a",
/// "b"]`. For a model option (`model.ANYTHING`) it is whichever the text looks like, a list excepted. Throws
/// ConfigError: unknown key, other type, out of range.
void assign(Settings& settings, const Assignment& assignment);

/// Of `model.KEY`. Throws ConfigError when it is none.
double number_of(const std::string& key, const ModelOption& option);

/// A value in TOML notation; assigning it again gives the same bits.
std::string format_value(const Settings& settings, const Setting& setting);
std::string format_value(const ModelOption& option);

}  // namespace sonograd::train
