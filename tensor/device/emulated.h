// Settings of the emulated device: the host runs CUDA kernels, as strictly as the rules of CUDA allow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sonograd {

/// Shared memory of a block, in bytes: an H100's.
inline constexpr std::size_t kEmulatedSharedMemory = 227 * 1024;

/// Settings of the emulator. A correct kernel gives the same bits for every seed and every number of host threads.
struct EmulatorSettings {
  /// Chooses between behaviours that CUDA leaves undefined. Bit 0: memory that has not been written holds NaN (0) or
  /// huge numbers (1). Bit 1: asynchronous copies land when they are issued (0) or when they are waited for (1). All
  /// bits: the order of blocks, warps and threads. The environment variable SONOGRAD_EMULATOR_SEED has precedence.
  std::uint64_t seed = 1;
  /// Host threads that run blocks; 0: as many as CPU kernels use. The environment variable
  /// SONOGRAD_EMULATOR_THREADS has precedence.
  int host_threads = 0;
  /// Bytes of shared memory of a block, static and dynamic together: less for an older GPU. The environment variable
  /// SONOGRAD_EMULATOR_SHARED_MEMORY has precedence.
  std::size_t shared_memory = kEmulatedSharedMemory;
};

/// Settings of this thread. Throws ConfigError when an environment variable is not a whole number.
const EmulatorSettings& emulator_settings();

/// Settings for this thread while the scope lives; environment variables keep their precedence.
class EmulatorScope {
 public:
  explicit EmulatorScope(const EmulatorSettings& settings);
  ~EmulatorScope();
  EmulatorScope(const EmulatorScope&) = delete;
  EmulatorScope& operator=(const EmulatorScope&) = delete;

 private:
  EmulatorSettings previous_;
};

/// Interface of a tool that checks accesses to the memory of the emulated device.
class MemoryObserver {
 public:
  virtual ~MemoryObserver() = default;
  virtual void allocated(std::span<const std::byte> memory) = 0;
  virtual void released(const std::byte* memory) = 0;
  /// The contents are undefined from now on.
  virtual void undefined(std::span<const std::byte> memory) = 0;
  virtual void host_reads(std::span<const std::byte> memory) = 0;
  virtual void host_writes(std::span<const std::byte> memory) = 0;
};

/// The observer of this host thread; nullptr: none.
extern constinit thread_local MemoryObserver* memory_observer;

/// Fills memory that has no defined contents by bit 0 of `seed`: as float32, bfloat16 or float64, every
/// element is NaN or beyond 1e38.
void poison(std::span<std::byte> memory, std::uint64_t seed);

}  // namespace sonograd
