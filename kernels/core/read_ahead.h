// Software prefetching, a little at a time beside other work: for loops that compute long enough on one block to hide the
// transfer of the next one from memory, but read it in an order that the processor does not predict.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/core/launch.h"

namespace sonograd::kernels {

template <class T>
class ReadAhead {
 public:
  /// `pieces` pieces of `piece` elements, `step` elements apart, fetched by `turns` calls of `next`.
  ReadAhead(const T* from, std::int64_t pieces, std::int64_t piece, std::int64_t step, std::int64_t turns)
      : from_(from), piece_(piece), step_(step), lines_(blocks_of(piece, kLine)), left_(pieces * lines_) {
    per_turn_ = blocks_of(left_, turns);
  }

  void next() {
    const std::int64_t count = std::min(per_turn_, left_);
    for (std::int64_t i = 0; i < count; ++i) {
      __builtin_prefetch(from_ + line_ * kLine, 0, 2);
      if (++line_ == lines_) {
        line_ = 0;
        from_ += step_;
      }
    }
    left_ -= count;
  }

 private:
  static constexpr std::int64_t kLine = 64 / sizeof(T);  // elements of a cache line

  const T* from_;
  std::int64_t piece_, step_, lines_, left_, per_turn_, line_ = 0;
};

}  // namespace sonograd::kernels
