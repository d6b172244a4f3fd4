// Elementwise kernels: a functor computes the elements of the result. Not part of simt.h.
//
// A thread owns 16 bytes of neighbouring elements: four float32 or eight bf16. It reads and writes them at once where the
// pointers allow it, and single elements elsewhere and at the end of the data.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"
#include "tensor/view.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// `at<N>(first)` returns elements `first` to `first + N` of the result, for N = 1, and for the width of a 16-byte access if
/// `first` is a multiple of it.
template <class F>
concept Elementwise = std::is_trivially_copyable_v<F> && requires(const F& f, std::int64_t first) {
  { f.template at<1>(first) } -> std::same_as<Vec<float, 1>>;
};

template <Elementwise F, class T>
struct ElementwiseParams {
  F f;
  T* y;
  std::int64_t count;
  bool add;
  bool vectors;  // alignment allows 16-byte accesses
};

inline constexpr int kElementwiseThreads = 256;

template <Elementwise F, class T>
SONOGRAD_KERNEL(kElementwiseThreads, elementwise_kernel, ElementwiseParams<F, T> p) {
  constexpr int kWidth = kVectorWidth<T>;
  const std::int64_t first = (std::int64_t{blockIdx.x} * kElementwiseThreads + threadIdx.x) * kWidth;
  if (p.vectors && first + kWidth <= p.count) {
    write_vec(p.y + first, p.f.template at<kWidth>(first), p.add);
    return;
  }
  for (std::int64_t i = first; i < first + kWidth && i < p.count; ++i) {
    write_vec(p.y + i, p.f.template at<1>(i), p.add);
  }
}

/// Computes y, whose elements are `T`. `vectors`: `f` may read 16 bytes at a time; the alignment of y is checked here.
template <class T = float, Elementwise F>
void launch_elementwise(std::string_view name, const F& f, const Out& y, bool vectors) {
  const std::int64_t count = y.view.numel();
  T* to = y.data<T>();
  launch(name, elementwise_kernel<F, T>,
         {{blocks_for(count, kElementwiseThreads * kVectorWidth<T>)}, {kElementwiseThreads}},
         {f, to, count, y.adds(), vectors && vector_aligned(to)});
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
