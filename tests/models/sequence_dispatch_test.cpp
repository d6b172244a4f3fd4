// Kernels of the sample-level networks and the transformers: no layer, in any direction, runs a row that is slow where its table has
// a better one for the device.
#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "autograd/tape.h"
#include "kernels/core/explain.h"
#include "models/core/architecture.h"
#include "tests/support/devices.h"

namespace sonograd::models {
namespace {

struct Whole {
  std::string arch;
  Device device;
};
void PrintTo(const Whole& whole, std::ostream* out) {
  *out << whole.arch << " on " << whole.device;
}

bool is_slow(std::string_view row) {
  return row == "naive" || row == "reference" || row == "composed";
}

class Dispatch : public testing::TestWithParam<Whole> {};

TEST_P(Dispatch, TakesNoSlowRowWhereABetterOneExists) {
  const auto& [arch, device] = GetParam();
  const auto network = find_architecture(arch).make_network({}, 50);
  network->to(device);
  std::set<std::string> slow;
  {
    const kernels::ExplainScope explained;
    constexpr std::int64_t kBatch = 16;
    const Tensor waveforms = Tensor::empty({kBatch, network->input().samples}, DType::f32, device);
    const Variable logits = network->logits(Variable(network->features(waveforms)));
    backward(logits, Tensor::empty(logits.shape(), DType::f32, device));
    for (const kernels::Explanation& call : explained.calls()) {
      ASSERT_FALSE(call.chosen.empty()) << call.op;
      if (!is_slow(call.chosen)) continue;
      for (const auto& row : call.rows) {
        if (row.target == device.kind && row.choice == kernels::Choice::in_order && !is_slow(row.name)) {
          slow.insert(concat(call.op, " = ", call.chosen, ", not ", row.name, ": ", row.reason, "; ",
                             call.work.problem));
        }
      }
    }
    ASSERT_GT(explained.calls().size(), 50u);
  }
  for (const std::string& layer : slow) ADD_FAILURE() << layer;
}

std::vector<Whole> wholes() {
  std::vector<Whole> list;
  for (const char* const arch : {"sample_cnn", "sample_cnn_se", "cnnsa", "music_tagging_transformer"}) {
    for (const Device device : test::all_devices()) list.push_back({arch, device});
  }
  return list;
}

INSTANTIATE_TEST_SUITE_P(Networks, Dispatch, testing::ValuesIn(wholes()), [](const auto& test) {
  return test.param.arch + '_' + test::test_name(test.param.device);
});

}  // namespace
}  // namespace sonograd::models
