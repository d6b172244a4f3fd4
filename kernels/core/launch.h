// Work on several CPU threads. `launch` is the only way in which a kernel starts; thread count, profiler range and, on
// other devices, stream and emulation are handled here.
#pragma once

#include <cstdint>
#include <omp.h>
#include <string_view>

#include "kernels/core/profile.h"
#include "tensor/support/compute_thread.h"

namespace sonograd::kernels {

using sonograd::flush_subnormals;
using sonograd::set_threads;
using sonograd::threads;

/// Runs `body(block)` for every block in [0, blocks), on up to `threads()` threads, in no particular order.
/// Blocks must write to different places; `body` must not throw.
template <class Body>
void launch(std::string_view name, std::int64_t blocks, const Body& body) {
  const ProfileRange range(RangeKind::launch, name);
  prepare_compute_thread();
  if (blocks == 1) return body(0);  // OpenMP would make a new team for one thread, with memory of its own
  prepare_compute_team();
#pragma omp parallel for schedule(static) num_threads(threads())
  for (std::int64_t block = 0; block < blocks; ++block) body(block);
}

/// Number of blocks of `size` that cover `n`.
constexpr std::int64_t blocks_of(std::int64_t n, std::int64_t size) {
  return (n + size - 1) / size;
}

/// Elements of one block of an elementwise kernel: enough work for a thread, and they fit in its cache.
inline constexpr std::int64_t kPiece = 16384;

/// Runs `body(begin, end)` for pieces of [0, n): elementwise kernels. The partition depends on n alone.
template <class Body>
void launch_ranges(std::string_view name, std::int64_t n, const Body& body) {
  launch(name, blocks_of(n, kPiece), [&](std::int64_t block) {
    body(block * kPiece, n < (block + 1) * kPiece ? n : (block + 1) * kPiece);
  });
}

/// Runs `body(begin, end)` for consecutive rows of `width` elements, about `kPiece` elements at a time: kernels that work
/// row by row. The partition depends on `rows` and `width` alone.
template <class Body>
void launch_rows(std::string_view name, std::int64_t rows, std::int64_t width, const Body& body) {
  const std::int64_t step = width < kPiece ? kPiece / (width < 1 ? 1 : width) : 1;
  launch(name, blocks_of(rows, step), [&](std::int64_t block) {
    body(block * step, rows < (block + 1) * step ? rows : (block + 1) * step);
  });
}

}  // namespace sonograd::kernels
