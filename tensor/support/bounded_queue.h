// A queue between threads that holds a limited number of items.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace sonograd {

/// Items leave in the order in which they came; any number of threads may push and pop.
template <class T>
class BoundedQueue {
 public:
  /// `capacity`: most items, >= 1.
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room. After `close` the item is dropped.
  void push(T item) {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return;
    items_.push_back(std::move(item));
    has_item_.notify_one();
  }

  /// Waits for an item, without end when no thread pushes one.
  T pop() {
    std::unique_lock lock(mutex_);
    has_item_.wait(lock, [&] { return !items_.empty(); });
    T item = std::move(items_.front());
    items_.pop_front();
    has_room_.notify_one();
    return item;
  }

  /// Waits for an item, at most for `time`; empty: none came.
  std::optional<T> pop_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    if (!has_item_.wait_for(lock, time, [&] { return !items_.empty(); })) return std::nullopt;
    std::optional<T> item = std::move(items_.front());
    items_.pop_front();
    has_room_.notify_one();
    return item;
  }

  /// From now on every `push` returns at once.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    has_room_.notify_all();
  }
  bool closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable has_room_, has_item_;
  std::deque<T> items_;
  bool closed_ = false;
};

/// Closes a queue when it goes out of scope, so that threads that push to it end.
template <class T>
struct ClosesQueue {
  BoundedQueue<T>& queue;
  ~ClosesQueue() { queue.close(); }
};
template <class T>
ClosesQueue(BoundedQueue<T>&) -> ClosesQueue<T>;

}  // namespace sonograd
