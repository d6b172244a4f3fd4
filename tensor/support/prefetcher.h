// Items made ahead of time by background threads and returned in order.
#pragma once

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

namespace sonograd {

/// Results of `make(i)` for i in [first, end). Worker w of W makes the items w, w + W, w + 2W, …: `next` takes them from
/// the workers in turn, so the order does not depend on W.
template <class T>
class Prefetcher {
 public:
  using Make = std::function<T(std::size_t)>;

  /// `make` is called on `workers` >= 1 threads at a time; each holds up to `ahead` >= 1 finished items.
  Prefetcher(std::size_t first, std::size_t end, int workers, std::size_t ahead, Make make)
      : make_(std::move(make)) {
    const auto stride = static_cast<std::size_t>(workers);
    for (std::size_t worker = 0; worker < stride; ++worker) queues_.emplace_back(ahead);
    for (std::size_t worker = 0; worker < stride; ++worker) {
      threads_.emplace_back([this, worker, first, end, stride] {
        prepare_compute_thread();
        for (std::size_t i = first + worker; i < end && !queues_[worker].closed(); i += stride) {
          queues_[worker].push(made(i));
        }
      });
    }
  }
  ~Prefetcher() {
    for (auto& queue : queues_) queue.close();
  }
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// The next item; to be called end - first times at most. Throws the exception of `make`.
  T next() {
    const auto begin = std::chrono::steady_clock::now();
    Made item = queues_[taken_++ % queues_.size()].pop();
    waited_ += std::chrono::steady_clock::now() - begin;
    if (item.error) std::rethrow_exception(item.error);
    return std::move(*item.value);
  }
  /// Seconds that `next` has waited so far.
  double waited() const { return waited_.count(); }

 private:
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
  std::deque<BoundedQueue<Made>> queues_;
  std::size_t taken_ = 0;
  std::chrono::duration<double> waited_{};
  std::vector<std::jthread> threads_;  // last: they end before the members that they use
};

}  // namespace sonograd
