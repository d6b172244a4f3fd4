// Parts of the `reference` rows: a formula as plain loops for float32, float64 and, where the op has that storage type,
// bfloat16, with sums in double.
#pragma once

#include <vector>

#include "kernels/core/stored.h"
#include "kernels/core/variant.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {

/// The row `reference`, made of a captureless `f(T(), problem, args)` that is called with T = float or double.
template <class Op, class F>
constexpr KernelVariant<Op> reference_row(F) {
  return {.name = "reference",
          .run = [](const typename Op::Problem& p, const typename Op::Args& args, const Context&, Workspace) {
            visit_real(p.dtype, Op::name, [&](auto type) { F()(type, p, args); });
          }};
}

/// The same for ops that also store bf16.
template <class Op, class F>
constexpr KernelVariant<Op> stored_reference_row(F) {
  return {.name = "reference",
          .run = [](const typename Op::Problem& p, const typename Op::Args& args, const Context&, Workspace) {
            if (p.dtype == DType::bf16) return F()(bf16(), p, args);
            visit_real(p.dtype, Op::name, [&](auto type) { F()(type, p, args); });
          }};
}

/// Replaces or accumulates element `i`; the result is rounded once.
template <class T>
void store(const Out& out, std::int64_t i, double value) {
  T& place = out.data<T>()[i];
  place = narrow<T>(out.adds() ? static_cast<double>(widen(place)) + value : value);
}

/// Replaces or accumulates all elements.
template <class T>
void store_all(const Out& out, const std::vector<double>& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i) store<T>(out, static_cast<std::int64_t>(i), sums[i]);
}

/// `why_not` of rows that exist for float32 only.
template <class Problem>
const char* float_only(const Problem& p, const Context&) {
  return p.dtype == DType::f32 ? nullptr : "requires f32";
}

/// `why_not` of rows that exist for every storage type.
template <class Problem>
const char* float_or_bf16(const Problem& p, const Context&) {
  return p.dtype == DType::f32 || p.dtype == DType::bf16 ? nullptr : "requires f32 or bf16";
}

}  // namespace sonograd::kernels
