#include "layers/positions.h"

#include <cmath>
#include <vector>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

// x plus the first rows of `table` [1, rows, D].
Variable with_positions(const Variable& x, const Variable& table) {
  const Shape &shape = x.shape(), &rows = table.shape();
  if (shape.rank() != 3 || shape[1] > rows[1] || shape[2] != rows[2]) {
    throw ShapeError(concat("[positions] x: expected [N, S, ", rows[2], "] with at most ", rows[1],
                            " positions, got ", shape));
  }
  const Variable same_type = convert(table, x.dtype());
  return add(x, rows[1] == shape[1] ? same_type : slice(same_type, 1, 0, shape[1]));
}

// `token` [D] in front of the sequences of x [N, S, D].
Variable with_token(const Variable& x, const Variable& token) {
  const Shape& shape = x.shape();
  if (shape.rank() != 3 || shape[2] != token.shape()[0]) {
    throw ShapeError(concat("[token] x: expected [N, S, ", token.shape()[0], "], got ", shape));
  }
  const Tensor none = Tensor::zeros({shape[0], 1, shape[2]}, x.dtype(), x.device());
  return concat({add(Variable(none), convert(token, x.dtype())), x}, 1);
}

Tensor sinusoids(std::int64_t rows, std::int64_t width) {
  const Tensor table = Tensor::empty({1, rows, width});
  std::vector<double> periods;  // over 2 pi
  for (std::int64_t i = 0; i < width; ++i)
    periods.push_back(std::pow(10000.0, static_cast<double>(i - i % 2) / static_cast<double>(width)));
  float* value = table.data<float>();
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < width; ++i) {
      const double angle = static_cast<double>(row) / periods[static_cast<std::size_t>(i)];
      *value++ = static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  return table;
}

}  // namespace

LearnedPositions::LearnedPositions(std::int64_t rows, std::int64_t width)
    : table_(*this, "table", normal({1, rows, width}, 1)) {}

Variable LearnedPositions::forward(const Variable& x) const {
  TraceScope trace(*this, "learned positions");
  return trace.output(with_positions(x, table_));
}

SinusoidalPositions::SinusoidalPositions(std::int64_t rows, std::int64_t width)
    : table_(*this, "table", sinusoids(rows, width), StateKind::constant) {}

Variable SinusoidalPositions::forward(const Variable& x) const {
  TraceScope trace(*this, "sinusoidal positions");
  return trace.output(with_positions(x, Variable(table_)));
}

LearnedToken::LearnedToken(std::int64_t width) : token_(*this, "token", normal({width}, 1)) {}

Variable LearnedToken::forward(const Variable& x) const {
  TraceScope trace(*this, "learned token");
  return trace.output(with_token(x, token_));
}

FixedToken::FixedToken(const Tensor& token) : token_(*this, "token", token, StateKind::constant) {}

Variable FixedToken::forward(const Variable& x) const {
  TraceScope trace(*this, "fixed token");
  return trace.output(with_token(x, Variable(token_)));
}

}  // namespace sonograd::layers
