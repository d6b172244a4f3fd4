// The table of an op: its kernel variants, from the simplest to the fastest.
//
// An op is a tag type:
//   struct Conv2dForward {
//     static constexpr std::string_view name = "conv2d_forward";
//     using Problem = Conv2dProblem;                  // shapes and options, checked; `summary()`: in one line,
//                                                     // all that the time of a call depends on
//     struct Args { View x, weight, bias; Out y; };   // raw views
//   };
// A variant is data. Adding one is a file and a line in the op's table.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/context.h"
#include "kernels/core/workspace.h"
#include "tensor/view.h"

namespace sonograd::kernels {

/// Conditions under which a variant runs without being pinned by name.
enum class Choice : std::uint8_t {
  in_order,  ///< always
  by_measure,  ///< in timing runs (`--kernels fastest`) only: rows of other libraries, or seldom the fastest here
  by_name,  ///< never: equal runs may differ in their last bits, or support depends on the arguments
};

/// Bytes of scratch memory that a variant takes: a function of the problem, or of problem, arguments and context.
template <class Op>
class ScratchSize {
 public:
  using OfProblem = std::size_t (*)(const typename Op::Problem&);
  using OfCall = std::size_t (*)(const typename Op::Problem&, const typename Op::Args&, const Context&);

  constexpr ScratchSize() = default;
  template <std::convertible_to<OfProblem> F>
  constexpr ScratchSize(F size) : of_problem_(size) {}  // NOLINT: rows write `.workspace = size`
  template <std::convertible_to<OfCall> F>
  constexpr ScratchSize(F size) : of_call_(size) {}  // NOLINT

  std::size_t operator()(const typename Op::Problem& problem, const typename Op::Args& args,
                         const Context& context) const {
    if (of_problem_ != nullptr) return of_problem_(problem);
    return of_call_ != nullptr ? of_call_(problem, args, context) : 0;
  }

 private:
  OfProblem of_problem_ = nullptr;
  OfCall of_call_ = nullptr;
};

template <class Op>
struct KernelVariant {
  std::string_view name;  ///< names the idea: `reference`, `onednn`, `tiled`
  DeviceKind target = DeviceKind::cpu;
  /// Returns the reason for which this variant does not support a problem (or is known to be slower than another row);
  /// nullptr: it does. A null function: it supports every problem.
  const char* (*why_not)(const typename Op::Problem&, const Context&) = nullptr;
  ScratchSize<Op> workspace;  ///< none unless given
  void (*run)(const typename Op::Problem&, const typename Op::Args&, const Context&, Workspace) = nullptr;
  Choice choice = Choice::in_order;
  bool composed = false;  ///< calls other ops, which appear in profiles in its place (EveryDevice)
};

/// The reason for which `variant` does not run for a problem, `for another device` or its own (`why_not`); nullptr: none.
template <class Op>
const char* reason_against(const KernelVariant<Op>& variant, const typename Op::Problem& problem,
                           const Context& context) {
  if (variant.target != context.device.kind) return "for another device";
  return variant.why_not ? variant.why_not(problem, context) : nullptr;
}

/// The name of the variant that is the formula as loops, in double precision.
inline constexpr std::string_view kReference = "reference";

/// Rows from simplest to fastest. Selection takes the last row of the device that supports the problem. nullptr: a row whose
/// devices are not part of this build (SONOGRAD_ON_CUDA).
template <class Op>
using Table = std::span<const KernelVariant<Op>* const>;

/// A table without its types, for lists in tools and the check of `--kernel OP=VARIANT`.
struct TableInfo {
  struct Row {
    std::string_view name;
    DeviceKind target;
  };
  std::string_view op;
  std::vector<Row> rows;
};

template <class Op>
TableInfo describe(Table<Op> table) {
  TableInfo info{Op::name, {}};
  for (const KernelVariant<Op>* variant : table) {
    if (variant != nullptr) info.rows.push_back({variant->name, variant->target});
  }
  return info;
}

/// The tables of one op: every `kernels/**/<op>.cpp` defines one such function, `<op>_tables()`.
using TableList = std::vector<TableInfo>;
/// The tables of all ops, in the order of their names. Generated from the sources.
std::vector<TableList> all_tables();

}  // namespace sonograd::kernels
