// The commands on other devices than the CPU.
#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"
#include "tests/support/devices.h"

namespace sonograd {
namespace {

using nlohmann::json;
using test::run_sonograd;

class OnDevice : public testing::TestWithParam<Device> {};

TEST_P(OnDevice, TrainsEvaluatesAndTags) {
#if defined(__SANITIZE_ADDRESS__)
  if (GetParam().kind == DeviceKind::emulated) GTEST_SKIP() << "a minute under AddressSanitizer";
#endif
  const std::string device = GetParam().name();
  const auto data = test::tiny_data(), run = test::temporary_path("device_run");
  auto arguments = test::train_arguments(data, run, "1");
  arguments.insert(arguments.end(),
                   {"--task", "label", "--device", device, "--kernel", "conv2d_forward=naive"});
  const auto trained = run_sonograd(arguments);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const json record = json::parse(test::read_file(run / "run.json"));
  EXPECT_EQ(record["sessions"][0]["device"], device) << record;

  const auto evaluated = [&](const std::string& where) {
    const auto result = run_sonograd({"evaluate", run, "--data", data, "--json", "--device", where});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out);
  };
  EXPECT_EQ(evaluated(device)["accuracy"], evaluated("cpu")["accuracy"]);

  const auto scores = [&](const std::string& where) {
    const auto result = run_sonograd({"tag", run, data / "1.wav", "--json", "--all", "--device", where});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out)["tags"];
  };
  const json there = scores(device), here = scores("cpu");
  ASSERT_EQ(there.size(), here.size());
  for (std::size_t i = 0; i < here.size(); ++i) {
    EXPECT_NEAR(there[i]["score"].get<double>(), here[i]["score"].get<double>(), 1e-4) << here[i]["tag"];
  }
}

INSTANTIATE_TEST_SUITE_P(Accelerators, OnDevice, testing::ValuesIn(test::accelerators()),
                         [](const auto& test) { return test::test_name(test.param); });

TEST(Devices, OneThatCannotRunIsNoSilentFallBack) {
  const std::string reason = why_unavailable({DeviceKind::cuda, 0});
  if (reason.empty()) GTEST_SKIP() << "there is a GPU";
  const auto result = run_sonograd({"tag", test::small_model_file(), "x.wav", "--device", "cuda:0"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_NE(result.err.find(reason), std::string::npos) << result.err;
}

TEST(Devices, TheCpuIsStrictAndSaysSo) {
  const auto data = test::tiny_data(), run = test::temporary_path("bf16_run");
  const std::string sound = data / "0.wav";
  const auto lower =
      run_sonograd({"tag", test::small_model_file(), sound, "--device", "cpu", "--precision", "bf16"});
  const auto strict = run_sonograd({"tag", test::small_model_file(), sound, "--device", "cpu"});
  EXPECT_EQ(lower.exit_code, 0);
  EXPECT_NE(lower.err.find("cpu computes in strict float32"), std::string::npos) << lower.err;
  EXPECT_EQ(lower.out, strict.out);
  auto arguments = test::train_arguments(data, run, "1");
  arguments.insert(arguments.end(), {"--device", "cpu", "--set", "train.precision=tf32"});
  EXPECT_EQ(run_sonograd(arguments).exit_code, 0);
  EXPECT_NE(test::read_file(run / "config.toml").find("precision = \"strict\""), std::string::npos);
}

TEST(Devices, TheEnvironmentChoosesForEveryVerb) {
  const auto result = run_sonograd({"tag", test::small_model_file(), "x.wav"},
                                   [] { setenv("SONOGRAD_TRAIN_DEVICE", "abacus", 1); });
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("abacus"), std::string::npos) << result.err;
}

// The device is available; a kernel on it broke a rule.
TEST(Devices, AFaultOfAKernelIsNoMissingDevice) {
  const auto data = test::tiny_data();
  const auto result = run_sonograd({"tag", test::small_model_file(), data / "0.wav", "--device", "emulated"},
                                   [] { setenv("SONOGRAD_EMULATOR_SHARED_MEMORY", "64", 1); });
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("a block has at most 64 bytes of shared memory"), std::string::npos)
      << result.err;
}

TEST(Devices, OneWithoutTheKernelThatWasAskedFor) {
  const auto data = test::tiny_data();
  const auto result = run_sonograd({"tag", test::small_model_file(), data / "0.wav", "--device", "emulated",
                                    "--kernel", "conv2d_relu_pool=strips"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_NE(result.err.find("kernel for emulated"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace sonograd
