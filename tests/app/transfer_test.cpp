#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

using nlohmann::json;
using test::run_sonograd;
using testing::HasSubstr;

TEST(Transfer, ScoresEachOfTheFeatures) {
  const auto data = test::tiny_data(), model = test::small_model_file();
  const auto result = run_sonograd({"transfer", model, "--data", data, "--task", "label", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream lines(result.out);
  std::vector<json> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(json::parse(line));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["features"], "penultimate");
  EXPECT_EQ(rows[1]["features"], "mfcc");
  EXPECT_EQ(rows[1]["width"], 120);
  EXPECT_GT(rows[1]["accuracy"], 0.9) << "low tones, high tones and noise";
  EXPECT_EQ(rows[0]["splits"][0]["test"], 6);
  EXPECT_EQ(
      run_sonograd({"transfer", model, "--data", data, "--task", "label", "--json", "--threads", "1"}).out,
      result.out);
}

TEST(Transfer, TestsOnEachFoldAndScoresTags) {
  const auto data = test::tiny_data(), model = test::small_model_file();
  const auto result = run_sonograd({"transfer", model, "--data", data, "--folds", "fold", "--features",
                                    "mfcc", "--c", "1", "--format", "tsv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              testing::StartsWith(
                  "features\twidth\tC\tclips\taccuracy\tROC-AUC\tPR-AUC\nmfcc\t120\t1 1 1 1 1\t30\t-\t"));
}

TEST(Transfer, RefusesWhatItCannotDo) {
  const auto data = test::tiny_data(), model = test::small_model_file();
  const auto unknown = run_sonograd({"transfer", model, "--data", data, "--features", "penultimat"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, testing::AllOf(HasSubstr("--features penultimat: expected penultimate and mfcc"),
                                          HasSubstr("did you mean penultimate?")));
  EXPECT_EQ(
      run_sonograd({"transfer", model, "--data", data, "--folds", "fold", "--split", "split"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"transfer", model, "--data", data, "--c", "0"}).exit_code, 2);
  EXPECT_THAT(run_sonograd({"transfer", model, "--data", data, "--folds", "nothing"}).err,
              HasSubstr("'nothing'"));
}

}  // namespace
}  // namespace sonograd
