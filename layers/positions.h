// Positions of a sequence, for layers that do not see the order of their input, and the token in front of it.
#pragma once

#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

/// Adds a learned vector to every position: [N, S, D] -> [N, S, D], S at most `rows`. Parameter: table [1, rows, D], from a normal
/// distribution; row i belongs to position i. Throws ShapeError for a longer sequence.
class LearnedPositions : public Layer {
 public:
  LearnedPositions(std::int64_t rows, std::int64_t width);
  Variable forward(const Variable& x) const override;

 private:
  Parameter table_;
};

/// Adds sines and cosines of the position (Vaswani et al., "Attention is all you need", NeurIPS 2017, section 3.5):
///
///   y[n, s, 2i] = x[n, s, 2i] + sin(s / 10000^(2i / D)),   y[n, s, 2i + 1] = x[n, s, 2i + 1] + cos(s / 10000^(2i / D))
///
/// [N, S, D] -> [N, S, D], S at most `rows`. Throws ShapeError for a longer sequence.
class SinusoidalPositions : public Layer {
 public:
  SinusoidalPositions(std::int64_t rows, std::int64_t width);
  Variable forward(const Variable& x) const override;

 private:
  Buffer table_;  ///< [1, rows, D]
};

/// Puts a learned vector in front of every sequence: [N, S, D] -> [N, 1 + S, D]. Parameter: token [D], from a normal
/// distribution.
class LearnedToken : public Layer {
 public:
  explicit LearnedToken(std::int64_t width);
  Variable forward(const Variable& x) const override;

 private:
  Parameter token_;
};

/// Puts the same vector in front of every sequence, which training does not change and files do not contain.
class FixedToken : public Layer {
 public:
  explicit FixedToken(const Tensor& token);
  Variable forward(const Variable& x) const override;

 private:
  Buffer token_;  ///< [D]
};

}  // namespace sonograd::layers
