#include <memory>
#include <set>

#include "bench/batch_cases.h"
#include "bench/explain_case.h"
#include "bench/google/runner.h"
#include "kernels/core/launch.h"
#include "kernels/core/select.h"
#include "tensor/device/stream.h"
#include "tensor/support/text.h"

namespace sonograd::bench {
namespace {

using cases::Case;
using kernels::Work;

// Memory of one call. Calls take turns on several sets, so that no input is in a cache because of the call before.
struct Operands {
  std::vector<Tensor> inputs, outputs;
  std::vector<View> views;
  std::vector<Out> outs;

  Operands(const Case& c, DType storage, Device device) {
    for (const Tensor& input : cases::make_inputs(c, storage)) inputs.push_back(input.to(device));
    for (std::size_t i = 0; i < c.outputs.size(); ++i) {
      const DType dtype = cases::dtype_of_stored(c.stored_output(i), storage);
      outputs.push_back(Tensor::zeros(c.outputs[i], dtype, device));
    }
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

// Size of the caches that may hold the operands of a call: the second-level caches of the cores, or of a GPU.
std::size_t cache_bytes(Device device) {
  if (device.kind == DeviceKind::cuda) return 60 << 20;
  std::size_t bytes = 0;
  for (const auto& info : benchmark::CPUInfo::Get().caches) {
    if (info.level == 2) bytes = static_cast<std::size_t>(info.size * std::max(1, kernels::threads()));
  }
  return bytes;
}

std::vector<Operands> rotation(const Case& c, DType storage, Device device) {
  constexpr std::size_t kMost = 32;
  const std::size_t cache = cache_bytes(device);
  std::vector<Operands> sets;
  sets.emplace_back(c, storage, device);
  const std::size_t count = std::min(kMost, 1 + 2 * cache / std::max<std::size_t>(1, sets[0].bytes()));
  while (sets.size() < count) sets.emplace_back(c, storage, device);
  return sets;
}

// A GPU works asynchronously: calls come in bursts with a wait after each, so that the start of a kernel overlaps with the
// kernel before.
constexpr int kBurst = 16;

void time_case(benchmark::State& state, const Case& c, DType storage, const Work& work, Device device,
               const Peak& peak) {
  const auto sets = rotation(c, storage, device);
  const auto call = [&](const Operands& operands) { c.run(storage, operands.views, operands.outs); };
  const Stream stream = Stream::current(device);
  call(sets.back());
  stream.synchronize();
  const int burst = device.kind == DeviceKind::cuda ? kBurst : 1;
  std::size_t turn = 0;
  while (state.KeepRunningBatch(burst)) {
    for (int i = 0; i < burst; ++i) call(sets[turn++ % sets.size()]);
    stream.synchronize();
  }
  state.counters["gflops"] = per_second(work.flops * 1e-9);
  state.counters["gbytes"] = per_second(work.bytes * 1e-9);
  if (device.kind != DeviceKind::cpu) return;
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
  std::vector<std::string> ops;
  std::set<std::string> parts;
  for (const auto& folder : kernels::all_tables()) {
    for (const kernels::TableInfo& table : folder) {
      if (is_named(table.op, {name})) return;
      ops.emplace_back(table.op);
      for (std::size_t end = 0; (end = table.op.find('_', end + 1)) != std::string_view::npos;)
        parts.emplace(table.op.substr(0, end));
    }
  }
  parts.insert(ops.begin(), ops.end());
  const std::string suggestion = did_you_mean(name, std::vector<std::string>(parts.begin(), parts.end()));
  throw ConfigError(
      concat("bench kernels ", name, ": expected an op or a folder of ops",
             suggestion.empty() ? concat("; the ops are ", listed(ops, ops.size())) : suggestion));
}

// The libraries of vendors may refuse a problem only when they are called.
bool refuses(const std::string& op, const Case& c, DType storage, std::string_view variant, Device device) {
  const kernels::PinScope pin(op, variant);
  const Operands operands(c, storage, device);
  try {
    c.run(storage, operands.views, operands.outs);
    return false;
  } catch (const DeviceError&) {
    return true;
  }
}

// Rows of storage types other than float32 have the type in the name of the case.
void add_rows(std::vector<Timing>& timings, const std::string& op, const Case& c, DType storage,
              bool with_reference, Device device, const Peak& peak) {
  const kernels::Explanation explanation = explain_case(op, c, device, storage);
  const std::string name = storage == DType::f32 ? c.name : concat(c.name, ", ", name_of(storage));
  for (const kernels::Explanation::Row& row : explanation.rows) {
    if (!row.reason.empty() || (row.name == kernels::kReference && !with_reference)) continue;
    const bool is_vendors = device.kind == DeviceKind::cuda && row.choice != kernels::Choice::in_order;
    if (is_vendors && refuses(op, c, storage, row.name, device)) continue;
    const auto run = [=, work = explanation.work](benchmark::State& state) {
      const kernels::PinScope pin(op, row.name);
      time_case(state, c, storage, work, device, peak);
    };
    timings.push_back({concat(op, '/', name, '/', row.name), benchmark::kMicrosecond, run});
  }
}

}  // namespace

SuiteResult time_kernels(const SuiteOptions& options) {
  for (const std::string& name : options.names) check_name(name);
  const Peak peak = options.list_only ? Peak() : measure_peak();
  std::vector<Timing> timings;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& [op, list, storage] : folder) {
      if (!is_named(op, options.names)) continue;
      for (const Case& c : list) {
        if (!c.bench && !options.all) continue;
        for (const DType dtype : storage) add_rows(timings, op, c, dtype, true, options.device, peak);
      }
    }
  }
  for (const auto& [op, list, storage] : batch_cases()) {
    if (!is_named(op, options.names)) continue;
    for (const Case& c : list) {
      for (const DType dtype : storage) add_rows(timings, op, c, dtype, false, options.device, peak);
    }
  }
  return run_timings(timings, options, peak);
}

}  // namespace sonograd::bench
