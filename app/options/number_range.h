// Ranges of numbers on the command line.
#pragma once

#include <cstdint>
#include <limits>

#include "tensor/support/range.h"

namespace CLI {
class Validator;
}

namespace sonograd::app {

/// Refuses everything but a number of `low` to `high`; NaN is none.
CLI::Validator number_from(double low, double high = std::numeric_limits<double>::infinity());
/// The same for whole numbers.
CLI::Validator whole_number_from(std::int64_t low,
                                 std::int64_t high = std::numeric_limits<std::int64_t>::max());

/// The same for the range of a setting or an option of a library.
CLI::Validator number_from(const NumberRange& range);
CLI::Validator whole_number_from(const NumberRange& range);

}  // namespace sonograd::app
