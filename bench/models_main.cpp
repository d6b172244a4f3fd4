// Times training steps and inference of whole networks from waveforms, front end included.
// usage: bench_models [NETWORK:BATCH]... [--profile] [--benchmark_...]      default: every network, batch 4
//   --profile   after each row, where its time went by op
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdio>
#include <fmt/format.h>

#include "autograd/tape.h"
#include "bench/machine.h"
#include "kernels/core/profile.h"
#include "layers/trace.h"
#include "models/core/registry.h"
#include "train/step.h"

namespace sonograd::bench {
namespace {

struct Workload {
  std::string network;
  std::int64_t batch = 4;
};

Workload parse_workload(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return {text};
  const std::int64_t batch = std::atoll(text.c_str() + colon + 1);
  if (batch < 2) throw ConfigError(concat(text, ": expected NETWORK:BATCH with a batch of 2 or more"));
  return {text.substr(0, colon), batch};
}

train::Batch random_batch(std::int64_t batch, const models::ModelConfig& config) {
  Random random({.seed = 1, .stream = RandomStream::test});
  train::Batch result;
  result.keys.resize(static_cast<std::size_t>(batch));
  for (std::int64_t i = 0; i < batch * config.samples; ++i)
    result.waveforms.push_back(random.uniform() - 0.5f);
  for (std::int64_t i = 0; i < batch * config.labels; ++i) result.targets.push_back(random.uniform() < 0.1f);
  return result;
}

// A network, its input, and both things that are done with it.
class Bench {
 public:
  explicit Bench(const Workload& workload)
      : architecture_(models::find_architecture(workload.network)),
        network_(architecture_.make(architecture_.defaults)),
        batch_(random_batch(workload.batch, network_->config())) {
    settings_.optim = {.name = "adam", .weight_decay = 0};
    settings_.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < network_->config().labels; ++i) names.push_back(std::to_string(i));
    objective_.emplace(settings_, train::LabelSet(train::Task::tags, names), train::ClipList());
    optimizer_.emplace(*network_, settings_.optim);
    step_.emplace(*network_, *objective_, *optimizer_, settings_, Device{});
    waveforms_ = Tensor::from(batch_.waveforms, {workload.batch, network_->config().samples});
  }

  void set_training(bool on) { network_->train(on); }
  void train() { benchmark::DoNotOptimize(step_->run(batch_, steps_++, {.lr = 1e-4})); }
  void infer() {
    const NoGrad no_grad;
    const ArenaScope memory(arena_);
    benchmark::DoNotOptimize(network_->logits(Variable(network_->features(waveforms_))).data().data<float>());
  }

  /// Floating-point operations of one batch in the layers that multiply. Training: forward, weight gradient,
  /// and input gradient of all layers but the first.
  double flops(bool training) {
    set_training(false);
    const NoGrad no_grad;
    const layers::Trace trace;
    network_->logits(Variable(network_->features(waveforms_.rows(0, 1))));
    const auto first = std::ranges::find_if(trace.layers(), [](const auto& layer) { return layer.macs > 0; });
    const double macs = training ? 3 * trace.macs() - first->macs : trace.macs();
    return 2 * macs * static_cast<double>(batch_.size());
  }

 private:
  models::Architecture architecture_;
  std::unique_ptr<models::Tagger> network_;
  train::Batch batch_;
  train::Settings settings_;
  std::optional<train::Objective> objective_;
  std::optional<train::Optimizer> optimizer_;
  std::optional<train::TrainStep> step_;
  Tensor waveforms_;
  Arena arena_;
  std::int64_t steps_ = 0;
};

void print_profile(std::int64_t iterations) {
  double total = 0;
  for (const kernels::ProfileSum& sum : kernels::finish_profile()) {
    if (sum.detail.empty()) continue;  // a launch inside a kernel that is listed
    const double ms = 1e3 * sum.seconds / static_cast<double>(iterations);
    total += ms;
    fmt::print(stderr, "  {:9.3f} ms  {:4d} x  {} ({})\n", ms, sum.calls / iterations, sum.name, sum.detail);
  }
  fmt::print(stderr, "  {:9.3f} ms in kernels\n", total);
}

void time_network(benchmark::State& state, const Workload& workload, bool training, bool profile,
                  const Peak& peak) {
  Bench bench(workload);
  const double flops = bench.flops(training);
  bench.set_training(training);
  const auto run = [&] { training ? bench.train() : bench.infer(); };
  for (int warm_up = 0; warm_up < 2; ++warm_up) run();
  if (profile) kernels::start_profile();
  for (auto _ : state) run();
  if (profile) print_profile(state.iterations());

  using benchmark::Counter;
  const auto per_second = [](double amount) { return Counter(amount, Counter::kIsIterationInvariantRate); };
  state.counters["clips/s"] = per_second(static_cast<double>(workload.batch));
  state.counters["GFLOP/s"] = per_second(flops * 1e-9);
  state.counters["%peak"] = per_second(100 * flops / peak.flops);
}

void register_network(const Workload& workload, bool profile, const Peak& peak) {
  models::find_architecture(workload.network);
  for (const bool training : {true, false}) {
    const auto name = concat(workload.network, '/', training ? "train" : "infer", '/', workload.batch);
    const auto work = [=](benchmark::State& state) {
      time_network(state, workload, training, profile, peak);
    };
    benchmark::RegisterBenchmark(name.c_str(), work)->UseRealTime()->Unit(benchmark::kMillisecond);
  }
}

void run(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool profile = std::erase(arguments, "--profile") > 0;
  const Peak peak = describe_machine();
  if (arguments.empty()) {
    for (const auto& architecture : models::all_architectures()) arguments.push_back(architecture.name);
  }
  for (const std::string& argument : arguments) register_network(parse_workload(argument), profile, peak);
  benchmark::RunSpecifiedBenchmarks();
}

}  // namespace
}  // namespace sonograd::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  try {
    sonograd::bench::run(argc, argv);
  } catch (const sonograd::Error& error) {
    fmt::print(stderr, "bench_models: {}\n", error.what());
    return 2;
  }
}
