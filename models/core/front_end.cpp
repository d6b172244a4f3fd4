#include "models/core/front_end.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::models {

std::vector<std::string> take_given(const OptionTable& options, const FrontEndSource& source,
                                    OptionValues& values) {
  for (const auto& [key, value] : source.given) values.insert_or_assign(key, value);
  return assumptions(options, source, values);
}

std::vector<std::string> assumptions(const OptionTable& options, const FrontEndSource& source,
                                     const OptionValues& values, std::span<const std::string_view> stored) {
  std::vector<std::string> assumed;
  for (const Option& option : options) {
    if (source.given.contains(option.key) || std::ranges::find(stored, option.key) != stored.end()) continue;
    const auto found = values.find(option.key);
    assumed.push_back(
        concat(option.path(), '=', to_text(found == values.end() ? option.default_value : found->second)));
  }
  return assumed;
}

}  // namespace sonograd::models
