// Errors of the CUDA runtime by their numbers, so that their meaning is tested without a GPU.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sonograd {

/// Cause of an error.
enum class GpuFault : std::uint8_t {
  kernel,    ///< a kernel that ran; the process cannot use the GPU any more
  launch,    ///< a kernel that was not started: its grid breaks a limit
  hardware,  ///< the GPU, its memory or a link to it
  device,    ///< the driver, another process, or a call of ours
};

struct GpuError {
  std::string_view name;  ///< `cudaErrorIllegalAddress`; empty for one without an entry here
  GpuFault fault = GpuFault::device;
  std::string_view advice = {};  ///< may be empty
};

/// `code`: a cudaError_t that is not success.
GpuError gpu_error(int code);

/// Throws KernelError, with the kernels that were started last (recent_launches.h), for the fault of a kernel, which shows at a
/// later call; DeviceError for all others. `text` names error and call; the advice follows.
[[noreturn]] void throw_gpu_error(int code, const std::string& text);

}  // namespace sonograd
