#include "kernels/core/context.h"

#include <atomic>

#include "tensor/support/error.h"

namespace sonograd::kernels {
namespace {
std::atomic<Precision> current_precision = Precision::strict;
}

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
  return current_precision;
}
void set_precision(Precision precision) {
  current_precision = precision;
}

}  // namespace sonograd::kernels
