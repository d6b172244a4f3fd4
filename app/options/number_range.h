// Ranges of numbers on the command line.
#pragma once

#include <cstdint>
#include <limits>

namespace CLI {
class Validator;
}

namespace sonograd::app {

/// Refuses everything but a number of `low` to `high`; NaN is none.
CLI::Validator number_from(double low, double high = std::numeric_limits<double>::infinity());
/// The same for whole numbers.
CLI::Validator whole_number_from(std::int64_t low,
                                 std::int64_t high = std::numeric_limits<std::int64_t>::max());

}  // namespace sonograd::app
