// Times every variant of every op on the problems of tests/cases that are layers of real networks; with
// --benchmark_filter, on all of them. Rows: OP/CASE/VARIANT, with GFLOP/s, GB/s and the share of the
// roofline.
#include <benchmark/benchmark.h>
#include <map>

#include "bench/machine.h"
#include "kernels/core/launch.h"
#include "kernels/core/select.h"
#include "tests/support/cases.h"

namespace sonograd::bench {
namespace {

using cases::Case;

// Memory of one call. Calls take turns on several, so that no input is in a cache because the call before
// read it.
struct Operands {
  std::vector<Tensor> inputs, outputs;
  std::vector<View> views;
  std::vector<Out> outs;

  explicit Operands(const Case& c) : inputs(cases::make_inputs(c, DType::f32)) {
    for (const Shape& shape : c.outputs) outputs.push_back(Tensor::zeros(shape));
    views.assign(inputs.begin(), inputs.end());
    for (const Tensor& output : outputs) outs.push_back({output, Write::kSet});
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

void time_case(benchmark::State& state, const Case& c, std::string_view op, std::string_view variant,
               const Peak& peak) {
  const kernels::PinScope pin(op, variant);
  const auto sets = rotation(c);
  const auto call = [&](const Operands& operands) { c.run(DType::f32, operands.views, operands.outs); };
  try {
    call(sets[0]);
  } catch (const DeviceError& objection) {
    state.SkipWithError(objection.what());
    return;
  }
  std::size_t turn = 0;
  for (auto _ : state) call(sets[turn++ % sets.size()]);

  using benchmark::Counter;
  const auto per_second = [](double amount) { return Counter(amount, Counter::kIsIterationInvariantRate); };
  if (c.flops > 0) state.counters["GFLOP/s"] = per_second(c.flops * 1e-9);
  if (c.bytes > 0) state.counters["GB/s"] = per_second(c.bytes * 1e-9);
  state.counters["%roofline"] = per_second(100 * peak.floor_seconds(c.flops, c.bytes));
}

void register_case(const Case& c, const std::string& op, std::string_view variant, const Peak& peak) {
  const auto work = [=](benchmark::State& state) { time_case(state, c, op, variant, peak); };
  benchmark::RegisterBenchmark(concat(op, '/', c.name, '/', variant).c_str(), work)
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

void register_cases(bool all, const Peak& peak) {
  std::map<std::string_view, std::vector<kernels::TableInfo::Row>> variants;
  for (const auto& folder : kernels::all_tables()) {
    for (const kernels::TableInfo& table : folder) variants[table.op] = table.rows;
  }
  for (const auto& folder : cases::all_cases()) {
    for (const auto& [op, list] : folder) {
      for (const Case& c : list) {
        if (!c.bench && !all) continue;
        for (const auto& variant : variants.at(op)) {
          if (variant.target == DeviceKind::cpu) register_case(c, op, variant.name, peak);
        }
      }
    }
  }
}

}  // namespace
}  // namespace sonograd::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const std::string filter = benchmark::GetBenchmarkFilter();
  sonograd::bench::register_cases(!filter.empty() && filter != "all", sonograd::bench::describe_machine());
  benchmark::RunSpecifiedBenchmarks();
}
