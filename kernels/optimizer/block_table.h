// Launches over many tensors: a table, an argument of the launch, has a row for each with the number `end_block`, one past its
// last block.
#pragma once

#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// The row of a block, and its number among the blocks of that row.
struct PlaceInTable {
  unsigned row, block;
};

/// By bisection, for this block of the launch; `rows` >= 1.
template <class Row>
__device__ PlaceInTable place_in(const Row* table, unsigned rows) {
  unsigned index = 0;
  for (unsigned end = rows; index + 1 < end;) {
    const unsigned middle = (index + end) / 2;
    (blockIdx.x < table[middle - 1].end_block ? end : index) = middle;
  }
  return {index, blockIdx.x - (index == 0 ? 0 : table[index - 1].end_block)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
