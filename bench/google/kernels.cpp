#include <memory>

#include "bench/batch_cases.h"
#include "bench/explain_case.h"
#include "bench/google/runner.h"
#include "kernels/core/launch.h"
#include "kernels/core/select.h"

namespace sonograd::bench {
namespace {

using cases::Case;
using kernels::Work;

// Memory of one call. Calls take turns on several, so that no input is in a cache because the call before
// read it.
struct Operands {
  std::vector<Tensor> inputs, outputs;
  std::vector<View> views;
  std::vector<Out> outs;

  explicit Operands(const Case& c) : inputs(cases::make_inputs(c, DType::f32)) {
    for (const Shape& shape : c.outputs) outputs.push_back(Tensor::zeros(shape));
    views.assign(inputs.begin(), inputs.end());
    for (const Tensor& output : outputs) outs.push_back(set(output));
  }
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Tensor& tensor : inputs) sum += tensor.bytes();
    for (const Tensor& tensor : outputs) sum += tensor.bytes();
    return sum;
  }
};

std::vector<Operands> rotation(const Case& c) {
  constexpr std::size_t kMost = 32;
  std::size_t cache = 0;
  for (const auto& info : benchmark::CPUInfo::Get().caches) {
    if (info.level == 2) cache = static_cast<std::size_t>(info.size * std::max(1, kernels::threads()));
  }
  std::vector<Operands> sets;
  sets.emplace_back(c);
  const std::size_t count = std::min(kMost, 1 + 2 * cache / std::max<std::size_t>(1, sets[0].bytes()));
  while (sets.size() < count) sets.emplace_back(c);
  return sets;
}

void time_case(benchmark::State& state, const Case& c, const Work& work, const Peak& peak) {
  const auto sets = rotation(c);
  const auto call = [&](const Operands& operands) { c.run(DType::f32, operands.views, operands.outs); };
  call(sets.back());
  std::size_t turn = 0;
  for (auto _ : state) call(sets[turn++ % sets.size()]);
  state.counters["gflops"] = per_second(work.flops * 1e-9);
  state.counters["gbytes"] = per_second(work.bytes * 1e-9);
  state.counters["peak_share"] = per_second(work.flops / peak.flops);
  state.counters["roofline_share"] = per_second(peak.floor_seconds(work.flops, work.bytes));
}

bool is_named(std::string_view op, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const std::string parts = concat('_', op, '_');
  return std::ranges::any_of(
      names, [&](const auto& name) { return parts.find(concat('_', name, '_')) != parts.npos; });
}

void check_name(const std::string& name) {
  std::string ops;
  for (const auto& folder : kernels::all_tables()) {
    for (const kernels::TableInfo& table : folder) {
      if (is_named(table.op, {name})) return;
      ops += concat(ops.empty() ? "" : ", ", table.op);
    }
  }
  throw ConfigError(concat("bench kernels ", name, ": no such op; the ops are ", ops));
}

void add_rows(std::vector<Timing>& timings, const std::string& op, const Case& c, bool with_reference,
              const Peak& peak) {
  const kernels::Explanation explanation = explain_case(op, c);
  for (const kernels::Explanation::Row& row : explanation.rows) {
    if (!row.objection.empty() || (row.name == kernels::kReference && !with_reference)) continue;
    const auto run = [=, work = explanation.work](benchmark::State& state) {
      const kernels::PinScope pin(op, row.name);
      time_case(state, c, work, peak);
    };
    timings.push_back({concat(op, '/', c.name, '/', row.name), benchmark::kMicrosecond, run});
  }
}

}  // namespace

SuiteResult time_kernels(const SuiteOptions& options) {
  for (const std::string& name : options.names) check_name(name);
  const Peak peak = options.list_only ? Peak() : measure_peak();
  std::vector<Timing> timings;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& [op, list] : folder) {
      if (!is_named(op, options.names)) continue;
      for (const Case& c : list) {
        if (c.bench || options.all) add_rows(timings, op, c, true, peak);
      }
    }
  }
  for (const auto& [op, list] : batch_cases()) {
    if (!is_named(op, options.names)) continue;
    for (const Case& c : list) add_rows(timings, op, c, false, peak);
  }
  return run_timings(timings, options, peak);
}

}  // namespace sonograd::bench
