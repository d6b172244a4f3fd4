// Emulator of the device language. Each thread of a block is a fiber of one host thread, so emulated threads switch only
// where they wait, the places at which CUDA makes writes of other threads visible.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "kernels/simt/emulator/emulated_thread.h"

namespace sonograd::kernels::emulator {

/// Number of multiprocessors of the emulated device, which limits cooperative grids.
inline constexpr int kMultiprocessors = 3;

/// The second parameter of a kernel that declares the most threads of a block.
template <unsigned kThreads>
struct LaunchBounds {
  static_assert(kThreads > 0 && kThreads <= kMostThreads && kThreads % kWarpSize == 0,
                "32, 64, ... 1024 threads");
};

struct Launch {
  std::string_view name;
  Grid grid;
  std::function<void()> kernel;          ///< body of each thread
  unsigned most_threads = kMostThreads;  ///< per block, as the kernel declares
  bool cooperative = false;              ///< all blocks run together, on one host thread
};

/// Runs a kernel to its end, with `emulator_settings()`. Throws KernelError when the kernel breaks a rule, with its name,
/// block, thread, source line, and the environment variables that replay it.
void run(const Launch& launch);

extern constinit thread_local Thread* current_thread;
/// The running thread. To be called inside a kernel only.
inline Thread& self() {
  return *current_thread;
}

/// Ends the launch with a KernelError about the running thread.
[[noreturn]] void fail(const std::string& message, Place place);

/// Waits for the whole block.
void block_barrier(Place place);
/// Waits at barrier `id` of the block (0 to 15) until `threads` threads are there.
void named_barrier(unsigned id, unsigned threads, Place place);
/// Waits for all blocks of a cooperative launch.
void grid_barrier(Place place);

/// Waits for all lanes of the warp, each with a frame of its own. True for the last lane: it may use all frames and must then
/// call `end_collective`. The others return false after that.
bool begin_collective(void* frame, const char* what, Place place);
void end_collective();

/// Waits for all lanes; one of them calls `complete(frames)`, where frames[lane] is a `Frame*`.
template <class Frame, class Complete>
void warp_collective(Frame& frame, const Complete& complete, const char* what, Place place) {
  if (!begin_collective(&frame, what, place)) return;
  std::array<Frame*, kWarpSize> frames;
  for (unsigned lane = 0; lane < kWarpSize; ++lane) {
    frames[lane] = static_cast<Frame*>(self().warp->lanes[lane]->frame);
  }
  complete(frames);
  end_collective();
}

/// Fails unless all blocks run together: without that, waiting for another block is an error.
void check_cooperative(const char* what, Place place);

/// Lets other threads run while this one waits for their writes. Writes call `progress`; when all threads wait and none has
/// written, the launch fails.
void spin(const char* what, Place place);
void progress();

/// `copy_tile` issues a tile copy; `land_tiles` completes the copies of the block that count at `barrier`.
void copy_tile(const TileCopy& copy, Place place);
void land_tiles(const Mbarrier& barrier);

/// The object of the block for the type that `key` identifies.
void* shared_object(const void* key, std::size_t bytes, std::size_t alignment, Place place);
inline std::byte* dynamic_shared_memory() {
  return self().block->shared.base();
}

inline void check_aligned(const void* pointer, std::size_t alignment, Place place) {
  if (reinterpret_cast<std::uintptr_t>(pointer) % alignment != 0) {
    fail("access of " + std::to_string(alignment) + " bytes at an address that is not a multiple of it",
         place);
  }
}

}  // namespace sonograd::kernels::emulator
