#include "tensor/device/gpu_error.h"

#include <algorithm>
#include <iterator>

#include "tensor/device/recent_launches.h"
#include "tensor/support/error.h"

namespace sonograd {
namespace {

struct Row {
  int code;
  GpuError error;
};

constexpr std::string_view kRestart =
    "this process cannot use the GPU any more; with SYNC_LAUNCHES=1 the error appears at its kernel";
constexpr std::string_view kReset =
    "reset the GPU (nvidia-smi --gpu-reset) or choose another device with --device";
constexpr std::string_view kRestartOrReset =
    "start the program again; if that fails, reset the GPU (nvidia-smi --gpu-reset) or choose another device "
    "with --device";
constexpr std::string_view kDisplay =
    "a GPU with a display ends kernels that take seconds; choose another device with --device";
constexpr std::string_view kTaken =
    "another process may hold the GPU for itself; choose another device with --device";
constexpr std::string_view kOldDriver = "update the NVIDIA driver, or choose --device cpu";
constexpr std::string_view kNotCompiled =
    "the kernels are not compiled for this GPU; configure with SONOGRAD_CUDA_ARCHITECTURES, or choose "
    "--device "
    "cpu";

constexpr Row kErrors[] = {
    {1, {"cudaErrorInvalidValue", GpuFault::launch}},
    {9, {"cudaErrorInvalidConfiguration", GpuFault::launch}},
    {35, {"cudaErrorInsufficientDriver", GpuFault::device, kOldDriver}},
    {46, {"cudaErrorDevicesUnavailable", GpuFault::device, kTaken}},
    {98, {"cudaErrorInvalidDeviceFunction", GpuFault::launch}},
    {209, {"cudaErrorNoKernelImageForDevice", GpuFault::device, kNotCompiled}},
    {214, {"cudaErrorECCUncorrectable", GpuFault::hardware, kReset}},
    {220, {"cudaErrorNvlinkUncorrectable", GpuFault::hardware, kReset}},
    {222, {"cudaErrorUnsupportedPtxVersion", GpuFault::device, kOldDriver}},
    {226, {"cudaErrorContained", GpuFault::hardware, kRestartOrReset}},
    {700, {"cudaErrorIllegalAddress", GpuFault::kernel, kRestart}},
    {701, {"cudaErrorLaunchOutOfResources", GpuFault::launch}},
    {702, {"cudaErrorLaunchTimeout", GpuFault::kernel, kDisplay}},
    {710, {"cudaErrorAssert", GpuFault::kernel, kRestart}},
    {714, {"cudaErrorHardwareStackError", GpuFault::kernel, kRestart}},
    {715, {"cudaErrorIllegalInstruction", GpuFault::kernel, kRestart}},
    {716, {"cudaErrorMisalignedAddress", GpuFault::kernel, kRestart}},
    {717, {"cudaErrorInvalidAddressSpace", GpuFault::kernel, kRestart}},
    {718, {"cudaErrorInvalidPc", GpuFault::kernel, kRestart}},
    {719, {"cudaErrorLaunchFailure", GpuFault::kernel, kRestart}},
    {720, {"cudaErrorCooperativeLaunchTooLarge", GpuFault::launch}},
    {721, {"cudaErrorTensorMemoryLeak", GpuFault::kernel, kRestart}},
    {911, {"cudaErrorExternalDevice", GpuFault::hardware, kReset}},
    {912, {"cudaErrorInvalidClusterSize", GpuFault::launch}},
};

}  // namespace

GpuError gpu_error(int code) {
  const auto* const row = std::ranges::find(kErrors, code, &Row::code);
  return row == std::end(kErrors) ? GpuError() : row->error;
}

void throw_gpu_error(int code, const std::string& text) {
  const GpuError error = gpu_error(code);
  const std::string message = concat(text, error.advice.empty() ? "" : "; ", error.advice);
  if (error.fault != GpuFault::kernel) throw DeviceError(message);
  throw KernelError(
      concat(message, "; caused by one of the last kernels, the youngest first:\n", recent_launches()));
}

}  // namespace sonograd
