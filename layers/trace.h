// Layers of one forward pass: shapes, parameters and multiply-accumulates, as `sonograd models NAME` lists them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/core/profile.h"
#include "layers/module.h"

namespace sonograd::layers {

/// One call of a layer.
struct TracedLayer {
  const Module* module;
  std::string op;
  Shape output;                               ///< without the batch axis
  double macs = 0;                            ///< multiply-accumulates of one example
  double mean_abs = 0;                        ///< mean absolute value of the output
  std::shared_ptr<const GradientSlot> value;  ///< of the output; null inside NoGrad
  std::uint64_t first_op = 0,
                end_op = 0;  ///< the `sequence` of the ops that it recorded is in [first_op, end_op)
};

/// Lists the layers that are called on this thread while it lives. A derived class receives their outputs as well.
class Trace {
 public:
  Trace();
  virtual ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  const std::vector<TracedLayer>& layers() const { return layers_; }
  /// Multiply-accumulates of one example, over all layers.
  double macs() const;

  /// The trace of this thread, or nullptr.
  static Trace* current();

 protected:
  /// Called with the output of a layer as it is computed: on the CPU, in f32, with the batch axis. Not in an ExplainScope.
  virtual void observe(const Module& layer, const Tensor& output);

 private:
  friend class TraceScope;
  friend void trace_macs(double);
  std::vector<TracedLayer> layers_;
  int depth_ = 0;
  double pending_macs_ = 0;
};

/// A layer opens one around its forward pass. Of nested scopes only the outermost is listed; profiles contain
/// all of them.
class TraceScope {
 public:
  /// `op`: parts of its name, as for `concat`; put together only inside a Trace.
  template <class... Op>
  explicit TraceScope(const Module& module, const Op&... op) : TraceScope(module) {
    if (Trace::current() != nullptr) op_ = concat(op...);
  }
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

  /// Records shape and mean absolute value of `y`, and returns it.
  const Variable& output(const Variable& y);

 private:
  explicit TraceScope(const Module& module);

  const Module& module_;
  kernels::LayerScope layer_;
  std::string op_;
  Shape output_;
  std::int64_t batch_ = 1;
  double mean_abs_ = 0;
  std::shared_ptr<const GradientSlot> value_;
  std::uint64_t first_op_ = 0;
};

/// Adds multiply-accumulates of the whole batch to the layer that is open.
void trace_macs(double macs);

}  // namespace sonograd::layers
