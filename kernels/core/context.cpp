#include "kernels/core/context.h"

#include <atomic>

#include "tensor/support/error.h"

namespace sonograd::kernels {
namespace {
std::atomic<Precision> process_precision = Precision::strict;
thread_local const Precision* thread_precision = nullptr;  // in the innermost PrecisionScope
}  // namespace

std::string_view name_of(Precision precision) {
  switch (precision) {
    case Precision::strict:
      return "strict";
    case Precision::tf32:
      return "tf32";
    case Precision::bf16:
      return "bf16";
  }
  return "?";
}

Precision parse_precision(std::string_view text) {
  for (const Precision candidate : {Precision::strict, Precision::tf32, Precision::bf16}) {
    if (text == name_of(candidate)) return candidate;
  }
  throw ConfigError(concat("--precision ", text, ": expected strict, tf32 or bf16"));
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

}  // namespace sonograd::kernels
