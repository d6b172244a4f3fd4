// The exercises of docs/architectures: the files that students get fail their checks, the solutions pass them, and what they
// compute is what the networks compute.
#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "audio/chunks.h"
#include "kernels/harmonic_filters/harmonic_filters.h"
#include "models/core/architecture.h"
#include "tensor/support/error.h"
#include "tests/docs/exercise_list.h"
#include "tests/docs/page.h"
#include "tests/support/files.h"

// Solutions, defined in the unit that CMake puts together from their files.
namespace solved_harmonic_cnn {
double centre(int harmonic, int filter);
}
namespace solved_pons_waveform {
int positions_behind(int samples, int layers);
}
namespace solved_short_chunk_cnn {
std::vector<int> chunk_starts(int samples, int chunk);
}

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

class Exercises : public testing::TestWithParam<Exercise> {};

TEST_P(Exercises, FailsAsItIs) {
  exercise::Report report;
  GetParam().check_as_it_is(report);
  EXPECT_FALSE(report.mistakes().empty()) << "the check passes without a solution";
  for (const std::string& mistake : report.mistakes()) {
    EXPECT_NE(mistake.find(": expected "), std::string::npos) << mistake;
    EXPECT_NE(mistake.find(", got "), std::string::npos) << mistake;
  }
}

TEST_P(Exercises, PassesSolved) {
  exercise::Report report;
  GetParam().check_solved(report);
  for (const std::string& mistake : report.mistakes()) ADD_FAILURE() << mistake;
}

INSTANTIATE_TEST_SUITE_P(Networks, Exercises, testing::ValuesIn(all_exercises()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ExercisesOfNetworks, EveryNetworkHasOne) {
  std::vector<std::string> names;
  for (const Exercise& each : all_exercises()) names.emplace_back(each.name);
  EXPECT_EQ(names, models::architecture_names());
}

TEST(ExercisesOfNetworks, SolutionsAgreeWithTheLibrary) {
  const Tensor centres = kernels::harmonic_centres({}, 16000);
  ASSERT_EQ(centres.shape(), (Shape{128, 6}));
  for (const auto& [filter, harmonic] : {std::pair(0, 0), std::pair(12, 0), std::pair(127, 5)})
    EXPECT_NEAR(centres.to(DType::f64).data<double>()[6 * filter + harmonic],
                solved_harmonic_cnn::centre(harmonic, filter), 1e-3);

  for (const int samples : {1, 59048, 59049, 59050, 118098, 160000, 480000}) {
    std::vector<int> starts;
    for (const audio::Chunk& chunk : audio::chunk_positions(samples, 59049, 59049))
      starts.push_back(static_cast<int>(chunk.start));
    EXPECT_EQ(solved_short_chunk_cnn::chunk_starts(samples, 59049), starts) << samples;
  }

  const auto pons = models::find_architecture("pons_waveform").make_network({{"samples", 100000}}, 2);
  const std::vector<models::OutputInfo> outputs = pons->outputs();
  const auto front = std::ranges::find(outputs, "front", &models::OutputInfo::name);
  ASSERT_NE(front, outputs.end());
  EXPECT_EQ(solved_pons_waveform::positions_behind(100000, 7), front->shape[0]);
}

/// Exit code and output of scripts/exercise.
std::pair<int, std::string> run_script(const std::string& arguments) {
  const fs::path output = test::temporary_path("exercise.txt");
  const int status = std::system(
      concat(SONOGRAD_SOURCE_DIR "/scripts/exercise ", arguments, " > '", output.string(), "' 2>&1").c_str());
  const std::string printed = test::read_file(output);
  fs::remove(output);
  return {WEXITSTATUS(status), printed};
}

TEST(ExerciseScript, NamesTheChecksThatFail) {
  const auto [code, printed] = run_script("fcn4");
  EXPECT_EQ(code, 1) << printed;
  EXPECT_NE(printed.find("receptive_field({4}): expected 6, got 0"), std::string::npos) << printed;
  EXPECT_NE(printed.find("not yet: 5 of the checks failed"), std::string::npos) << printed;
}

TEST(ExerciseScript, PassesASolution) {
  const auto [code, printed] = run_script("fcn4 " SONOGRAD_SOURCE_DIR "/tests/docs/exercises/fcn4.cpp");
  EXPECT_EQ(code, 0) << printed;
  EXPECT_NE(printed.find("passed"), std::string::npos) << printed;
}

TEST(ExerciseScript, RefusesOtherNames) {
  const auto [code, printed] = run_script("resnet");
  EXPECT_EQ(code, 2) << printed;
  EXPECT_NE(printed.find("expected one of choi_crnn cnnsa combined "), std::string::npos) << printed;
}

}  // namespace
}  // namespace sonograd::docs
