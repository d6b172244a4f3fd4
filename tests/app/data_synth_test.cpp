// `sonograd data synth` on the real binary.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/app/run_sonograd.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using nlohmann::json;
using test::run_sonograd;

TEST(DataSynth, SaysWhatItMade) {
  const auto folder = test::temporary_path("made");
  const auto result =
      run_sonograd({"data", "synth", folder, "--clips", "1", "--seconds", "1", "--json", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json made = json::parse(result.out);
  EXPECT_EQ(made["folder"], folder.string());
  EXPECT_EQ(made["clips"], 1);
  EXPECT_EQ(run_sonograd({"data", "synth", "-", "--clips", "1"}).exit_code, 2);
}

TEST(DataSynth, RefusesAFullFolder) {
  const auto folder = test::temporary_folder("full");
  test::write_file(folder / "x", "y");
  EXPECT_EQ(run_sonograd({"data", "synth", folder, "--clips", "1"}).exit_code, 2);
}

}  // namespace
}  // namespace sonograd
