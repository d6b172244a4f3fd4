// Differentiable pooling; formulas and errors in kernels/pool/pool.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/core/pair.h"

namespace sonograd {

/// x [N, T, F, C] -> [N, T', F', C]; without a stride, windows lie side by side (stride = kernel).
Variable max_pool2d(const Variable& x, kernels::Pair kernel);
Variable max_pool2d(const Variable& x, kernels::Pair kernel, kernels::Pair stride);
Variable avg_pool2d(const Variable& x, kernels::Pair kernel);
Variable avg_pool2d(const Variable& x, kernels::Pair kernel, kernels::Pair stride);

/// x [N, T, C] -> [N, T', C], likewise.
Variable max_pool1d(const Variable& x, std::int64_t kernel);
Variable max_pool1d(const Variable& x, std::int64_t kernel, std::int64_t stride);
Variable avg_pool1d(const Variable& x, std::int64_t kernel);
Variable avg_pool1d(const Variable& x, std::int64_t kernel, std::int64_t stride);

}  // namespace sonograd
