// The factor that clips gradients by their global norm (Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent
// neural networks", 2013, algorithm 1), on the device where they are.
//
//   norm = sqrt(sum of squares over all elements of all tensors);  factor = 1 when norm <= limit, limit / norm otherwise
//
//   tensors dense, of any shapes, an undefined one counts as zeros; norm and factor single elements, always replaced; f32 (f64:
//   `reference` only). limit > 0. A norm that is NaN makes the factor NaN, an infinite one makes it 0.
// Sums are formed in a fixed order. Errors: ShapeError, DTypeError for unlike or strided views; ConfigError for the limit.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct ClipFactorProblem {
  double limit = 1;
  std::int64_t tensors = 0, elements = 0;
  DType dtype = DType::f32;

  double flops() const { return 2.0 * static_cast<double>(elements); }
  double bytes() const { return static_cast<double>(size_of(dtype)) * static_cast<double>(elements); }
  std::string summary() const {
    return concat("tensors ", tensors, " elements ", elements, ' ', name_of(dtype));
  }
};

struct ClipFactor {
  static constexpr std::string_view name = "clip_factor";
  using Problem = ClipFactorProblem;
  struct Args {
    std::span<const View> tensors;
    View norm, factor;
  };
};

void clip_factor(double limit, std::span<const View> tensors, const View& norm, const View& factor);

}  // namespace sonograd::kernels
