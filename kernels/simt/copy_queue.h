// Asynchronous copies that one emulated thread has issued.
#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

namespace sonograd::kernels::emulator {

/// Copies in groups, oldest first. They land when `wait` asks for their group.
class CopyQueue {
 public:
  /// `bytes` to write; behind the first `valid` of them, zeros.
  struct Copy {
    void* to;
    const void* from;
    std::size_t bytes, valid;

    void land() const {
      std::memcpy(to, from, valid);
      std::memset(static_cast<std::byte*>(to) + valid, 0, bytes - valid);
    }
  };

  void clear() {
    copies_.clear();
    ends_.clear();
  }
  void add(const Copy& copy) { copies_.push_back(copy); }
  void commit() { ends_.push_back(copies_.size()); }
  /// Lands all groups but the `pending` youngest.
  void wait(std::size_t pending) {
    if (ends_.size() <= pending) return;
    const std::size_t groups = ends_.size() - pending, count = ends_[groups - 1];
    for (std::size_t i = 0; i < count; ++i) copies_[i].land();
    copies_.erase(copies_.begin(), copies_.begin() + static_cast<std::ptrdiff_t>(count));
    ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(groups));
    for (std::size_t& end : ends_) end -= count;
  }

 private:
  std::vector<Copy> copies_;
  std::vector<std::size_t> ends_;  // of the groups in copies_
};

}  // namespace sonograd::kernels::emulator
