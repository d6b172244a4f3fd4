// Factor that clips gradients by their global norm (Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent
// neural networks", 2013, algorithm 1), on the device of the gradients.
//
//   norm = sqrt(sum of squares over all elements of all tensors);  factor = 1 when norm <= limit, limit / norm otherwise
//
//   tensors dense, of any shapes, each f32 or bf16; an undefined one counts as zeros. norm and factor: single elements,
//   always replaced; f32 (f64, then of all: `reference` only). limit > 0. The factor is NaN if the norm is NaN, and 0 if it is
//   infinite.
// Sums are computed in a fixed order. Errors: ShapeError for strided views; DTypeError for other element types; ConfigError
// for the limit.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct ClipFactorProblem {
  double limit = 1;
  std::int64_t tensors = 0, elements = 0;
  std::int64_t bf16_elements = 0;  ///< of `elements`
  DType dtype = DType::f32;        ///< of norm and factor

  double flops() const { return 2.0 * static_cast<double>(elements); }
  double bytes() const {
    return static_cast<double>(size_of(dtype)) * static_cast<double>(elements - bf16_elements) +
           2.0 * static_cast<double>(bf16_elements);
  }
  std::string summary() const {
    const std::string halves = bf16_elements == 0 ? "" : concat(", bf16 ", bf16_elements);
    return concat("tensors ", tensors, " elements ", elements, ' ', name_of(dtype), halves);
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

/// Replaces norm and factor.
void clip_factor(double limit, std::span<const View> tensors, const View& norm, const View& factor);

}  // namespace sonograd::kernels
