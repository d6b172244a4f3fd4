// Choosing a variant and running it: the one way from an op's entry point to a kernel.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kernels/core/explain.h"
#include "kernels/core/fastest.h"
#include "kernels/core/launch.h"
#include "kernels/core/operands.h"
#include "kernels/core/pins.h"
#include "kernels/core/running_call.h"
#include "kernels/core/variant.h"
#include "kernels/core/work.h"
#include "tensor/device/backend.h"
#include "tensor/device/stream.h"
#include "tensor/support/error.h"

namespace sonograd::kernels {

/// Whether choices go to stderr, each once, with the objections that they passed over: after `log_choices`, or with
/// LOG_KERNELS=1 in the environment.
bool logs_choices();
void log_choices();
void log_choice(std::string_view op, std::string_view chosen, const std::string& objections);

/// The variant that will run. Throws DeviceError when a pinned variant objects, or when every row does.
template <class Op>
const KernelVariant<Op>& select(Table<Op> table, const typename Op::Problem& problem,
                                const Context& context) {
  const std::string_view pinned = pinned_variant(Op::name);
  const auto eligible = [&](const KernelVariant<Op>& variant) {
    return variant.target == context.device.kind && (pinned.empty() || variant.name == pinned);
  };
  const auto objection_of = [&](const KernelVariant<Op>& variant) {
    if (pinned.empty() && variant.choice != Choice::in_order) return "runs only when it is asked for";
    return objection(variant, problem, context);
  };
  const auto objections_before = [&](auto end) {
    std::string text;
    for (auto row = table.rbegin(); row != end; ++row) {
      if (eligible(**row)) text += concat(text.empty() ? "" : "; ", (*row)->name, ": ", objection_of(**row));
    }
    return text;
  };
  for (auto row = table.rbegin(); row != table.rend(); ++row) {
    const KernelVariant<Op>& variant = **row;
    if (!eligible(variant) || objection_of(variant) != nullptr) continue;
    if (logs_choices()) log_choice(Op::name, variant.name, objections_before(row));
    return variant;
  }
  const std::string objections = objections_before(table.rend());
  throw DeviceError(concat("[", Op::name, "] no ", pinned.empty() ? "" : concat("'", pinned, "' "),
                           "kernel for ", context.device.name(), ": ",
                           objections.empty() ? "it has none" : objections));
}

/// Calls `visit` with those among which the clock decides: see fastest.h.
template <class Op, class Visit>
void for_each_candidate(Table<Op> table, const typename Op::Problem& problem, const Context& context,
                        const Visit& visit) {
  for (const KernelVariant<Op>* variant : table) {
    if (variant->name == kReference || variant->choice == Choice::by_name) continue;
    if (objection(*variant, problem, context) == nullptr) visit(*variant);
  }
}

/// Bytes of scratch that `variant` takes. A variant of another library may throw DeviceError here, when it has no algorithm
/// for the problem after all.
template <class Op>
std::size_t workspace_of(const KernelVariant<Op>& variant, const typename Op::Problem& problem,
                         const typename Op::Args& args, const Context& context) {
  backend(context.device.kind).make_current(context.device.index);
  return variant.workspace(problem, args, context);
}

/// Provides the workspace and runs; ops that the variant calls run in the precision of `context`, too. A KernelError names the
/// problem.
template <class Op>
void run_variant(const KernelVariant<Op>& variant, const typename Op::Problem& problem,
                 const typename Op::Args& args, const Context& context) {
  std::optional<ProfileRange> range;
  if (profiling() && !variant.composed) {
    range.emplace(RangeKind::op, Op::name, variant.name, context.device.kind);
    range->set_work(work_of<Op>(problem));
  }
  const PrecisionScope precision(context.precision);
  const std::size_t bytes = workspace_of(variant, problem, args, context);
  const auto scratch = bytes == 0 ? nullptr : Storage::allocate(bytes, context.device);
  const RunningCall call(Op::name, problem);
  try {
    variant.run(problem, args, context, scratch ? Workspace({scratch->data(), bytes}) : Workspace());
  } catch (const KernelError& error) {
    throw KernelError(concat(error.what(), "; ", Op::name, ' ', problem.summary()));
  }
  if (range) Stream::current(context.device).synchronize();
}

/// The candidate whose turn it is, or that has won. False: there is no choice, or the candidate cannot run after all.
template <class Op>
bool run_fastest(Table<Op> table, const typename Op::Problem& problem, const typename Op::Args& args,
                 const Context& context) {
  const CallKey key(Op::name, problem, context, threads());
  if (const std::string_view winner = known_winner(key); !winner.empty()) {
    for (const KernelVariant<Op>* row : table) {
      if (row->name != winner || objection(*row, problem, context) != nullptr) continue;
      run_variant(*row, problem, args, context);
      return true;
    }
  }
  std::size_t candidates = 0;
  for_each_candidate<Op>(table, problem, context, [&](const KernelVariant<Op>&) { ++candidates; });
  if (candidates < 2) return false;
  std::vector<const KernelVariant<Op>*> rows;
  std::vector<std::string_view> names;
  for_each_candidate<Op>(table, problem, context, [&](const KernelVariant<Op>& row) {
    rows.push_back(&row);
    names.push_back(row.name);
  });
  FastestTurn turn(concat(Op::name, ' ', problem.summary(), ' ', context.device, ' ',
                          name_of(context.precision), ' ', threads(), " threads"),
                   key, names, context.device);
  const KernelVariant<Op>& row = *rows[turn.candidate()];
  try {
    workspace_of(row, problem, args, context);
  } catch (const DeviceError&) {
    turn.refuse();
    return false;
  }
  run_variant(row, problem, args, context);
  turn.finish();
  return true;
}

/// Selects for the device of the operands and the ambient precision, and runs; inside an ExplainScope only explains. Throws
/// DeviceError when the operands are on several devices.
template <class Op>
void run(Table<Op> table, const typename Op::Problem& problem, const typename Op::Args& args) {
  const Context context = {common_device(Op::name, args), precision()};
  if (ExplainScope* scope = ExplainScope::current()) return scope->add(explain<Op>(table, problem, context));
  if (chooses_fastest() && pinned_variant(Op::name).empty() && run_fastest<Op>(table, problem, args, context))
    return;
  run_variant(select<Op>(table, problem, context), problem, args, context);
}

}  // namespace sonograd::kernels
