#include "kernels/core/context.h"

#include <atomic>

namespace sonograd::kernels {
namespace {
std::atomic<Precision> process_precision = Precision::strict;
thread_local const Precision* thread_precision = nullptr;  // in the innermost PrecisionScope
thread_local bool thread_is_batch_invariant = false;
}  // namespace

std::string_view name_of(Precision precision) {
  return word_of(precision);
}

Precision parse_precision(std::string_view text) {
  return require_word<Precision>("--precision", text);
}

Precision precision() {
  return thread_precision != nullptr ? *thread_precision : process_precision.load(std::memory_order_relaxed);
}
void set_precision(Precision precision) {
  process_precision = precision;
}

PrecisionScope::PrecisionScope(Precision precision) : previous_(thread_precision), precision_(precision) {
  thread_precision = &precision_;
}
PrecisionScope::~PrecisionScope() {
  thread_precision = previous_;
}

bool batch_invariant() {
  return thread_is_batch_invariant;
}

BatchInvariantScope::BatchInvariantScope(bool invariant) : previous_(thread_is_batch_invariant) {
  thread_is_batch_invariant = invariant;
}
BatchInvariantScope::~BatchInvariantScope() {
  thread_is_batch_invariant = previous_;
}

}  // namespace sonograd::kernels
