// Every case of every op has a kernel on every device, in every storage type: `reference`, one thread in double precision, does
// not count. The parity test skips cases that a variant does not support; here no case is left to none.
#include <algorithm>
#include <compare>
#include <gtest/gtest.h>
#include <set>

#include "kernels/core/explain.h"
#include "tests/support/cases.h"
#include "tests/support/devices.h"

namespace sonograd {
namespace {

using cases::Case;

// The variant that would run when none is pinned; empty if there is none. Nothing runs.
std::string variant_for(const std::string& op, const Case& c, DType storage, Device device) {
  std::vector<Tensor> memory;
  std::vector<View> inputs;
  for (const cases::Input& input : c.inputs) {
    // Integers are places and classes, which some ops check.
    memory.push_back(input.dtype == DType::f32
                         ? Tensor::empty(input.shape, cases::dtype_of_stored(input.stored, storage), device)
                         : Tensor::full(input.shape, input.low, input.dtype, device));
    inputs.push_back(memory.back().view());
  }
  std::vector<Out> outputs;
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    const DType dtype = cases::dtype_of_stored(c.stored_output(i), storage);
    outputs.push_back(set(memory.emplace_back(Tensor::empty(c.outputs[i], dtype, device)).view()));
  }
  const kernels::ExplainScope scope;
  c.run(storage, inputs, outputs);
  const auto call = std::ranges::find(scope.calls(), op, &kernels::Explanation::op);
  return call == scope.calls().end() ? "" : std::string(call->chosen);
}

struct WithoutKernel {
  std::string op, name;
  DeviceKind device;

  friend auto operator<=>(const WithoutKernel&, const WithoutKernel&) = default;
};

// Axes with others between them, which no layer reduces: the row for the CPU reads whole stretches of memory.
const std::set<WithoutKernel> kWithoutKernel = {
    {"reduce_sum", "not adjacent", DeviceKind::cpu},
    {"reduce_sum", "not adjacent, sums in float32", DeviceKind::cpu},
    {"reduce_sum_backward", "not adjacent", DeviceKind::cpu},
    {"reduce_max", "not adjacent", DeviceKind::cpu},
    {"reduce_max_backward", "not adjacent", DeviceKind::cpu},
};

TEST(Cases, EveryCaseHasAKernelOnEveryDevice) {
  std::set<WithoutKernel> found;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& table : folder) {
      for (const Device device : test::all_devices()) {
        for (const Case& c : table.list) {
          for (const DType storage : table.storage) {
            const std::string variant = variant_for(table.op, c, storage, device);
            if (!variant.empty() && variant != kernels::kReference) continue;
            const WithoutKernel without = {table.op, c.name, device.kind};
            found.insert(without);
            EXPECT_TRUE(kWithoutKernel.contains(without))
                << table.op << ", case '" << c.name << "', in " << name_of(storage) << " on " << device;
          }
        }
      }
    }
  }
  for (const WithoutKernel& known : kWithoutKernel) {
    if (!why_unavailable(Device{known.device, 0}).empty()) continue;
    EXPECT_TRUE(found.contains(known))
        << known.op << ", case '" << known.name << "' on " << Device{known.device, 0} << ", has a kernel now";
  }
}

}  // namespace
}  // namespace sonograd
