#include "tensor/device/arena.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "tensor/device/backend.h"
#include "tensor/support/error.h"
#include "tensor/support/recycled.h"

namespace sonograd {
namespace {

thread_local Arena* current_arena = nullptr;

std::size_t round_up(std::size_t bytes) {
  const std::size_t unit = Storage::kAlignment;
  return std::max(unit, (bytes + unit - 1) / unit * unit);
}

std::byte* device_memory(std::size_t bytes, Device device) {
  std::byte* data = backend(device.kind).allocate(bytes, device.index);
  if (data == nullptr) {
    const MemoryUse memory = backend(device.kind).memory_use(device.index);
    throw OutOfMemory(concat("out of memory on ", device.name(), ": requested ", bytes, " bytes, ",
                             memory.used, " in use, ", memory.free, " free"));
  }
  return data;
}

// Memory that this storage owns.
class DeviceMemory : public Storage {
 public:
  DeviceMemory(std::byte* data, std::size_t bytes, Device device) : Storage(data, bytes, device) {}
  ~DeviceMemory() override { backend(device().kind).release(data(), round_up(bytes()), device().index); }
};

class Borrowed : public Storage {
 public:
  Borrowed(const void* data, std::size_t bytes, std::shared_ptr<const void> owner)
      : Storage(static_cast<std::byte*>(const_cast<void*>(data)), bytes, Device{}),
        owner_(std::move(owner)) {}

 private:
  std::shared_ptr<const void> owner_;
};

}  // namespace

// The free lists. Ranges are kept by address inside each block, merged with their neighbours on release.
class Arena::Blocks : public std::enable_shared_from_this<Blocks> {
 public:
  Blocks(Device device, std::size_t block_bytes) : device_(device), block_bytes_(block_bytes) {}

  ~Blocks() {
    for (const Block& block : blocks_) backend(device_.kind).release(block.data, block.bytes, device_.index);
  }

  std::shared_ptr<Storage> allocate(std::size_t bytes) {
    const std::size_t size = round_up(bytes);
    const std::lock_guard lock(mutex_);
    std::byte* data = take(size);
    if (data == nullptr) {
      const std::size_t block_bytes = std::max(block_bytes_, size);
      blocks_.push_back(
          {device_memory(block_bytes, device_), block_bytes, Ranges({{0, block_bytes}}, &recycled_memory())});
      reserved_ += block_bytes;
      data = take(size);
    }
    used_ += size;
    peak_ = std::max(peak_, used_);
    return make_recycled<Piece>(data, bytes, shared_from_this());
  }

  void give_back(std::byte* data, std::size_t size) {
    const std::lock_guard lock(mutex_);
    used_ -= size;
    for (Block& block : blocks_) {
      if (data < block.data || data >= block.data + block.bytes) continue;
      auto range = block.free.emplace(static_cast<std::size_t>(data - block.data), size).first;
      const auto next = std::next(range);
      if (next != block.free.end() && range->first + range->second == next->first) {
        range->second += next->second;
        block.free.erase(next);
      }
      if (range != block.free.begin()) {
        const auto before = std::prev(range);
        if (before->first + before->second == range->first) {
          before->second += range->second;
          block.free.erase(range);
        }
      }
      return;
    }
  }

  Device device() const { return device_; }
  std::size_t used() const { return locked(used_); }
  std::size_t peak() const { return locked(peak_); }
  std::size_t reserved() const { return locked(reserved_); }

 private:
  using Ranges = std::pmr::map<std::size_t, std::size_t>;  // offset -> length
  struct Block {
    std::byte* data;
    std::size_t bytes;
    Ranges free;
  };
  // A part of a block, which it returns when it dies.
  class Piece : public Storage {
   public:
    Piece(std::byte* data, std::size_t bytes, std::shared_ptr<Blocks> blocks)
        : Storage(data, bytes, blocks->device()), blocks_(std::move(blocks)) {}
    ~Piece() override { blocks_->give_back(data(), round_up(bytes())); }

   private:
    std::shared_ptr<Blocks> blocks_;
  };

  std::byte* take(std::size_t size) {
    for (Block& block : blocks_) {
      for (auto range = block.free.begin(); range != block.free.end(); ++range) {
        const auto [offset, length] = *range;
        if (length < size) continue;
        block.free.erase(range);
        if (length > size) block.free.emplace(offset + size, length - size);
        return block.data + offset;
      }
    }
    return nullptr;
  }

  std::size_t locked(const std::size_t& number) const {
    const std::lock_guard lock(mutex_);
    return number;
  }

  Device device_;
  mutable std::mutex mutex_;  // pieces may be released on other threads
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::size_t reserved_ = 0;
  std::size_t block_bytes_;
  std::vector<Block> blocks_;
};

Arena::Arena(Device device, std::size_t block_bytes)
    : blocks_(std::make_shared<Blocks>(device, block_bytes)) {}
Arena::~Arena() = default;

Device Arena::device() const {
  return blocks_->device();
}
std::size_t Arena::used() const {
  return blocks_->used();
}
std::size_t Arena::peak() const {
  return blocks_->peak();
}
std::size_t Arena::reserved() const {
  return blocks_->reserved();
}
std::shared_ptr<Storage> Arena::allocate(std::size_t bytes) {
  auto storage = blocks_->allocate(bytes);
  backend(device().kind).mark_undefined(storage->data(), bytes);
  return storage;
}

Arena* Arena::current(Device device) {
  return current_arena != nullptr && current_arena->device() == device ? current_arena : nullptr;
}

ArenaScope::ArenaScope(Arena& arena) : previous_(current_arena) {
  current_arena = &arena;
}
ArenaScope::~ArenaScope() {
  current_arena = previous_;
}
NoArenaScope::NoArenaScope() : previous_(current_arena) {
  current_arena = nullptr;
}
NoArenaScope::~NoArenaScope() {
  current_arena = previous_;
}

std::shared_ptr<Storage> Storage::allocate(std::size_t bytes, Device device) {
  if (Arena* arena = Arena::current(device)) return arena->allocate(bytes);
  const std::size_t size = round_up(bytes);
  std::byte* data = device_memory(size, device);
  backend(device.kind).mark_undefined(data, bytes);
  return make_recycled<DeviceMemory>(data, bytes, device);
}

std::shared_ptr<Storage> Storage::borrow(const void* data, std::size_t bytes,
                                         std::shared_ptr<const void> owner) {
  return make_recycled<Borrowed>(data, bytes, std::move(owner));
}

}  // namespace sonograd
