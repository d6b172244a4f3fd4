#include "models/core/used_options.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::models {

std::vector<UsedOption> used_options(const Architecture& architecture, const OptionValues& options) {
  const OptionValues values = architecture.options.complete(options);
  const std::vector<IdleOption> idle = architecture.idle_of(values);
  std::vector<UsedOption> used;
  for (const Option& option : architecture.options) {
    if (std::ranges::find(idle, option.key, &IdleOption::key) == idle.end())
      used.push_back({option, values.at(option.key)});
  }
  return used;
}

void require_effects(const Architecture& architecture, const OptionValues& options) {
  const OptionValues values = architecture.options.complete(options);
  for (const IdleOption& idle : architecture.idle_of(values)) {
    const Option& option = architecture.options.at(idle.key);
    const OptionValue& value = values.at(idle.key);
    if (value == option.default_value) continue;
    throw ConfigError(concat(option.path(), " = ", to_text(value), ": it has no effect with ", idle.cause,
                             "; expected its default, ", to_text(option.default_value)));
  }
}

}  // namespace sonograd::models
