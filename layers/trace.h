// What one forward pass does, layer by layer: shapes, parameters and multiply-accumulates, as `sonograd
// models NAME` lists them.
#pragma once

#include <string>
#include <vector>

#include "kernels/core/profile.h"
#include "layers/module.h"

namespace sonograd::layers {

struct TracedLayer {
  const Module* module;
  std::string op;
  Shape output;         ///< without the batch axis
  double macs = 0;      ///< of one example
  double mean_abs = 0;  ///< mean absolute value of the output
};

/// While it lives, layers called on this thread are listed.
class Trace {
 public:
  Trace();
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  const std::vector<TracedLayer>& layers() const { return layers_; }
  double macs() const;

  /// The one that lives on this thread, or nullptr.
  static Trace* current();

 private:
  friend class TraceScope;
  friend void trace_macs(double);
  std::vector<TracedLayer> layers_;
  int depth_ = 0;
  double pending_macs_ = 0;
};

/// A layer opens one around its forward pass. Of scopes inside each other only the outermost is listed;
/// profiles know all of them.
class TraceScope {
 public:
  /// `op`: what makes up its name, as for `concat`; put together only inside a Trace.
  template <class... Op>
  explicit TraceScope(const Module& module, const Op&... op) : TraceScope(module) {
    if (Trace::current() != nullptr) op_ = concat(op...);
  }
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

  /// Passes `y` through, having noted its shape.
  const Variable& output(const Variable& y);

 private:
  explicit TraceScope(const Module& module);

  const Module& module_;
  kernels::LayerScope layer_;
  std::string op_;
  Shape output_;
  std::int64_t batch_ = 1;
  double mean_abs_ = 0;
};

/// Counts multiply-accumulates (of the whole batch) towards the layer that is open.
void trace_macs(double macs);

}  // namespace sonograd::layers
