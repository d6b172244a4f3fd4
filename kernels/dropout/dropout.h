// Dropout with inverted scaling (Srivastava et al., "Dropout: a simple way to prevent neural networks from
// overfitting", JMLR 2014).
//
//   y[i] = keep[i] x[i] / (1 - p),   keep[i] = (number i of Random(key)) >= p 2^32
//
// The mask is a function of the key, so the backward pass is the same op on dy, and nothing is saved.
//   x, y any shape of at most 2^34 elements, dense; f32 or bf16 (f64: `reference` only); y may be x
// Errors: ConfigError unless p is in [0, 1); ShapeError when extents do not fit.
#pragma once

#include "kernels/core/variant.h"
#include "tensor/random.h"

namespace sonograd::kernels {

struct DropoutProblem {
  Shape shape;
  double p = 0;  ///< probability with which an element is dropped, in [0, 1)
  RandomKey key;
  DType dtype = DType::f32;

  static DropoutProblem make(const Shape& shape, double p, const RandomKey& key, DType dtype = DType::f32);
  /// Random words below this drop their element.
  std::uint32_t threshold() const { return static_cast<std::uint32_t>(p * 0x1p32); }
  double flops() const { return static_cast<double>(shape.numel()); }
  double bytes() const { return 2 * static_cast<double>(size_of(dtype)) * flops(); }
  std::string summary() const { return concat(shape, ' ', name_of(dtype)); }
};

struct Dropout {
  static constexpr std::string_view name = "dropout";
  using Problem = DropoutProblem;
  struct Args {
    View x;
    Out y;
  };
};

void dropout(const DropoutProblem& p, const View& x, const Out& y);

}  // namespace sonograd::kernels
