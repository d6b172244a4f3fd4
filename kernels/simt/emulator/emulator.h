// What the device language of emulated kernels stands on. Each thread of a block is a fiber of one host
// thread, so emulated threads switch only where they wait: exactly where CUDA lets other threads show.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "kernels/simt/emulator/emulated_thread.h"

namespace sonograd::kernels::emulator {

/// Multiprocessors that the emulated device says it has: what cooperative grids are sized by.
inline constexpr int kMultiprocessors = 3;

struct Launch {
  std::string_view name;
  Grid grid;
  std::function<void()> kernel;  ///< what each thread does
  bool cooperative = false;      ///< all blocks at a time, on one host thread
};

/// Runs a kernel to its end, by `emulator_settings()`. Throws KernelError when the kernel breaks a rule: its
/// name, block, thread, source line, and how to replay it.
void run(const Launch& launch);

extern constinit thread_local Thread* current_thread;
/// The thread that is running. Only inside a kernel.
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

/// Waits for all lanes of the warp, each with a frame of its own. True for the last lane: it may use the
/// frames of all and must then call `end_collective`. The others return false after that.
bool begin_collective(void* frame, const char* what, Place place);
void end_collective();

/// All lanes come together, and one of them calls `complete(frames)`, where frames[lane] is a `Frame*`.
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

/// Waiting for another block is an error unless all blocks run together.
void check_cooperative(const char* what, Place place);

/// Lets other threads run, because this one waits for what they write. `progress` says that something was
/// written; when every thread only waits, the launch fails.
void spin(const char* what, Place place);
void progress();

/// Issues a tile copy, and lands those of the block that report to `barrier`.
void copy_tile(const TileCopy& copy, Place place);
void land_tiles(const Mbarrier& barrier);

/// The block's object of the type that `key` stands for.
void* shared_object(const void* key, std::size_t bytes, std::size_t alignment, Place place);
inline std::byte* dynamic_shared_memory() {
  return self().block->shared.base();
}

inline void check_aligned(const void* pointer, std::size_t alignment, Place place) {
  if (reinterpret_cast<std::uintptr_t>(pointer) % alignment != 0) {
    fail("access of " + std::to_string(alignment) + " bytes at an address that is no multiple of it", place);
  }
}

}  // namespace sonograd::kernels::emulator
