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

/// Storage of a real input or output: in the type under test, or always in float32 (float64 in the reference), as statistics
/// and parameters of norms are.
enum class Stored : std::uint8_t { as_tested, as_float32 };

/// One input of a case. Real inputs are drawn uniformly from [low, high) and rounded to their storage type, so that every
/// variant and the double reference get the same numbers; integer inputs are drawn from the integers in [low, high).
struct Input {
  Shape shape;
  double low = -1;
  double high = 1;
  DType dtype = DType::f32;  ///< f32 stands for the real type under test (f64 in the reference)
  Stored stored = Stored::as_tested;
};

/// One problem of one op.
struct Case {
  std::string name;  ///< origin of the sizes: `fcn layer2`, `prime sizes`
  std::vector<Input> inputs;
  std::vector<Shape> outputs;
  /// Calls the op's entry point. The element type of the real inputs and outputs is `dtype`: f32, f64 in the reference, or
  /// another storage type of the table.
  std::function<void(DType dtype, std::span<const View> inputs, std::span<const Out> outputs)> run;
  /// Allowed difference of an f32 variant, relative to the largest absolute value of the output; the case states the reason.
  double tolerance = 1e-5;
  double flops = 0;
  double bytes = 0;
  bool bench = false;                       ///< a real layer: timed by bench
  bool accumulates = true;                  ///< the op also runs with outputs that are added to
  std::vector<Stored> stored_outputs = {};  ///< of the outputs in order; as tested where none is given

  Stored stored_output(std::size_t i) const {
    return i < stored_outputs.size() ? stored_outputs[i] : Stored::as_tested;
  }
};

/// The tolerance of sums of that many products of numbers below 1 in float32, in any order: the largest partial sum is about
/// the largest result, and the rounding errors are a random walk.
inline double sum_tolerance(double products) {
  return std::max(2e-6, 1e-7 * std::sqrt(products));
}

/// The types that the outputs of an op may be stored in. A result is rounded once, when it is stored: an output in bf16 differs
/// from the exact value by half of the spacing of bf16 there more than the tolerance allows one in f32 to differ.
inline const std::vector<DType> kFloat32 = {DType::f32};
inline const std::vector<DType> kFloat32AndBf16 = {DType::f32, DType::bf16};

/// The cases of one table, by its name (`conv2d_forward`).
struct TableCases {
  std::string op;
  std::vector<Case> list;
  std::vector<DType> storage = kFloat32;  ///< every case runs in each of these
};

/// The tables of one op folder; each tests/cases/<op>.cpp defines one such function, `<op>_cases()`.
using OpCases = std::vector<TableCases>;
/// The cases of all folders. The function is generated from the folder listing.
std::vector<OpCases> all_cases();

/// The inputs of a case with values of the storage type `values_of`, in `dtype`: the same type, or f64 for the reference.
std::vector<Tensor> make_inputs(const Case& c, DType dtype, DType values_of);
inline std::vector<Tensor> make_inputs(const Case& c, DType dtype) {
  return make_inputs(c, dtype, dtype);
}
/// Element type of an input or output that is stored as `stored`, when `dtype` is under test.
inline DType dtype_of_stored(Stored stored, DType dtype) {
  return stored == Stored::as_float32 && dtype == DType::bf16 ? DType::f32 : dtype;
}

}  // namespace sonograd::cases
