// The oneDNN engine and stream of this process, and the differences between its 2.x and 3.x interfaces.
#pragma once

#include <map>
#include <oneapi/dnnl/dnnl.hpp>

#include "kernels/core/workspace.h"

namespace sonograd::kernels::onednn {

dnnl::engine& engine();
/// One stream per thread.
dnnl::stream& stream();

/// Attributes of all our primitives: scratch memory is ours, so that it comes from the arena.
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

/// The same, for a backward primitive, which wants the forward one as a hint.
template <class Primitive, class Hint, class... Args>
typename Primitive::primitive_desc describe_backward(const Hint& hint, const Args&... args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine(), args..., hint, user_scratchpad());
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), user_scratchpad(), engine(),
                                            hint);
#endif
}

/// Built primitives by geometry, of one thread: building one costs up to milliseconds, running it microseconds.
template <class Key, class Value>
class PrimitiveCache {
 public:
  template <class Make>
  Value& get(const Key& key, const Make& make) {
    auto entry = entries_.find(key);
    if (entry == entries_.end()) entry = entries_.emplace(key, make(key)).first;
    return entry->second;
  }

 private:
  std::map<Key, Value> entries_;
};

}  // namespace sonograd::kernels::onednn
