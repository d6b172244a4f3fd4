// Device and precision of a call, the arguments of kernels beside their problem.
#pragma once

#include <cstdint>
#include <string_view>

#include "tensor/device/device.h"
#include "tensor/support/words.h"

namespace sonograd::kernels {

/// Precision of products: IEEE float32 (`strict`), or operands rounded to tf32 or bf16. Sums are float32 in all of them.
enum class Precision : std::uint8_t { strict, tf32, bf16 };

std::string_view name_of(Precision precision);
/// `strict`, `tf32` or `bf16`. Throws ConfigError for another word.
Precision parse_precision(std::string_view text);

/// The ambient precision: the one of the innermost PrecisionScope of this thread, else the one of the process. For code that
/// makes a Context; kernels take the precision from their Context.
Precision precision();
/// Sets the precision of the process, which is `strict` at first.
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

/// True inside a BatchInvariantScope of this thread.
bool batch_invariant();

/// While it lives, the results of an example do not depend on the examples beside it in a batch, nor on their number, down to
/// the last bit: kernels whose sums are ordered by the size of the batch do not run on this thread. For inference, where
/// the scores of a file are a function of that file.
class BatchInvariantScope {
 public:
  explicit BatchInvariantScope(bool invariant = true);
  ~BatchInvariantScope();
  BatchInvariantScope(const BatchInvariantScope&) = delete;
  BatchInvariantScope& operator=(const BatchInvariantScope&) = delete;

 private:
  bool previous_;
};

struct Context {
  Device device;
  Precision precision = Precision::strict;
  bool batch_invariant = false;  ///< results do not depend on the batch (BatchInvariantScope)
};

}  // namespace sonograd::kernels

namespace sonograd {

template <>
inline constexpr auto kWords<kernels::Precision> =
    std::to_array<Word<kernels::Precision>>({{"strict", kernels::Precision::strict},
                                             {"tf32", kernels::Precision::tf32},
                                             {"bf16", kernels::Precision::bf16}});

}  // namespace sonograd
