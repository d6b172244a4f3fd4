// Options on which the scores of a model depend.
#pragma once

#include <vector>

#include "models/core/architecture.h"

namespace sonograd::models {

/// An option of a network, and its value.
struct UsedOption {
  Option option;
  OptionValue value;
};

/// Options of the network with the values `options`, in the order of its table, without those that have no effect at these
/// values: those of front and back ends that it does not have, and those that another value switches off. Throws ConfigError
/// as OptionTable::complete.
std::vector<UsedOption> used_options(const Architecture& architecture, const OptionValues& options);

/// For options that a user has stated. Throws ConfigError, with what is allowed, for one that has no effect and is not at its
/// default.
void require_effects(const Architecture& architecture, const OptionValues& options);

}  // namespace sonograd::models
