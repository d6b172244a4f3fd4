// Explanation of choices: the variant that would run, and the reasons against the others, without a run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernels/core/variant.h"
#include "kernels/core/work.h"

namespace sonograd::kernels {

/// Support of one problem by the variants of an op.
struct Explanation {
  struct Row {
    std::string_view name;
    DeviceKind target;
    std::string reason;  ///< reason against it (`why_not`); empty: it can run
    Choice choice;       ///< when it runs
  };
  std::string_view op;
  Work work;
  std::vector<Row> rows;    ///< from simplest to fastest
  std::string_view chosen;  ///< the variant that runs when none is pinned; empty: none can
};

template <class Op>
Explanation explain(Table<Op> table, const typename Op::Problem& problem, const Context& context) {
  Explanation result{Op::name, work_of<Op>(problem), {}, {}};
  for (const KernelVariant<Op>* variant : table) {
    if (variant == nullptr) continue;
    const char* reason = reason_against(*variant, problem, context);
    if (reason == nullptr && variant->choice == Choice::in_order) result.chosen = variant->name;
    result.rows.push_back({variant->name, variant->target, reason ? reason : "", variant->choice});
  }
  return result;
}

/// While one lives, ops that are called on this thread are explained and run no kernel; their outputs stay as they are.
class ExplainScope {
 public:
  ExplainScope();
  ~ExplainScope();
  ExplainScope(const ExplainScope&) = delete;
  ExplainScope& operator=(const ExplainScope&) = delete;

  /// The innermost open scope of this thread, or nullptr.
  static ExplainScope* current();
  void add(Explanation call) { calls_.push_back(std::move(call)); }
  const std::vector<Explanation>& calls() const { return calls_; }

 private:
  std::vector<Explanation> calls_;
};

}  // namespace sonograd::kernels
