#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

#include "bench/google/runner.h"
#include "bench/model_workload.h"
#include "bench/profile_rows.h"
#include "bench/statistics.h"
#include "tensor/support/number.h"

namespace sonograd::bench {
namespace {

using Mode = ModelWorkload::Mode;

struct Named {
  std::string network;
  std::int64_t batch = 4;
};

Named parse_name(const std::string& text) {
  const std::size_t colon = text.find(':');
  Named named{text.substr(0, colon)};
  models::find_architecture(named.network);
  if (colon == std::string::npos) return named;
  const auto batch = parse_number<std::int64_t>(std::string_view(text).substr(colon + 1));
  if (!batch || *batch < 2)
    throw ConfigError(concat("bench models ", text, ": expected NETWORK:BATCH with a batch of 2 or more"));
  named.batch = *batch;
  return named;
}

// The network that is being timed: kept over the repetitions of a row, replaced by the one of the next row. Profiles are
// taken apart from the timings, on the CPU only: other devices work asynchronously.
struct Current {
  std::string row;
  std::unique_ptr<ModelWorkload> workload;
  std::vector<NamedProfile> profiles;

  const kernels::Profile& profile() const { return profiles.back().profile; }
};

constexpr int kWarmUps = 2;
constexpr int kProfiled = 3;

void prepare(Current& current, const std::string& row, const Named& named, Mode mode, Device device) {
  if (current.row == row) return;
  current.row = row;
  current.workload.reset();
  current.workload = std::make_unique<ModelWorkload>(named.network, named.batch, mode, device);
  for (int i = 0; i < kWarmUps; ++i) current.workload->run();
  if (device.kind != DeviceKind::cpu) return;
  kernels::start_profile();
  for (int i = 0; i < kProfiled; ++i) current.workload->run();
  current.profiles.push_back({row, kernels::finish_profile()});
}

void add_counters(benchmark::State& state, const Current& current, const Named& named, Device device,
                  const Peak& peak) {
  const double flops = current.workload->flops();
  state.counters["clips_per_second"] = per_second(static_cast<double>(named.batch));
  state.counters["gflops"] = per_second(flops * 1e-9);
  if (device.kind != DeviceKind::cpu) return;
  state.counters["peak_share"] = per_second(flops / peak.flops);
  double bytes = 0;
  for (const kernels::ProfileSum& sum : current.profile().sums) bytes += sum.work.bytes / kProfiled;
  state.counters["gbytes"] = per_second(bytes * 1e-9);
  for (const ProfileRow& phase : rows_by_phase(current.profile())) {
    std::string name = phase.name + "_share";
    std::ranges::replace(name, ' ', '_');
    state.counters[name] = phase.share;
  }
  const Effort wide = wide_convolutions(current.profile());
  if (wide.seconds == 0) return;
  state.counters["wide_conv_gflop"] = wide.flops * 1e-9 / kProfiled;
  state.counters["wide_conv_seconds"] = wide.seconds / kProfiled;
  state.counters["wide_conv_peak_share"] = wide.flops / wide.seconds / peak.flops;
}

std::string_view name_of(Mode mode) {
  return mode == Mode::train ? "train" : mode == Mode::infer ? "infer" : "tag";
}

double seconds_of(const auto& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Times inference of independent examples, and after each call that of the batch, which is no part of the row's time: both see
/// the same other load.
void time_in_turn(benchmark::State& state, ModelWorkload& workload) {
  std::vector<double> alone, together;
  for (auto _ : state) {
    alone.push_back(seconds_of([&] { workload.run(); }));
    state.PauseTiming();
    together.push_back(seconds_of([&] { workload.infer(); }));
    state.ResumeTiming();
  }
  state.counters["batched_seconds"] = median(together);
  state.counters["batched_speed_share"] = median(together) / median(alone);
}

}  // namespace

SuiteResult time_models(const SuiteOptions& options) {
  std::vector<Named> networks;
  for (const std::string& name : options.names) networks.push_back(parse_name(name));
  if (networks.empty()) {
    for (const auto& architecture : models::all_architectures()) networks.push_back({architecture.name});
  }
  const Peak peak = options.list_only ? Peak() : measure_peak();
  const auto current = std::make_shared<Current>();
  const Device device = options.device;
  std::vector<Timing> timings;
  for (const Named& named : networks) {
    for (const Mode mode : {Mode::train, Mode::infer, Mode::tag}) {
      const std::string row = concat(named.network, '/', name_of(mode), '/', named.batch);
      timings.push_back({row, benchmark::kMillisecond, [=](benchmark::State& state) {
                           prepare(*current, row, named, mode, device);
                           if (mode == Mode::tag) {
                             time_in_turn(state, *current->workload);
                           } else {
                             for (auto _ : state) current->workload->run();
                           }
                           add_counters(state, *current, named, device, peak);
                         }});
    }
  }
  SuiteResult result = run_timings(timings, options, peak);
  result.profiles = std::move(current->profiles);
  return result;
}

}  // namespace sonograd::bench
