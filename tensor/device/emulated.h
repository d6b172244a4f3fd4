// Settings of the emulated device: a host that runs CUDA kernels, as unkindly as the rules of CUDA allow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sonograd {

/// Shared memory of a block, in bytes: an H100's.
inline constexpr std::size_t kEmulatedSharedMemory = 227 * 1024;

/// A correct kernel gives the same bits for every seed and every number of host threads.
struct EmulatorSettings {
  /// Decides what CUDA leaves open. Bit 0: memory nobody has written holds NaN (0) or huge numbers (1). Bit 1:
  /// asynchronous copies land when they are issued (0) or when they are waited for (1). All bits: the order of
  /// blocks, warps and threads. The environment's SONOGRAD_EMULATOR_SEED comes first.
  std::uint64_t seed = 1;
  /// Host threads that blocks are spread over; 0: as many as CPU kernels use. The environment's
  /// SONOGRAD_EMULATOR_THREADS comes first.
  int host_threads = 0;
  /// Bytes of shared memory of a block, static and dynamic together: less for an older GPU. The environment's
  /// SONOGRAD_EMULATOR_SHARED_MEMORY comes first.
  std::size_t shared_memory = kEmulatedSharedMemory;
};

/// Those of this thread.
const EmulatorSettings& emulator_settings();

/// Settings for this thread while the scope lives; the environment's still come first.
class EmulatorScope {
 public:
  explicit EmulatorScope(const EmulatorSettings& settings);
  ~EmulatorScope();
  EmulatorScope(const EmulatorScope&) = delete;
  EmulatorScope& operator=(const EmulatorScope&) = delete;

 private:
  EmulatorSettings previous_;
};

/// What a tool that watches the memory of the emulated device is told.
class MemoryObserver {
 public:
  virtual ~MemoryObserver() = default;
  virtual void allocated(std::span<const std::byte> memory) = 0;
  virtual void released(const std::byte* memory) = 0;
  /// What is there has no defined contents from now on.
  virtual void undefined(std::span<const std::byte> memory) = 0;
  virtual void host_reads(std::span<const std::byte> memory) = 0;
  virtual void host_writes(std::span<const std::byte> memory) = 0;
};

/// That of this host thread; nullptr: nobody watches.
extern constinit thread_local MemoryObserver* memory_observer;

/// Fills memory that has no defined contents by bit 0 of `seed`: as float32, bfloat16 or float64, every
/// element is NaN or beyond 1e38.
void poison(std::span<std::byte> memory, std::uint64_t seed);

}  // namespace sonograd
