#include <array>
#include <mutex>

#include "tensor/device/backend.h"
#include "tensor/device/cuda_runtime.h"
#include "tensor/device/gpu_error.h"
#include "tensor/device/ordered_copy.h"
#include "tensor/device/stream.h"

namespace sonograd {
namespace {

constexpr int kMostDevices = 64;
constexpr int kOldest = SONOGRAD_CUDA_OLDEST;  // compute capability that the kernels are compiled for

// Freed memory stays with the process: the next allocation of its size costs no call of the driver.
void keep_freed_memory(int index) {
  static std::array<std::once_flag, kMostDevices> done;
  std::call_once(done[static_cast<std::size_t>(index)], [index] {
    cudaMemPool_t pool;
    CHECK_CUDA(cudaDeviceGetDefaultMemPool(&pool, index));
    std::uint64_t threshold = UINT64_MAX;
    CHECK_CUDA(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &threshold));
  });
}

class CudaStaging final : public StagingBuffer {
 public:
  CudaStaging(std::size_t bytes, int index) : index_(index), bytes_(bytes) {
    const CudaDeviceScope scope(index);
    CHECK_CUDA(cudaEventCreateWithFlags(&read_, cudaEventDisableTiming));
    if (const cudaError_t status = cudaHostAlloc(&memory_, bytes, cudaHostAllocDefault);
        status != cudaSuccess) {
      cudaEventDestroy(read_);
      CHECK_CUDA(status);
    }
  }
  ~CudaStaging() override {
    cudaEventSynchronize(read_);
    cudaFreeHost(memory_);
    cudaEventDestroy(read_);
  }
  CudaStaging(const CudaStaging&) = delete;
  CudaStaging& operator=(const CudaStaging&) = delete;

  std::span<std::byte> host() override {
    CHECK_CUDA(cudaEventSynchronize(read_));
    return {static_cast<std::byte*>(memory_), bytes_};
  }
  void upload(std::byte* to, std::size_t bytes) override {
    const CudaDeviceScope scope(index_);
    CHECK_CUDA(cudaMemcpyAsync(to, memory_, bytes, cudaMemcpyHostToDevice, cuda_stream()));
    CHECK_CUDA(cudaEventRecord(read_, cuda_stream()));
  }

 private:
  int index_;
  void* memory_ = nullptr;
  std::size_t bytes_;
  cudaEvent_t read_ = nullptr;  // happens when the last upload has read the buffer
};

// Makes the memory pool of `owner` readable for `reader`, where the two can reach each other; elsewhere the driver
// copies by way of the host.
void share_pool(int owner, int reader) {
  static std::array<std::once_flag, std::size_t{kMostDevices} * kMostDevices> done;
  std::call_once(done[static_cast<std::size_t>(owner * kMostDevices + reader)], [=] {
    cudaMemPool_t pool;
    CHECK_CUDA(cudaDeviceGetDefaultMemPool(&pool, owner));
    int reaches = 0;
    CHECK_CUDA(cudaDeviceCanAccessPeer(&reaches, reader, owner));
    if (reaches == 0) return;
    const cudaMemAccessDesc access = {{cudaMemLocationTypeDevice, reader}, cudaMemAccessFlagsProtReadWrite};
    CHECK_CUDA(cudaMemPoolSetAccess(pool, &access, 1));
  });
}

// The streams of the devices, for `copy_in_order`.
struct CudaQueues {
  // Destroyed when it has happened.
  struct Event {
    cudaEvent_t event = nullptr;
    Event() { CHECK_CUDA(cudaEventCreateWithFlags(&event, cudaEventDisableTiming)); }
    ~Event() { cudaEventDestroy(event); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
  };
  std::unique_ptr<Event> mark(int index) {
    const CudaDeviceScope scope(index);
    auto event = std::make_unique<Event>();
    CHECK_CUDA(cudaEventRecord(event->event, cuda_stream()));
    return event;
  }
  void wait(int index, const std::unique_ptr<Event>& event) {
    const CudaDeviceScope scope(index);
    CHECK_CUDA(cudaStreamWaitEvent(cuda_stream(), event->event, 0));
  }
};

void copy_between(std::byte* to, int to_index, const std::byte* from, int from_index, std::size_t bytes) {
  share_pool(from_index, to_index);
  CudaQueues queues;
  copy_in_order(queues, from_index, to_index, [&] {
    const CudaDeviceScope scope(to_index);
    CHECK_CUDA(cudaMemcpyPeerAsync(to, to_index, from, from_index, bytes, cuda_stream()));
  });
}

class CudaBackend final : public DeviceBackend {
 public:
  std::string why_unavailable(int index) const override {
    int count = 0;
    const cudaError_t status = cudaGetDeviceCount(&count);
    if (status == cudaErrorInsufficientDriver) return "no NVIDIA driver, or one older than CUDA 13 requires";
    if (status == cudaErrorNoDevice) return "no NVIDIA GPU";
    if (status != cudaSuccess) return cudaGetErrorString(status);
    if (index >= count) return concat("there are ", count, " GPUs, numbered from 0");
    if (const int capability = compute_capability(index); capability < kOldest) {
      return concat("the kernels are compiled for compute capability ", kOldest / 10, '.', kOldest % 10,
                    " or later, this GPU has ", capability / 10, '.', capability % 10);
    }
    return "";
  }

