#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "tensor/device/backend.h"

namespace sonograd {
namespace {

// Blocks from this size on are mapped on their own and may use huge pages.
constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::size_t mapped_size(std::size_t bytes) {
  return (bytes + kHugePage - 1) / kHugePage * kHugePage;
}

// There is nothing to wait for.
class HostStaging final : public StagingBuffer {
 public:
  explicit HostStaging(std::size_t bytes) : memory_(bytes) {}
  std::span<std::byte> host() override { return memory_; }
  void upload(std::byte* to, std::size_t bytes) override { std::memcpy(to, memory_.data(), bytes); }

 private:
  std::vector<std::byte> memory_;
};

class CpuBackend final : public DeviceBackend {
 public:
  std::string why_unavailable(int index) const override {
    return index == 0 ? "" : "there is one CPU device";
  }

  int compute_capability(int) const override { return 0; }
  std::size_t shared_memory_of_block(int) const override { return 0; }

  std::byte* allocate(std::size_t bytes, int) const override {
    if (bytes >= kHugePage) {
      // Over-map by one huge page so that the block can start on a huge-page boundary.
      const std::size_t size = mapped_size(bytes);
      void* raw = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (raw == MAP_FAILED) return nullptr;
      const auto start = reinterpret_cast<std::uintptr_t>(raw);
      const std::uintptr_t aligned = mapped_size(start);
      if (aligned != start) munmap(raw, aligned - start);
      const std::size_t tail = start + kHugePage - aligned;
      if (tail != 0) munmap(reinterpret_cast<void*>(aligned + size), tail);
      madvise(reinterpret_cast<void*>(aligned), size, MADV_HUGEPAGE);
      return reinterpret_cast<std::byte*>(aligned);
    }
    return static_cast<std::byte*>(std::aligned_alloc(256, (bytes + 255) / 256 * 256));
  }

  void release(std::byte* data, std::size_t bytes, int) const noexcept override {
    if (bytes >= kHugePage) {
      munmap(data, mapped_size(bytes));
    } else {
      std::free(data);
    }
  }

  MemoryUse memory_use(int) const override {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const auto all = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * page;
    const auto free = static_cast<std::size_t>(sysconf(_SC_AVPHYS_PAGES)) * page;
    return {all - free, free};
  }

  void mark_undefined(std::byte*, std::size_t) const override {}

  void make_current(int) const override {}

  void copy(std::byte* to, Device, const std::byte* from, Device, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }

  void fill_zero(std::byte* data, std::size_t bytes, int) const override { std::memset(data, 0, bytes); }

  std::unique_ptr<StagingBuffer> make_staging(std::size_t bytes, int) const override {
    return std::make_unique<HostStaging>(bytes);
  }

  void synchronize(int) const override {}
};

}  // namespace

const DeviceBackend& cpu_backend() {
  static const CpuBackend instance;
  return instance;
}

}  // namespace sonograd
