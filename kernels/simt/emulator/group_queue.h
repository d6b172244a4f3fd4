// Asynchronous operations that one emulated thread has issued.
#pragma once

#include <cstddef>
#include <vector>

namespace sonograd::kernels::emulator {

/// Operations in groups, oldest first. They run (`Operation::land`) when `wait` reaches their group.
template <class Operation>
class GroupQueue {
 public:
  void clear() {
    operations_.clear();
    ends_.clear();
  }
  void add(const Operation& operation) { operations_.push_back(operation); }
  void commit() { ends_.push_back(operations_.size()); }
  /// Lands all groups except the `pending` youngest.
  void wait(std::size_t pending) {
    if (ends_.size() <= pending) return;
    const std::size_t groups = ends_.size() - pending, count = ends_[groups - 1];
    for (std::size_t i = 0; i < count; ++i) operations_[i].land();
    operations_.erase(operations_.begin(), operations_.begin() + static_cast<std::ptrdiff_t>(count));
    ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(groups));
    for (std::size_t& end : ends_) end -= count;
  }

 private:
  std::vector<Operation> operations_;
  std::vector<std::size_t> ends_;  // ends of the groups in operations_
};

}  // namespace sonograd::kernels::emulator
