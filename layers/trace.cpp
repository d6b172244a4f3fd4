#include "layers/trace.h"

#include <cmath>

#include "autograd/tape.h"
#include "kernels/core/explain.h"

namespace sonograd::layers {
namespace {
thread_local Trace* open_trace = nullptr;

std::string_view profile_label(const Module& module) {
  return kernels::profiling() ? kernels::layer_label(module.path()) : std::string_view();
}

}  // namespace

Trace::Trace() {
  open_trace = this;
}
Trace::~Trace() {
  open_trace = nullptr;
}

Trace* Trace::current() {
  return open_trace;
}

void Trace::observe(const Module& /*layer*/, const Tensor& /*output*/) {}

double Trace::macs() const {
  double sum = 0;
  for (const TracedLayer& layer : layers_) sum += layer.macs;
  return sum;
}

TraceScope::TraceScope(const Module& module) : module_(module), layer_(profile_label(module)) {
  if (open_trace == nullptr) return;
  ++open_trace->depth_;
  first_op_ = recorded_ops();
}

TraceScope::~TraceScope() {
  if (open_trace == nullptr || --open_trace->depth_ != 0) return;
  open_trace->layers_.push_back({.module = &module_,
                                 .op = std::move(op_),
                                 .output = output_,
                                 .macs = open_trace->pending_macs_ / static_cast<double>(batch_),
                                 .mean_abs = mean_abs_,
                                 .value = std::move(value_),
                                 .first_op = first_op_,
                                 .end_op = recorded_ops()});
  open_trace->pending_macs_ = 0;
}

const Variable& TraceScope::output(const Variable& y) {
  if (open_trace == nullptr || open_trace->depth_ != 1) return y;
  const std::span extents(y.shape().begin(), y.shape().end());
  batch_ = extents.front();
  output_ = Shape(extents.subspan(1));
  value_ = y.slot();
  if (kernels::ExplainScope::current() != nullptr) return y;  // nothing has been computed
  const Tensor host = y.data().to(Device{}).to(DType::f32);
  for (const float value : host.span<float>()) mean_abs_ += std::abs(value);
  mean_abs_ /= static_cast<double>(host.numel());
  open_trace->observe(module_, host);
  return y;
}

void trace_macs(double macs) {
  if (open_trace != nullptr) open_trace->pending_macs_ += macs;
}

}  // namespace sonograd::layers
