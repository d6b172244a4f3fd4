#include "models/core/weights.h"

#include <algorithm>
#include <array>

#include "kernels/copy/copy.h"
#include "models/core/model_error.h"

namespace sonograd::models {
namespace {

using layers::FileLayout;

// Axis i of the file's tensor is axis order[i] of ours: [out, k, in] <-> [out, in, k], [out, kT, kF, in] <->
// [out, in, kF, kT]. Both orders swap two axes, so they are their own inverses.
std::vector<int> axis_order(FileLayout layout) {
  switch (layout) {
    case FileLayout::conv1d:
      return {0, 2, 1};
    case FileLayout::conv2d:
      return {0, 3, 2, 1};
    case FileLayout::same:
      break;
  }
  return {};
}

Tensor permuted(const Tensor& tensor, FileLayout layout) {
  const std::vector<int> order = axis_order(layout);
  if (order.empty()) return tensor;
  const Tensor host = tensor.to(Device{});
  const View turned = host.view().permute(order);
  const Tensor result = Tensor::empty(turned.shape, tensor.dtype());
  kernels::copy(turned, set(result));
  return result;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) text += concat(i ? ", " : "", names[i]);
  if (names.size() > kShown) text += concat(" and ", names.size() - kShown, " more");
  return text;
}

}  // namespace

Tensor to_file_layout(const Tensor& ours, FileLayout layout) {
  return permuted(ours, layout);
}
Tensor from_file_layout(const Tensor& published, FileLayout layout) {
  return permuted(published, layout);
}

Shape file_shape(const Shape& ours, FileLayout layout) {
  const std::vector<int> order = axis_order(layout);
  if (order.empty()) return ours;
  Shape result;
  for (const int axis : order) result.push_back(ours[axis]);
  return result;
}

io::NamedTensors export_state(const layers::Module& module) {
  io::NamedTensors file;
  for (const layers::StateEntry& entry : module.state()) {
    file.set(entry.name, to_file_layout(entry.tensor.to(Device{}), entry.layout));
  }
  return file;
}

StateDifference load_matching_state(layers::Module& module, const io::NamedTensors& file) {
  StateDifference difference;
  const std::vector<layers::StateEntry> state = module.state();
  for (const layers::StateEntry& entry : state) {
    const Tensor* stored = file.find(entry.name);
    if (stored == nullptr) {
      if (!entry.may_be_missing()) difference.missing.push_back(entry.name);
      continue;
    }
    const Shape expected = file_shape(entry.tensor.shape(), entry.layout);
    if (stored->shape() != expected) {
      difference.misfits.push_back(concat(entry.name, ": file ", stored->shape(), ", model ", expected));
      difference.front_end_fits &= entry.kind != layers::StateKind::front_end;
      continue;
    }
    const Tensor value = from_file_layout(stored->to(entry.tensor.dtype()), entry.layout);
    entry.tensor.copy_from(value.to(entry.tensor.device()));
  }
  for (const auto& [name, tensor] : file) {
    if (std::ranges::find(state, name, &layers::StateEntry::name) == state.end())
      difference.unexpected.push_back(name);
  }
  module.state_changed();
  return difference;
}

void load_state(layers::Module& module, const io::NamedTensors& file) {
  const StateDifference difference = load_matching_state(module, file);
  std::string problems;
  const auto report = [&](std::string_view what, const std::vector<std::string>& names) {
    if (!names.empty()) problems += concat(problems.empty() ? "" : "; ", what, ' ', listed(names));
  };
  report("of other extents:", difference.misfits);
  report("missing:", difference.missing);
  report("unexpected:", difference.unexpected);
  if (!problems.empty()) throw ModelError(concat("the weights do not fit the model: ", problems));
}

}  // namespace sonograd::models
