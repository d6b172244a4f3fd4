// Items made ahead of time by background threads and returned in order.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "tensor/support/bounded_queue.h"
#include "tensor/support/compute_thread.h"
#include "tensor/support/start_threads.h"

namespace sonograd {

/// Results of `make(i)` for i in [first, end). Worker w of W makes the items w, w + W, w + 2W, …: `next` takes them from
/// the workers in turn, so the order does not depend on W.
template <class T>
class Prefetcher {
 public:
  using Make = std::function<T(std::size_t)>;

  /// `make` is called on `workers` >= 1 threads at a time, fewer where the system does not allow so many, and by `next` where
  /// it allows none; each holds up to `ahead` >= 1 finished items.
  Prefetcher(std::size_t first, std::size_t end, int workers, std::size_t ahead, Make make)
      : make_(std::move(make)), first_(first) {
    const auto most = static_cast<std::size_t>(workers);
    for (std::size_t worker = 0; worker < most; ++worker) queues_.emplace_back(ahead);
    threads_ = start_threads(most, [this, first, end](std::size_t worker) {
      prepare_compute_thread();
      stride_.wait(kUnknown);
      const std::size_t stride = stride_;
      for (std::size_t i = first + worker; i < end && !queues_[worker].closed(); i += stride) {
        queues_[worker].push(made(i));
      }
    });
    stride_ = threads_.size();
    stride_.notify_all();
  }
  ~Prefetcher() {
    for (auto& queue : queues_) queue.close();
  }
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// The next item; to be called end - first times at most. Throws the exception of `make`.
  T next() {
    const auto begin = std::chrono::steady_clock::now();
    const std::size_t index = taken_++;
    Made item = threads_.empty() ? made(first_ + index) : queues_[index % threads_.size()].pop();
    waited_ += std::chrono::steady_clock::now() - begin;
    if (item.error) std::rethrow_exception(item.error);
    return std::move(*item.value);
  }
  /// Seconds that `next` has waited so far.
  double waited() const { return waited_.count(); }

 private:
  static constexpr auto kUnknown = static_cast<std::size_t>(-1);
  struct Made {
    std::optional<T> value;
    std::exception_ptr error;
  };
  Made made(std::size_t i) {
    try {
      return {make_(i), nullptr};
    } catch (...) {
      return {std::nullopt, std::current_exception()};
    }
  }

  Make make_;
  std::size_t first_;
  std::deque<BoundedQueue<Made>> queues_;
  std::atomic<std::size_t> stride_ = kUnknown;  // number of threads, once all are started
  std::size_t taken_ = 0;
  std::chrono::duration<double> waited_{};
  std::vector<std::jthread> threads_;  // last: they end before the members that they use
};

}  // namespace sonograd
