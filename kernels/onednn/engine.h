// The oneDNN engine and stream of this process, and the differences between its 2.x and 3.x interfaces.
#pragma once

#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <utility>

#include "kernels/core/workspace.h"
#include "tensor/support/compute_thread.h"

namespace sonograd::kernels::onednn {

dnnl::engine& engine();
/// The stream of this thread.
dnnl::stream& stream();

/// Returns `make()`, a preparation by oneDNN. Its errors are thrown as OutOfMemory or DeviceError.
[[noreturn]] void throw_refusal(const dnnl::error& error);
template <class Make>
auto prepared(const Make& make) -> decltype(make()) {
  try {
    return make();
  } catch (const dnnl::error& error) {
    throw_refusal(error);
  }
}
void count_built_primitive();
/// Checks the status of a call that runs a primitive. Throws OutOfMemory or KernelError unless it succeeded.
void check_run(dnnl_status_t status);

/// Attributes of all our primitives: they take scratch memory from the caller, so that it comes from the arena.
inline dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

/// Builds a primitive descriptor of `Primitive` from the arguments of its operation descriptor.
template <class Primitive, class... Args>
typename Primitive::primitive_desc describe(const dnnl::primitive_attr& attr, const Args&... args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine(), args..., attr);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attr, engine());
#endif
}

/// The same for a backward primitive, which takes the forward descriptor as a hint.
template <class Primitive, class Hint, class... Args>
typename Primitive::primitive_desc describe_backward(const Hint& hint, const Args&... args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine(), args..., hint, user_scratchpad());
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), user_scratchpad(), engine(),
                                            hint);
#endif
}

/// Primitives of one thread, by geometry and number of threads: building one takes up to milliseconds, running it
/// microseconds. A primitive runs on the number of threads for which it was built.
template <class Key, class Value>
class PrimitiveCache {
 public:
  /// Returns the primitive for `key`, and prepares the team of threads that runs it.
  template <class Make>
  Value& get(const Key& key, const Make& make) {
    prepare_compute_team();
    const std::pair<int, Key> full_key(threads(), key);
    auto entry = entries_.find(full_key);
    if (entry == entries_.end()) {
      entry = entries_.emplace(full_key, prepared([&] { return make(key); })).first;
      count_built_primitive();
    }
    return entry->second;
  }

 private:
  std::map<std::pair<int, Key>, Value> entries_;
};

}  // namespace sonograd::kernels::onednn
