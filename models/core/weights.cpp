#include "models/core/weights.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/core/model_error.h"
#include "tensor/support/text.h"

namespace sonograd::models {
namespace {

void require_finite(const std::string& name, const Tensor& stored) {
  if (stored.dtype() == DType::bf16) return require_finite(name, stored.to(DType::f32));
  if (stored.dtype() != DType::f32 && stored.dtype() != DType::f64) return;
  visit_real(stored.dtype(), "weights", [&](auto tag) {
    const auto values = stored.span<decltype(tag)>();
    const auto bad = std::ranges::count_if(values, [](auto value) { return !std::isfinite(value); });
    if (bad > 0)
      throw ModelError(
          concat(name, ": ", bad, " of ", values.size(), " values are infinite or not a number"));
  });
}

}  // namespace

void require_finite(const io::NamedTensors& weights) {
  for (const auto& [name, tensor] : weights) require_finite(name, tensor);
}

io::NamedTensors export_state(const Network& network) {
  io::NamedTensors file;
  for (const layers::ConstStateEntry& entry : network.state()) {
    const PublishedTensor published = network.published(entry);
    file.set(published.name, published.to_file(Tensor::copy_of(entry.value)));
  }
  return file;
}

std::string to_text(const StateDifference& difference) {
  constexpr std::size_t kShown = 8;
  std::string text;
  const auto report = [&](std::string_view what, const std::vector<std::string>& names) {
    if (!names.empty()) text += concat(text.empty() ? "" : "; ", what, ' ', listed(names, kShown));
  };
  report("other extents:", difference.misfits);
  report("missing:", difference.missing);
  report("unexpected:", difference.unexpected);
  return text;
}

StateDifference difference(const Network& network, const io::NamedTensors& file) {
  StateDifference difference;
  std::set<std::string> names;
  for (const layers::StateInfo& entry : network.state()) {
    const PublishedTensor published = network.published(entry);
    names.insert(published.name);
    const Tensor* const stored = file.find(published.name);
    if (stored == nullptr) {
      if (!entry.may_be_missing()) difference.missing.push_back(published.name);
    } else if (stored->shape() != published.shape) {
      difference.misfits.push_back(
          concat(published.name, ": file ", stored->shape(), ", model ", published.shape));
      difference.front_end_fits &= entry.kind != layers::StateKind::front_end;
    }
  }
  for (const auto& [name, tensor] : file) {
    if (!names.contains(name)) difference.unexpected.push_back(name);
  }
  return difference;
}

StateDifference load_matching_state(Network& network, const io::NamedTensors& file) {
  for (const layers::StateEntry& entry : network.state()) {
    const PublishedTensor published = network.published(entry);
    const Tensor* const stored = file.find(published.name);
    if (stored == nullptr || stored->shape() != published.shape) continue;
    require_finite(published.name, *stored);
    const Tensor value = published.from_file(stored->to(entry.tensor.dtype()));
    entry.tensor.copy_from(value.to(entry.tensor.device()));
  }
  network.state_changed();
  return difference(network, file);
}

void load_state(Network& network, const io::NamedTensors& file) {
  const std::string problems = to_text(load_matching_state(network, file));
  if (!problems.empty()) throw ModelError(concat("the weights do not fit the model: ", problems));
}

bool fits(const Network& network, const io::NamedTensors& file) {
  std::size_t found = 0;
  for (const layers::StateInfo& entry : network.state()) {
    const PublishedTensor published = network.published(entry);
    const Tensor* const tensor = file.find(published.name);
    if (tensor == nullptr) {
      if (entry.kind == layers::StateKind::parameter) return false;
      continue;
    }
    if (tensor->shape() != published.shape) return false;
    ++found;
  }
  return found == file.size();
}

FilterBank filter_bank_of(const Network& network, const io::TensorFile& weights) {
  if (weights.metadata.contains("sonograd")) return from_metadata(weights.metadata).filter_bank;
  for (const layers::StateInfo& entry : network.state()) {
    if (entry.kind == layers::StateKind::front_end && weights.tensors.contains(network.published(entry).name))
      return FilterBank::stored;
  }
  return FilterBank::computed;
}

std::int64_t extent_of(const io::NamedTensors& file, std::string_view name, int axis) {
  const Tensor* const tensor = file.find(std::string(name));
  if (tensor == nullptr) throw ModelError(concat("no tensor '", name, "'"));
  if (tensor->shape().rank() <= axis)
    throw ModelError(concat(name, ' ', tensor->shape(), ": expected ", axis + 1, " axes or more"));
  return tensor->shape()[axis];
}

std::int64_t count_layers(const io::NamedTensors& file, std::string_view prefix, std::string_view suffix) {
  std::int64_t count = 0;
  while (file.contains(concat(prefix, count, suffix))) ++count;
  return count;
}

}  // namespace sonograd::models
