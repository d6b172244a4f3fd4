#include "kernels/simt/cuda/cuda_launch.h"

#include <cstdlib>
#include <mutex>
#include <set>
#include <utility>

#include "kernels/core/profile.h"
#include "kernels/core/running_call.h"
#include "kernels/simt/cuda/cuda_cluster.h"
#include "tensor/device/cuda_runtime.h"
#include "tensor/device/gpu_error.h"

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

// Static and dynamic shared memory of more than 48 KiB in total must be allowed: once per kernel and device, with the largest
// size of the device.
void allow_shared_bytes(const void* kernel, int device, std::size_t dynamic_bytes) {
  if (dynamic_bytes == 0) return;  // static memory alone has at most 48 KiB
  using Key = std::pair<const void*, int>;
  static std::mutex mutex;
  static std::set<Key> allowed;
  thread_local std::set<Key> seen;
  if (seen.contains({kernel, device})) return;
  const std::lock_guard lock(mutex);
  if (!allowed.contains({kernel, device})) {
    cudaFuncAttributes attributes;
    CHECK_CUDA(cudaFuncGetAttributes(&attributes, kernel));
    const std::size_t most = shared_memory_of_block({DeviceKind::cuda, device});
    CHECK_CUDA(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                    static_cast<int>(most - attributes.sharedSizeBytes)));
    allowed.insert({kernel, device});
  }
  seen.insert({kernel, device});
}

int current_device() {
  int device = 0;
  CHECK_CUDA(cudaGetDevice(&device));
  return device;
}

void check(const Launch& launch, cudaError_t status) {
  if (status == cudaSuccess) return;
  // Other errors belong to an earlier kernel, to this one if launches are awaited, or to the device.
  if (gpu_error(status).fault != GpuFault::launch) CHECK_CUDA(status);
  cudaGetLastError();  // else a later call would report this error
  const auto& [blocks, threads, shared_bytes] = launch.grid;
  throw KernelError(concat("[", launch.name, "] ", cudaGetErrorString(status), "; ", blocks.x, 'x', blocks.y,
                           'x', blocks.z, " blocks of ", threads.x, 'x', threads.y, 'x', threads.z,
                           " threads, ", shared_bytes, " bytes of dynamic shared memory"));
}

// Starts a kernel by `call(arguments)`, unless the grid is empty.
template <class Call>
void start(const Launch& launch, const void* params, const Call& call) {
  if (launch.grid.blocks.count() == 0) return;
  const ProfileRange range(RangeKind::launch, launch.name);
  allow_shared_bytes(launch.kernel, current_device(), launch.grid.shared_bytes);
  note_launch(launch.name, launch.grid);
  void* arguments[] = {const_cast<void*>(params)};
  check(launch, call(arguments));
  if (waits_for_every_launch()) check(launch, cudaStreamSynchronize(cuda_stream()));
}

// Calls `use(configuration)` for a grid in clusters.
template <class Use>
cudaError_t with_clusters(const Grid& grid, unsigned blocks, const Use& use) {
  cudaLaunchAttribute cluster{};
  cluster.id = cudaLaunchAttributeClusterDimension;
  cluster.val.clusterDim.x = blocks;
  cluster.val.clusterDim.y = cluster.val.clusterDim.z = 1;
  cudaLaunchConfig_t configuration{};
  configuration.gridDim = extents(grid.blocks);
  configuration.blockDim = extents(grid.threads);
  configuration.dynamicSmemBytes = grid.shared_bytes;
  configuration.stream = cuda_stream();
  configuration.attrs = &cluster;
  configuration.numAttrs = 1;
  return use(configuration);
}

}  // namespace

void launch(const Launch& launch, const void* params) {
  const auto start_kernel = launch.cooperative ? cudaLaunchCooperativeKernel : cudaLaunchKernel;
  start(launch, params, [&](void** arguments) {
    return start_kernel(launch.kernel, extents(launch.grid.blocks), extents(launch.grid.threads), arguments,
                        launch.grid.shared_bytes, cuda_stream());
  });
}

void launch_clusters(const Launch& launch, unsigned blocks, const void* params) {
  start(launch, params, [&](void** arguments) {
    return with_clusters(launch.grid, blocks, [&](const cudaLaunchConfig_t& configuration) {
      return cudaLaunchKernelExC(&configuration, launch.kernel, arguments);
    });
  });
}

unsigned resident_clusters(const void* kernel, unsigned blocks, unsigned threads, std::size_t shared_bytes) {
  allow_shared_bytes(kernel, current_device(), shared_bytes);
  int clusters = 0;
  const auto count = [&](const cudaLaunchConfig_t& configuration) {
    return cudaOccupancyMaxActiveClusters(&clusters, kernel, &configuration);
  };
  CHECK_CUDA(with_clusters({{blocks}, {threads}, shared_bytes}, blocks, count));
  return static_cast<unsigned>(clusters);
}

unsigned resident_blocks(const void* kernel, unsigned threads, std::size_t shared_bytes) {
  const int device = current_device();
  allow_shared_bytes(kernel, device, shared_bytes);
  int multiprocessors = 0, blocks = 0;
  CHECK_CUDA(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device));
  CHECK_CUDA(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, static_cast<int>(threads),
                                                           shared_bytes));
  return static_cast<unsigned>(blocks * multiprocessors);
}

}  // namespace sonograd::kernels::cuda
