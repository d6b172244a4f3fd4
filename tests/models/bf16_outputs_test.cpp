// Whole networks with --precision bf16 against float64, within a bound that is derived for each output
// (tests/golden/make_bf16.py): Hoeffding's inequality for the roundings of all operands of all products.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.h"
#include "kernels/core/context.h"
#include "tests/support/devices.h"
#include "tests/support/golden_network.h"

namespace sonograd {
namespace {

std::vector<nlohmann::json> bf16_runs() {
  return test::golden_runs(test::golden_path("bf16_outputs.json"));
}

class Bf16Outputs : public testing::TestWithParam<std::tuple<nlohmann::json, Device>> {};

TEST_P(Bf16Outputs, AreWithinTheBoundOfTheirRoundings) {
  const auto& [golden, device] = GetParam();
#if defined(__SANITIZE_ADDRESS__)
  if (device.kind == DeviceKind::emulated) GTEST_SKIP() << "minutes under AddressSanitizer";
#endif
  // A change of c roundings times the sensitivity has a probability of at most 2 exp(-c^2 / 2): 8e-6.
  constexpr double kRounding = 1.0 / 256, kDeviations = 5;
  const auto network = test::golden_network(golden, golden.at("channels").get<std::int64_t>());
  network->train(false);
  network->to(device);
  const std::int64_t samples = network->input().samples;
  test::Lcg lcg(1);
  const Tensor waveform = Tensor::empty({1, samples});
  for (float& sample : waveform.span<float>()) sample = static_cast<float>(lcg.next());

  const NoGrad no_grad;
  const kernels::PrecisionScope precision(kernels::Precision::bf16);
  const Tensor logits = network->logits(Variable(network->features(waveform.to(device)))).data().to(Device{});
  ASSERT_EQ(golden.at("logits").size(), static_cast<std::size_t>(logits.numel()));
  double largest = 0;
  for (std::size_t i = 0; i < golden.at("logits").size(); ++i) {
    const auto exact = golden.at("logits")[i].get<double>();
    const double one_rounding = kRounding * golden.at("sensitivity")[i].get<double>(),
                 change = std::abs(logits.span<float>()[i] - exact);
    EXPECT_LE(change, kDeviations * one_rounding) << "logit " << i << ", exact " << exact;
    largest = std::max(largest, change / one_rounding);
  }
  // The same in float32 is some 2^-16 = 1.5e-5.
  EXPECT_GT(largest, 5e-3) << "the products are not rounded to bf16";
}

INSTANTIATE_TEST_SUITE_P(Golden, Bf16Outputs,
                         testing::Combine(testing::ValuesIn(bf16_runs()),
                                          testing::ValuesIn(test::accelerators())),
                         [](const auto& test) {
                           return std::get<0>(test.param).at("case").template get<std::string>() + '_' +
                                  test::test_name(std::get<1>(test.param));
                         });

}  // namespace
}  // namespace sonograd
