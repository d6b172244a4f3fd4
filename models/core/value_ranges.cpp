#include "models/core/value_ranges.h"

#include "tensor/support/error.h"

namespace sonograd::models {

void check_map_values(std::string_view cause, double per_sample, std::int64_t samples,
                      std::int64_t sample_rate) {
  const auto refuse = [&](double values, double most, std::string_view of) {
    if (values > most)
      throw ConfigError(concat(cause, ' ', values, " values ", of, ": at most ", most, " are possible"));
  };
  refuse(per_sample * static_cast<double>(samples), kMostMapValues, concat("of model.samples = ", samples));
  refuse(per_sample * static_cast<double>(sample_rate), kMostMapValuesPerSecond, "a second");
}

}  // namespace sonograd::models
