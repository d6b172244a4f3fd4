#include "kernels/simt/cuda/cuda_launch.h"

#include <cstdlib>

#include "kernels/core/profile.h"
#include "tensor/device/cuda_runtime.h"

namespace sonograd::kernels::cuda {
namespace {

bool waits_for_every_launch() {
  static const bool enabled = [] {
    const char* value = std::getenv("SYNC_LAUNCHES");
    return value != nullptr && std::string_view(value) == "1";
  }();
  return enabled;
}

dim3 extents(const Dim& dim) {
  return {dim.x, dim.y, dim.z};
}

// More than 48 KiB must be asked for.
void allow_shared_bytes(const void* kernel, std::size_t bytes) {
  if (bytes <= 48 * 1024) return;
  CHECK_CUDA(
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)));
}

void check(const Launch& launch, cudaError_t status) {
  if (status == cudaSuccess) return;
  const auto& [blocks, threads, shared_bytes] = launch.grid;
  throw KernelError(concat("[", launch.name, "] ", cudaGetErrorString(status), "; ", blocks.x, 'x', blocks.y,
                           'x', blocks.z, " blocks of ", threads.x, 'x', threads.y, 'x', threads.z,
                           " threads, ", shared_bytes, " bytes of dynamic shared memory"));
}

}  // namespace

void launch(const Launch& launch, const void* params) {
  if (launch.grid.blocks.count() == 0) return;
  const ProfileRange range(RangeKind::launch, launch.name);
  allow_shared_bytes(launch.kernel, launch.grid.shared_bytes);
  void* arguments[] = {const_cast<void*>(params)};
  const auto start = launch.cooperative ? cudaLaunchCooperativeKernel : cudaLaunchKernel;
  check(launch, start(launch.kernel, extents(launch.grid.blocks), extents(launch.grid.threads), arguments,
                      launch.grid.shared_bytes, cuda_stream()));
  if (waits_for_every_launch()) check(launch, cudaStreamSynchronize(cuda_stream()));
}

unsigned resident_blocks(const void* kernel, unsigned threads, std::size_t shared_bytes) {
  allow_shared_bytes(kernel, shared_bytes);
  int device = 0, multiprocessors = 0, blocks = 0;
  CHECK_CUDA(cudaGetDevice(&device));
  CHECK_CUDA(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device));
  CHECK_CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, static_cast<int>(threads),
                                                           shared_bytes));
  return static_cast<unsigned>(blocks * multiprocessors);
}

}  // namespace sonograd::kernels::cuda
