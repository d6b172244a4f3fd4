// Rows that the networks run on: no call of any layer, forward or backward, in any precision and storage type, is left to
// `naive`, `reference` or `composed` where the table has a better row for the device. Nothing is computed.
#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "kernels/core/explain.h"
#include "layers/init.h"
#include "models/backs/back_choice.h"
#include "models/core/architecture.h"
#include "models/fronts/front_choice.h"
#include "tests/support/devices.h"

namespace sonograd::models {
namespace {

using kernels::Explanation;
using kernels::Precision;

struct KnownChoice {
  std::string_view op, chosen;
  DeviceKind device;
  const char* reason;
};

// Calls for which every better row states a reason that is no fault.
const std::vector<KnownChoice> kKnownChoices = {
    {"conv2d_relu_pool", "composed", DeviceKind::cpu,
     "`strips` is for one input channel; elsewhere a pass over the result is little beside its convolution"},
    {"copy", "naive", DeviceKind::emulated,
     "lines of 51, 153 or 753 floats, or every sixth one, are no multiples of 16 bytes"},
    {"conv2d_backward_data", "naive", DeviceKind::emulated,
     "the gradient of features with two channels, which explanations take and training does not"},
    {"conv2d_bn_stats", "composed", DeviceKind::emulated,
     "a convolution to one map: its statistics are a pass over a fraction of its input"},
};

bool is_simple(std::string_view row) {
  return row == "naive" || row == kernels::kReference || row == "composed";
}

struct Setting {
  Device device;
  Precision precision;
  DType storage;

  friend std::ostream& operator<<(std::ostream& out, const Setting& s) {
    return out << s.device << ", " << name_of(s.precision) << " precision, stored in " << name_of(s.storage);
  }
};

struct NetworkUnderTest {
  Architecture architecture;
  OptionValues options;
  std::string name;
};

// All networks with their default options, and `combined` with every front end and every back end.
std::vector<NetworkUnderTest> networks() {
  std::vector<NetworkUnderTest> all;
  for (Architecture& architecture : all_architectures()) {
    const std::string name = architecture.name;
    all.push_back({std::move(architecture), {}, name});
  }
  const std::vector<FrontKind>& fronts = all_fronts();
  const std::vector<BackKind>& backs = all_backs();
  for (std::size_t i = 0; i < std::max(fronts.size(), backs.size()); ++i) {
    const std::string front = fronts[i % fronts.size()].name, back = backs[i % backs.size()].name;
    all.push_back({find_architecture("combined"),
                   {{"front", front}, {"back", back}, {"non_local", "embedded_gaussian"}},
                   concat("combined, ", front, " and ", back)});
  }
  return all;
}

std::vector<Explanation> calls_of(const NetworkUnderTest& tested, const Setting& setting) {
  const layers::UninitializedScope extents_only;
  const kernels::PrecisionScope precision(setting.precision);
  const auto network = tested.architecture.make_network(tested.options, 50);
  network->to(setting.device);
  const Tensor waveforms = Tensor::empty({2, network->input().samples}, DType::f32, setting.device);
  const kernels::ExplainScope scope;
  const Tensor features = network->features(waveforms);
  if (setting.storage != DType::f32) network->to(setting.storage);
  const Variable x = convert(Variable(features, true), setting.storage);
  network->train(true);
  backward(sum(network->logits(x)));
  network->train(false);
  const NoGrad no_grad;
  network->logits(x);
  return scope.calls();
}

// Reasons of the better rows of the table; empty if there are none.
std::string better_rows(const Explanation& call, DeviceKind device) {
  std::string reasons;
  for (const Explanation::Row& row : call.rows) {
    if (row.target != device || is_simple(row.name) || row.choice != kernels::Choice::in_order) continue;
    reasons += concat("\n  ", row.name, ": ", row.reason);
  }
  return reasons;
}

class RowChoices : public testing::TestWithParam<Device> {};

TEST_P(RowChoices, AreNotTheSimplestOnes) {
  const Device device = GetParam();
  std::set<std::string_view> found;
  for (const NetworkUnderTest& tested : networks()) {
    for (const Precision precision : {Precision::strict, Precision::tf32, Precision::bf16}) {
      for (const DType storage : {DType::f32, DType::bf16}) {
        const Setting setting = {device, precision, storage};
        std::set<std::string> reported;
        for (const Explanation& call : calls_of(tested, setting)) {
          if (!is_simple(call.chosen) && !call.chosen.empty()) continue;
          const std::string reasons = better_rows(call, device.kind);
          if (reasons.empty() && !call.chosen.empty()) continue;
          const auto known = std::ranges::find_if(kKnownChoices, [&](const KnownChoice& choice) {
            return choice.op == call.op && choice.chosen == call.chosen && choice.device == device.kind;
          });
          if (known != kKnownChoices.end()) {
            found.insert(known->op);
            continue;
          }
          if (!reported.insert(concat(call.op, reasons)).second) continue;
          ADD_FAILURE() << tested.name << " on " << setting << ": " << call.op << " runs on '" << call.chosen
                        << "'" << reasons;
        }
      }
    }
  }
  for (const KnownChoice& choice : kKnownChoices) {
    if (choice.device != device.kind) continue;
    EXPECT_TRUE(found.contains(choice.op)) << choice.op << ": no network runs on '" << choice.chosen
                                           << "' any more; known for: " << choice.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, RowChoices, testing::ValuesIn(test::network_devices()),
                         [](const auto& test) { return test::test_name(test.param); });

}  // namespace
}  // namespace sonograd::models
