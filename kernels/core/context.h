// What a kernel may know about where and how it runs, beside its problem.
#pragma once

#include <cstdint>
#include <string_view>

#include "tensor/device/device.h"

namespace sonograd::kernels {

/// How exact arithmetic must be: IEEE float32, or reduced-precision products with float32 sums.
enum class Precision : std::uint8_t { strict, tf32, bf16 };

std::string_view name_of(Precision precision);
/// `strict`, `tf32` or `bf16`. Throws ConfigError for another word.
Precision parse_precision(std::string_view text);

/// The ambient precision: that of the innermost PrecisionScope of this thread, else the process's. For those who start work or
/// describe it; a kernel has it from its Context.
Precision precision();
/// The process's: `strict` unless set.
void set_precision(Precision precision);

/// Sets the ambient precision of this thread while it lives.
class PrecisionScope {
 public:
  explicit PrecisionScope(Precision precision);
  ~PrecisionScope();
  PrecisionScope(const PrecisionScope&) = delete;
  PrecisionScope& operator=(const PrecisionScope&) = delete;

 private:
  const Precision* previous_;
  Precision precision_;
};

struct Context {
  Device device;
  Precision precision = Precision::strict;
};

}  // namespace sonograd::kernels
