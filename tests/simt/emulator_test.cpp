// The emulated device against planted bugs: each is caught, and its correct twin passes for every seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/device/emulated.h"
#include "tensor/tensor.h"
#include "tests/simt/planted_bug.h"

namespace sonograd::kernels {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kSeeds = 16;

Words input_of(const PlantedBug& bug) {
  Words input(bug.words);
  for (std::size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<std::uint32_t>(i * 2654435761u + 12345);
  return input;
}

// The output starts with undefined contents.
Words run(const PlantedBug& bug, bool planted, EmulatorSettings settings) {
  const EmulatorScope scope(settings);
  const Device device{DeviceKind::emulated, 0};
  const Words input = input_of(bug);
  const auto count = static_cast<std::int64_t>(bug.words);
  const Tensor in = Tensor::from(std::vector<std::int32_t>(input.begin(), input.end()), {count}, device);
  const Tensor out = Tensor::empty({count}, DType::i32, device);
  bug.run(
      {static_cast<const std::uint32_t*>(in.view().pointer), static_cast<std::uint32_t*>(out.view().pointer)},
      planted);
  const Tensor host = out.to(Device{});
  const auto values = host.span<std::int32_t>();
  return Words(values.begin(), values.end());
}

Words expected(const PlantedBug& bug) {
  const Words input = input_of(bug);
  Words output(bug.words);
  for (std::size_t i = 0; i < output.size(); ++i) output[i] = bug.expected(input, i);
  return output;
}

std::vector<PlantedBug> reported_bugs() {
  std::vector<PlantedBug> bugs = emu::broken_rules();
  for (const PlantedBug& bug : emu::pipeline_bugs()) bugs.push_back(bug);
  for (const PlantedBug& bug : emu::refused_launches()) bugs.push_back(bug);
  for (const PlantedBug& bug : emu::cluster_bugs()) bugs.push_back(bug);
  return bugs;
}

std::vector<PlantedBug> bugs_without_report() {
  std::vector<PlantedBug> bugs = emu::hidden_bugs();
  for (const PlantedBug& bug : emu::hidden_cluster_bugs()) bugs.push_back(bug);
  return bugs;
}

std::vector<PlantedBug> all_bugs() {
  std::vector<PlantedBug> bugs = reported_bugs();
  for (const PlantedBug& bug : bugs_without_report()) bugs.push_back(bug);
  for (const PlantedBug& bug : emu::out_of_range_bugs()) bugs.push_back(bug);
  return bugs;
}

std::string report_of(const PlantedBug& bug, EmulatorSettings settings) {
  try {
    run(bug, true, settings);
  } catch (const KernelError& error) {
    return error.what();
  }
  return "no report";
}

TEST(Emulator, CorrectTwinsPassForEverySeed) {
  for (const PlantedBug& bug : all_bugs()) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      EXPECT_EQ(run(bug, false, {.seed = seed}), expected(bug)) << bug.name << ", seed " << seed;
    }
  }
}

TEST(Emulator, ReportsBrokenRulesForEverySeed) {
  for (const PlantedBug& bug : reported_bugs()) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const std::string report = report_of(bug, {.seed = seed});
      EXPECT_THAT(report, HasSubstr(bug.message)) << bug.name << ", seed " << seed;
    }
  }
}

TEST(Emulator, SomeSeedsShowHiddenBugs) {
  for (const PlantedBug& bug : bugs_without_report()) {
    std::size_t shown = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
      shown += run(bug, true, {.seed = seed}) != expected(bug);
    EXPECT_GE(shown, kSeeds / 4) << bug.name;
  }
}

// Facts for finding the bug and for reproducing it.
TEST(Emulator, ReportsSayWhereAndHowToReplay) {
  const PlantedBug bug = emu::broken_rules().front();
  const std::string report = report_of(bug, {.seed = 5});
  for (const char* part :
       {"[divergent barrier]", "block (0, 0, 0)", "thread (",
        "tests/simt/broken_rules.cu:", "replay with SONOGRAD_EMULATOR_SEED=5 SONOGRAD_EMULATOR_THREADS=1"}) {
    EXPECT_THAT(report, HasSubstr(part));
  }
  EXPECT_EQ(report_of(bug, {.seed = 5, .host_threads = 1}), report);
}

TEST(Emulator, GoesOnAfterAReport) {
  for (const PlantedBug& bug : reported_bugs()) {
    EXPECT_NE(report_of(bug, {}), "no report");
    EXPECT_EQ(run(bug, false, {}), expected(bug)) << bug.name;
  }
}

TEST(Emulator, FreshMemoryHoldsNaNOrHugeNumbers) {
  const Device device{DeviceKind::emulated, 0};
  for (const std::uint64_t seed : {0, 1}) {
    const EmulatorScope scope({.seed = seed});
    const Tensor values = Tensor::empty({100}, DType::f32, device).to(Device{});
    for (const float value : values.span<float>()) {
      EXPECT_TRUE(seed == 0 ? std::isnan(value) : std::isfinite(value) && value > 1e38f) << value;
    }
  }
}

// An older GPU has less for static objects, too.
TEST(Emulator, SharedMemoryIsThatOfTheSettings) {
  for (const PlantedBug& bug : emu::refused_launches()) {
    if (bug.name != "static and dynamic shared memory") continue;
    constexpr std::size_t kBytes = 227 * 1024;
    EXPECT_EQ(run(bug, false, {.shared_memory = kBytes}), expected(bug));
    EXPECT_THROW(run(bug, false, {.shared_memory = kBytes - 1}), KernelError);
    return;
  }
  FAIL() << "no such launch";
}

#if defined(__SANITIZE_ADDRESS__)
TEST(EmulatorDeathTest, SanitizersSeeIndicesOutsideOfArrays) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const PlantedBug& bug : emu::out_of_range_bugs()) {
    EXPECT_DEATH(run(bug, true, {.host_threads = 1}), std::string(bug.message)) << bug.name;
  }
}
#endif

}  // namespace
}  // namespace sonograd::kernels
