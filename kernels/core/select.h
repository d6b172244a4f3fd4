// Selection of a variant, and its run: the only way from an op's entry point to a kernel.
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

/// True when choices are printed to stderr, each once, with the reasons against faster rows: after `log_choices`, or with
/// LOG_KERNELS=1 in the environment.
bool logs_choices();
void log_choices();
void log_choice(std::string_view op, std::string_view chosen, const std::string& reasons);

/// The variant that will run: the pinned one, else the last row of the device that supports the problem. Throws DeviceError,
/// with the reason of each row, when the pinned variant or all rows do not support it.
template <class Op>
const KernelVariant<Op>& select(Table<Op> table, const typename Op::Problem& problem,
                                const Context& context) {
  const std::string_view pinned = pinned_variant(Op::name);
  const auto eligible = [&](const KernelVariant<Op>* variant) {
    return variant != nullptr && variant->target == context.device.kind &&
           (pinned.empty() || variant->name == pinned);
  };
  const auto reason_of = [&](const KernelVariant<Op>& variant) {
    if (pinned.empty() && variant.choice != Choice::in_order) return "runs only when it is chosen by name";
    return reason_against(variant, problem, context);
  };
  const auto reasons_before = [&](auto end) {
    std::string text;
    for (auto row = table.rbegin(); row != end; ++row) {
      if (eligible(*row)) text += concat(text.empty() ? "" : "; ", (*row)->name, ": ", reason_of(**row));
    }
    return text;
  };
  for (auto row = table.rbegin(); row != table.rend(); ++row) {
    if (!eligible(*row) || reason_of(**row) != nullptr) continue;
    const KernelVariant<Op>& variant = **row;
    if (logs_choices()) log_choice(Op::name, variant.name, reasons_before(row));
    return variant;
  }
  const std::string reasons = reasons_before(table.rend());
  throw DeviceError(concat("[", Op::name, "] no ", pinned.empty() ? "" : concat("'", pinned, "' "),
                           "kernel for ", context.device.name(), ": ",
                           reasons.empty() ? "it has none" : reasons));
}

/// Calls `visit` with the candidates of a timing run (fastest.h): every row that supports the problem, except `reference`
/// and rows that run by name only.
template <class Op, class Visit>
void for_each_candidate(Table<Op> table, const typename Op::Problem& problem, const Context& context,
                        const Visit& visit) {
  for (const KernelVariant<Op>* variant : table) {
    if (variant == nullptr || variant->name == kReference || variant->choice == Choice::by_name) continue;
    if (reason_against(*variant, problem, context) == nullptr) visit(*variant);
  }
}

/// Bytes of scratch memory that `variant` takes. A variant of another library may throw DeviceError here: some libraries
/// report only at this point that they have no algorithm for a problem.
template <class Op>
std::size_t workspace_of(const KernelVariant<Op>& variant, const typename Op::Problem& problem,
                         const typename Op::Args& args, const Context& context) {
  backend(context.device.kind).make_current(context.device.index);
  return variant.workspace(problem, args, context);
}

/// Provides the workspace and runs `variant`; ops that it calls run in the precision of `context`, too. A KernelError names
/// the problem.
template <class Op>
void run_variant(const KernelVariant<Op>& variant, const typename Op::Problem& problem,
                 const typename Op::Args& args, const Context& context) {
  std::optional<ProfileRange> range;
  if (profiling() && !variant.composed) {
    range.emplace(RangeKind::op, Op::name, variant.name, context.device.kind);
    range->set_work(work_of<Op>(problem));
  }
  const PrecisionScope precision(context.precision);
  const BatchInvariantScope invariant(context.batch_invariant);
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

/// Runs the next candidate of the timing run of this call, or the fastest one when the run is over. False, and nothing has
/// run: there are fewer than two candidates, or the candidate has turned out to have no algorithm.
template <class Op>
bool run_fastest(Table<Op> table, const typename Op::Problem& problem, const typename Op::Args& args,
                 const Context& context) {
  const CallKey key(Op::name, problem, context, threads());
  if (const std::string_view fastest = known_fastest(key); !fastest.empty()) {
    for (const KernelVariant<Op>* row : table) {
      if (row == nullptr || row->name != fastest || reason_against(*row, problem, context) != nullptr)
        continue;
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
  FastestTurn turn(
      concat(Op::name, ' ', problem.summary(), ' ', context.device, ' ', name_of(context.precision),
             context.batch_invariant ? " batch-invariant " : " ", threads(), " threads"),
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

/// Selects a variant for the device of the operands and the ambient precision, and runs it; inside an ExplainScope it is
/// only explained. Throws DeviceError when the operands are on several devices, or no variant supports the problem.
template <class Op>
void run(Table<Op> table, const typename Op::Problem& problem, const typename Op::Args& args) {
  const Context context = {common_device(Op::name, args), precision(), batch_invariant()};
  if (ExplainScope* scope = ExplainScope::current()) return scope->add(explain<Op>(table, problem, context));
  if (chooses_fastest() && pinned_variant(Op::name).empty() && run_fastest<Op>(table, problem, args, context))
    return;
  run_variant(select<Op>(table, problem, context), problem, args, context);
}

}  // namespace sonograd::kernels
