// Values that are derived from the state of a module and kept between forward passes.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "layers/module.h"

namespace sonograd::layers {

/// Interface of a derived value to the module that owns it.
class DerivedValue {
 public:
  explicit DerivedValue(Module& owner) { owner.derived_.push_back(this); }
  DerivedValue(const DerivedValue&) = delete;
  DerivedValue& operator=(const DerivedValue&) = delete;
  virtual ~DerivedValue() = default;

  virtual void prepare() = 0;
  virtual void drop() = 0;
};

/// A `T` that `owner` derives from its parameters and buffers: folded or reordered weights. A member of the owner, which
/// drops it when they change and makes it in `prepare`; otherwise the first call of `get` makes it. Any number of threads may
/// call `get` at the same time; it takes no lock when the value exists.
template <class T>
class Derived final : public DerivedValue {
 public:
  using Make = std::function<std::unique_ptr<const T>()>;

  Derived(Module& owner, Make make) : DerivedValue(owner), make_(std::move(make)) {}

  const T& get() const {
    if (const T* made = published_.load(std::memory_order_acquire)) return *made;
    const std::scoped_lock one_maker(mutex_);
    if (value_ == nullptr) {
      value_ = make_();
      published_.store(value_.get(), std::memory_order_release);
    }
    return *value_;
  }

  void prepare() override { get(); }
  void drop() override {
    published_.store(nullptr, std::memory_order_relaxed);
    value_.reset();
  }

 private:
  Make make_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<const T> value_;
  mutable std::atomic<const T*> published_ = nullptr;
};

}  // namespace sonograd::layers
