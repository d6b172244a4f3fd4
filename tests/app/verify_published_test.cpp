// `convert --verify` of published weights, where they are, against the references that the program contains.
#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tensor/support/error.h"
#include "tests/app/run_sonograd.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

class VerifyPublished : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(VerifyPublished, EveryStageIsThatOfTheOriginal) {
  const auto& [file, reference] = GetParam();
  const auto in = test::shared_path(concat("checkpoints/", file));
  if (!std::filesystem::exists(in)) GTEST_SKIP() << in << " is not here";
  const auto out = test::temporary_folder("verify_published") / "m.safetensors";
  const auto result = test::run_sonograd({"convert", in, out, "--verify", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object["reference"]["name"], reference);
  EXPECT_GE(object["reference"]["stages"].size(), 8u);
}

INSTANTIATE_TEST_SUITE_P(Checkpoints, VerifyPublished,
                         testing::Values(std::pair{"mtat-crnn.pth", "mtat-crnn"},
                                         std::pair{"mtat-fcn.pth", "mtat-fcn"},
                                         std::pair{"mtat-musicnn.pth", "mtat-musicnn"},
                                         std::pair{"musicnn_tf/MTT_musicnn", "musicnn-library-MTT_musicnn"},
                                         std::pair{"musicnn_tf/MTT_vgg", "musicnn-library-MTT_vgg"}),
                         [](const auto& test) {
                           std::string name = test.param.second;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace sonograd
