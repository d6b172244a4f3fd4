// Case lists: the problems of every op, written once, used by the parity, determinism and guard tests and by bench.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace sonograd::cases {

/// One input of a case. Real inputs are drawn uniformly from [low, high) and rounded to float32, so that every variant
/// and the double reference see the same numbers; integer inputs are drawn from the integers in [low, high).
struct Input {
  Shape shape;
  double low = -1;
  double high = 1;
  DType dtype = DType::f32;  ///< f32 stands for the real type under test (f64 in the reference)
};

/// One problem of one op.
struct Case {
  std::string name;  ///< where it comes from: `fcn layer2`, `prime sizes`
  std::vector<Input> inputs;
  std::vector<Shape> outputs;
  /// Calls the op's entry point. The element type of the real inputs and outputs is `dtype`.
  std::function<void(DType dtype, std::span<const View> inputs, std::span<const Out> outputs)> run;
  /// Allowed difference of an f32 variant, relative to the largest absolute value of the output, and why.
  double tolerance = 1e-5;
  double flops = 0;
  double bytes = 0;
  bool bench = false;       ///< a real layer: timed by bench
  bool accumulates = true;  ///< the op also runs with outputs that are added to
};

/// The tolerance of sums of that many products of numbers below 1 in float32, whatever their order: the largest partial sum is
/// about the largest result, and what is rounded off on the way there is a random walk.
inline double sum_tolerance(double products) {
  return std::max(2e-6, 1e-7 * std::sqrt(products));
}

/// The cases of one table, by its name (`conv2d_forward`).
struct TableCases {
  std::string op;
  std::vector<Case> list;
};

/// The tables of one op folder; each tests/cases/<op>.cpp defines one such function, `<op>_cases()`.
using OpCases = std::vector<TableCases>;
/// All of them. Generated from the folder listing.
std::vector<OpCases> all_cases();

/// The inputs of a case, filled by the rule above, in `dtype`.
std::vector<Tensor> make_inputs(const Case& c, DType dtype);

}  // namespace sonograd::cases
