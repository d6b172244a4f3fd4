// Tiny kernels, one for each primitive of the device language: the same source on every device that runs CUDA kernels.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/core/cuda_rows.h"

namespace sonograd::kernels {

using Words = std::vector<std::uint32_t>;

/// Operands of a primitive's kernel in device memory, aligned to 256 bytes.
struct WordBuffers {
  const std::uint32_t* in;
  std::uint32_t* out;
};

/// An input: all words differ, and so do their bytes.
inline std::uint32_t some_word(std::size_t i) {
  return static_cast<std::uint32_t>(i * 2654435761u + 12345);
}

/// A kernel from words to words (floats as their bits), and its expected result, computed without it.
struct Primitive {
  std::string_view name;
  std::size_t inputs, outputs;  ///< words
  std::function<std::uint32_t(std::size_t)> input;
  std::function<void(const WordBuffers&)> run;
  std::function<Words(const Words&)> expected;
};

/// One list per file of tests/simt/primitives.
SONOGRAD_CUDA_ROWS(std::vector<Primitive> warp_primitives(); std::vector<Primitive> block_primitives();
                   std::vector<Primitive> memory_primitives(); std::vector<Primitive> mma_primitives();
                   std::vector<Primitive> grid_primitives(); std::vector<Primitive> hopper_primitives();
                   std::vector<Primitive> cluster_primitives();)

}  // namespace sonograd::kernels
