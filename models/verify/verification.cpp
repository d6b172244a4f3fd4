#include "models/verify/verification.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "autograd/tape.h"
#include "layers/trace.h"
#include "models/core/model_error.h"
#include "tensor/io/sha256.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"

namespace sonograd::models {
namespace {

/// Values of the stages of a reference, computed as the network runs.
class StageTrace : public layers::Trace {
 public:
  explicit StageTrace(const Reference& reference) {
    for (const ReferenceStage& stage : reference.stages) expected_.emplace(stage.name, &stage.values);
  }

  const std::map<std::string, StageValues>& found() const { return found_; }
  const std::vector<std::string>& names() const { return names_; }

 protected:
  void observe(const layers::Module& layer, const Tensor& output) override {
    names_.push_back(layer.path());
    const auto expected = expected_.find(names_.back());
    if (expected == expected_.end()) return;
    const Shape whole = output.shape();
    const Tensor example = output.reshape(Shape(std::span(whole.begin() + 1, whole.end())));
    const bool same_shape = example.shape() == expected->second->shape;
    found_.insert_or_assign(
        names_.back(),
        values_of_stage(example, same_shape ? expected->second->samples : std::vector<SampledValue>()));
  }

 private:
  std::map<std::string, const StageValues*> expected_;
  std::map<std::string, StageValues> found_;
  std::vector<std::string> names_;
};

}  // namespace

std::string fingerprint_of(const Network& network) {
  std::map<std::string, Tensor> published;
  for (const layers::ConstStateEntry& entry : network.state()) {
    if (entry.kind != layers::StateKind::parameter && entry.kind != layers::StateKind::statistic) continue;
    const PublishedTensor file = network.published(entry);
    published.insert_or_assign(file.name, file.to_file(Tensor::copy_of(entry.value)).to(DType::f32));
  }
  io::Sha256 hash;
  for (const auto& [name, tensor] : published) hash.add(std::as_bytes(tensor.span<float>()));
  return hash.digest();
}

Tensor test_signal(std::int64_t samples, std::int64_t sample_rate) {
  const Tensor signal = Tensor::empty({1, samples});
  std::uint32_t state = 1;
  for (std::int64_t n = 0; n < samples; ++n) {
    state = state * 1664525u + 1013904223u;
    const double u = static_cast<double>(state) / 4294967296.0 - 0.5;
    const double phase =
        2 * std::numbers::pi * 440.0 * static_cast<double>(n) / static_cast<double>(sample_rate);
    signal.data<float>()[n] = static_cast<float>(0.5 * u + 0.25 * std::sin(phase));
  }
  return signal;
}

StageValues values_of_stage(const Tensor& example, const std::vector<SampledValue>& samples) {
  StageValues values;
  values.shape = example.shape();
  const auto all = example.span<float>();
  if (all.empty()) return values;
  double sum = 0, squares = 0;
  values.min = values.max = static_cast<double>(all[0]);
  for (const float element : all) {
    const double x = static_cast<double>(element);
    sum += x;
    squares += x * x;
    values.min = std::min(values.min, x);
    values.max = std::max(values.max, x);
  }
  const double count = static_cast<double>(all.size());
  values.mean = sum / count;
  values.norm = std::sqrt(squares);
  double deviations = 0;
  for (const float element : all) deviations += std::pow(static_cast<double>(element) - values.mean, 2);
  values.std = std::sqrt(deviations / count);
  for (const SampledValue& sample : samples) {
    if (sample.index < 0 || sample.index >= std::ssize(all))
      throw ShapeError(concat("[verify] position ", sample.index, " of a stage of ", all.size(), " values"));
    values.samples.push_back(
        {sample.index, static_cast<double>(all[static_cast<std::size_t>(sample.index)])});
  }
  return values;
}

double deviation_of(const StageValues& ours, const StageValues& expected) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (ours.shape != expected.shape || ours.samples.size() != expected.samples.size()) return kInfinite;
  const double rms = expected.norm / std::sqrt(static_cast<double>(expected.shape.numel()));
  double most = 0;
  const auto compare = [&](double a, double b) {
    const double difference = std::abs(a - b) / std::max({rms, std::abs(b), 1e-30});
    most = std::isfinite(difference) ? std::max(most, difference) : kInfinite;
  };
  compare(ours.mean, expected.mean);
  compare(ours.std, expected.std);
  compare(ours.min, expected.min);
  compare(ours.max, expected.max);
  compare(ours.norm, expected.norm);
  for (std::size_t i = 0; i < expected.samples.size(); ++i)
    compare(ours.samples[i].value, expected.samples[i].value);
  return most;
}

std::string why_not_comparable(const Network& network, const std::string& arch,
                               const std::string& fingerprint, const Reference& reference) {
  const auto differs = [&](const auto& expected, const auto& got) {
    return concat("reference ", to_printable(reference.name), ": expected ", expected, ", got ", got);
  };
  if (reference.arch != arch) return differs(concat("a model of ", to_printable(reference.arch)), arch);
  if (reference.fingerprint != fingerprint)
    return differs(concat("weights with the fingerprint ", reference.fingerprint), fingerprint);
  const Input& input = network.input();
  if (input.sample_rate == reference.sample_rate && input.samples == reference.samples) return {};
  return differs(concat("chunks of ", reference.samples, " samples at ", reference.sample_rate, " Hz"),
                 concat(input.samples, " at ", input.sample_rate, " Hz"));
}

std::vector<ComparedStage> compare_with_reference(const Network& network, const Reference& reference) {
  StageTrace trace(reference);
  const NoGrad no_grad;
  network.logits(Variable(network.features(test_signal(reference.samples, reference.sample_rate))));
  std::vector<ComparedStage> stages;
  for (const ReferenceStage& stage : reference.stages) {
    const auto found = trace.found().find(stage.name);
    if (found == trace.found().end())
      throw ModelError(concat("reference ", to_printable(reference.name), ": stage ",
                              to_printable(stage.name), ": ", reference.arch, " has no such layer; it has ",
                              listed(trace.names(), 64)));
    stages.push_back({.name = stage.name,
                      .expected = stage.values.shape,
                      .shape = found->second.shape,
                      .deviation = deviation_of(found->second, stage.values),
                      .limit = stage.limit});
  }
  return stages;
}

}  // namespace sonograd::models
