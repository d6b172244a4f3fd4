// Gradients against central differences, in double precision.
#pragma once

#include <functional>
#include <vector>

#include "autograd/variable.h"

namespace sonograd {

/// A function of variables to one variable of any shape.
using VariableFunction = std::function<Variable(const std::vector<Variable>&)>;

/// Largest relative difference, over `directions` random directions u of all inputs together, between
/// <gradient, u> and the central difference (f(x + h u) - f(x - h u)) / 2h of the output projected on fixed
/// random weights. Inputs must be f64 (ops then run their `reference` variants). A correct gradient gives
/// about 1e-8.
double gradient_error(const VariableFunction& f, const std::vector<Tensor>& inputs, int directions = 4,
                      double h = 1e-5);

}  // namespace sonograd