  int compute_capability(int index) const override {
    int major = 0, minor = 0;
    CHECK_CUDA(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, index));
    CHECK_CUDA(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, index));
    return 10 * major + minor;
  }

  std::size_t shared_memory_of_block(int index) const override {
    int bytes = 0;
    CHECK_CUDA(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, index));
    return static_cast<std::size_t>(bytes);
  }

  std::byte* allocate(std::size_t bytes, int index) const override {
    const CudaDeviceScope scope(index);
    keep_freed_memory(index);
    void* data = nullptr;
    const cudaError_t status = cudaMallocAsync(&data, bytes, cuda_stream());
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // clears the error, which nullptr reports
      return nullptr;
    }
    CHECK_CUDA(status);
    return static_cast<std::byte*>(data);
  }

  void release(std::byte* data, std::size_t, int index) const noexcept override {
    // At the end of the process the driver may be gone, and its memory with it.
    int previous = 0;
    if (cudaGetDevice(&previous) != cudaSuccess) return;
    cudaSetDevice(index);
    cudaFreeAsync(data, cuda_stream());
    cudaSetDevice(previous);
    cudaGetLastError();  // clears the error: a later call must not report it
  }

  MemoryUse memory_use(int index) const override {
    const CudaDeviceScope scope(index);
    std::size_t free = 0, total = 0;
    CHECK_CUDA(cudaMemGetInfo(&free, &total));
    return {total - free, free};
  }

  void mark_undefined(std::byte*, std::size_t) const override {}

  void make_current(int index) const override { CHECK_CUDA(cudaSetDevice(index)); }

  void copy(std::byte* to, Device to_device, const std::byte* from, Device from_device,
            std::size_t bytes) const override {
    const bool to_host = to_device.kind != DeviceKind::cuda;
    if (!to_host && from_device.kind == DeviceKind::cuda && from_device.index != to_device.index)
      return copy_between(to, to_device.index, from, from_device.index, bytes);
    const CudaDeviceScope scope(to_host ? from_device.index : to_device.index);
    CHECK_CUDA(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, cuda_stream()));
    if (to_host || from_device.kind != DeviceKind::cuda) CHECK_CUDA(cudaStreamSynchronize(cuda_stream()));
  }

  void fill_zero(std::byte* data, std::size_t bytes, int index) const override {
    const CudaDeviceScope scope(index);
    CHECK_CUDA(cudaMemsetAsync(data, 0, bytes, cuda_stream()));
  }

  std::unique_ptr<StagingBuffer> make_staging(std::size_t bytes, int index) const override {
    return std::make_unique<CudaStaging>(bytes, index);
  }

  void synchronize(int index) const override {
    const CudaDeviceScope scope(index);
    CHECK_CUDA(cudaStreamSynchronize(cuda_stream()));
  }
};

// One stream of each device, made on first use, for all threads: work on memory that one thread frees and another one
// gets stays in order.
cudaStream_t device_stream(int index) {
  static std::array<cudaStream_t, kMostDevices> streams{};
  static std::array<std::once_flag, kMostDevices> made;
  const auto i = static_cast<std::size_t>(index);
  std::call_once(made[i], [&] { CHECK_CUDA(cudaStreamCreateWithFlags(&streams[i], cudaStreamNonBlocking)); });
  return streams[i];
}

}  // namespace

const DeviceBackend& cuda_backend() {
  static const CudaBackend instance;
  return instance;
}

void check_cuda(cudaError_t status, const char* expression, const char* file, int line) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // clears the error: a later call, of another library too, would report it as its own
  throw_gpu_error(status, concat(cudaGetErrorName(status), ": ", cudaGetErrorString(status), "; ", expression,
                                 " at ", file, ':', line));
}

cudaStream_t cuda_stream() {
  int index = 0;
  CHECK_CUDA(cudaGetDevice(&index));
  return device_stream(index);
}

CudaDeviceScope::CudaDeviceScope(int index) {
  CHECK_CUDA(cudaGetDevice(&previous_));
  if (index != previous_) CHECK_CUDA(cudaSetDevice(index));
}

CudaDeviceScope::~CudaDeviceScope() {
  cudaSetDevice(previous_);
}

}  // namespace sonograd
