// Epilogues of tile kernels: functors that receive finished sums. The kernel is written once; the functor is a template
// parameter and a member of its parameter struct.
#pragma once

#include <concepts>
#include <cstdint>

#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Called once for each element of the result, by the thread that has its sum, in no particular order.
template <class F>
concept Epilogue = std::is_trivially_copyable_v<F> &&
    requires(const F& epilogue, std::int64_t row, std::int64_t column, float sum) {
  { epilogue(row, column, sum) } -> std::same_as<void>;
};

/// Replaces or accumulates an element of a matrix; the result is rounded to its type once.
template <class T>
struct StoreEpilogue {
  T* c;                  // [rows, columns]
  std::int64_t columns;  // elements from one row to the next
  bool add;

  __device__ void operator()(std::int64_t row, std::int64_t column, float sum) const {
    write(c[row * columns + column], sum, add);
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
