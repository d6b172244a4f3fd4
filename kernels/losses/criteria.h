// Elementwise losses of the loss kernels.
#pragma once

#include <cstdint>

namespace sonograd::kernels {

/// Loss of a score x and a target t:
///   squared_error     (x - t)^2
///   bce_with_logits   -t log s - (1 - t) log(1 - s), s = sigmoid(x): max(x, 0) - x t + log(1 + exp(-|x|))
///   bce_mse_mix       (s - t)^2 where the tag is marked, bce_with_logits elsewhere
///   mse_with_logits   (s - t)^2 everywhere
enum class Criterion : std::uint8_t { squared_error, bce_with_logits, bce_mse_mix, mse_with_logits };

}  // namespace sonograd::kernels
