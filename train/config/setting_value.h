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
/// "b"]`. Text that is a file URI stands for its path. For an option of the network (`model.ANYTHING`, or `front_end.ANYTHING` for one of its front end) it is a switch, a
/// number or text, by its form. Throws ConfigError: unknown key, other type, out of range.
void assign(Settings& settings, const Assignment& assignment);

/// A value in TOML notation; assigning it again gives the same bits. A path that is not UTF-8, which TOML does not allow, is
/// written as a file URI.
std::string format_value(const Settings& settings, const Setting& setting);
std::string format_value(const models::OptionValue& option);

}  // namespace sonograd::train
