// Which error of ours each error of the CUDA runtime becomes, without a GPU.
#include "tensor/device/gpu_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/device/recent_launches.h"
#include "tensor/support/error.h"
#if SONOGRAD_HAS_CUDA
#include <cuda_runtime_api.h>
#endif

namespace sonograd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Expectation {
  int code;
  const char* name;
  GpuFault fault;
  const char* advice;
};

constexpr Expectation kExpected[] = {
    {214, "cudaErrorECCUncorrectable", GpuFault::hardware, "nvidia-smi --gpu-reset"},
    {220, "cudaErrorNvlinkUncorrectable", GpuFault::hardware, "nvidia-smi --gpu-reset"},
    {226, "cudaErrorContained", GpuFault::hardware, "start the program again"},
    {911, "cudaErrorExternalDevice", GpuFault::hardware, "another device with --device"},
    {700, "cudaErrorIllegalAddress", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {710, "cudaErrorAssert", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {714, "cudaErrorHardwareStackError", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {715, "cudaErrorIllegalInstruction", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {716, "cudaErrorMisalignedAddress", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {717, "cudaErrorInvalidAddressSpace", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {718, "cudaErrorInvalidPc", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {719, "cudaErrorLaunchFailure", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {721, "cudaErrorTensorMemoryLeak", GpuFault::kernel, "SYNC_LAUNCHES=1"},
    {702, "cudaErrorLaunchTimeout", GpuFault::kernel, "display"},
    {1, "cudaErrorInvalidValue", GpuFault::launch, ""},
    {9, "cudaErrorInvalidConfiguration", GpuFault::launch, ""},
    {98, "cudaErrorInvalidDeviceFunction", GpuFault::launch, ""},
    {701, "cudaErrorLaunchOutOfResources", GpuFault::launch, ""},
    {720, "cudaErrorCooperativeLaunchTooLarge", GpuFault::launch, ""},
    {912, "cudaErrorInvalidClusterSize", GpuFault::launch, ""},
    {35, "cudaErrorInsufficientDriver", GpuFault::device, "update the NVIDIA driver"},
    {222, "cudaErrorUnsupportedPtxVersion", GpuFault::device, "update the NVIDIA driver"},
    {46, "cudaErrorDevicesUnavailable", GpuFault::device, "another process"},
    {209, "cudaErrorNoKernelImageForDevice", GpuFault::device, "SONOGRAD_CUDA_ARCHITECTURES"},
    {2, "", GpuFault::device, ""},    // cudaErrorMemoryAllocation
    {999, "", GpuFault::device, ""},  // cudaErrorUnknown
};

TEST(GpuError, HasACauseAndAdvice) {
  for (const Expectation& expected : kExpected) {
    const GpuError error = gpu_error(expected.code);
    EXPECT_EQ(error.name, expected.name) << expected.code;
    EXPECT_EQ(error.fault, expected.fault) << expected.name;
    EXPECT_THAT(std::string(error.advice), HasSubstr(expected.advice)) << expected.name;
  }
}

#if SONOGRAD_HAS_CUDA
TEST(GpuError, NumbersAreThoseOfTheRuntime) {
  for (int code = 1; code < 1000; ++code) {
    const GpuError error = gpu_error(code);
    if (error.name.empty()) continue;
    EXPECT_EQ(error.name, std::string_view(cudaGetErrorName(static_cast<cudaError_t>(code))));
  }
}
#endif

TEST(GpuError, OfAKernelNamesTheLastOnes) {
  note_launch({.name = "suspect", .blocks = {7, 1, 1}, .threads = {32, 1, 1}});
  for (const Expectation& expected : kExpected) {
    SCOPED_TRACE(expected.name);
    try {
      throw_gpu_error(expected.code, "cudaErrorX: text; call at file:1");
    } catch (const KernelError& error) {
      EXPECT_EQ(expected.fault, GpuFault::kernel);
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr("cudaErrorX: text; call at file:1; "), HasSubstr(expected.advice),
                        HasSubstr("the youngest first:\nsuspect: 7x1x1 blocks of 32x1x1")));
    } catch (const DeviceError& error) {
      EXPECT_NE(expected.fault, GpuFault::kernel);
      EXPECT_THAT(error.what(),
                  AllOf(HasSubstr("call at file:1"), HasSubstr(expected.advice), Not(HasSubstr("suspect"))));
    }
  }
}

}  // namespace
}  // namespace sonograd
