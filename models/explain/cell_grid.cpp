#include "models/explain/cell_grid.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::models {

CellGrid::CellGrid(const Shape& input, std::int64_t times, std::int64_t bands)
    : positions_(input[1]), width_(input.numel() / (input[0] * input[1])) {
  if (times < 1 || bands < 1)
    throw ConfigError(concat("[cells] expected at least 1 x 1, got ", times, " x ", bands));
  times_ = std::min(times, positions_);
  bands_ = std::min(bands, width_);
}

void CellGrid::copy(std::int64_t cell, const Tensor& source, const Tensor& input) const {
  visit_real(input.dtype(), "cells", [&](auto type) {
    using T = decltype(type);
    for_each(cell, [&](std::size_t k) { input.data<T>()[k] = source.data<T>()[k]; });
  });
}

}  // namespace sonograd::models
