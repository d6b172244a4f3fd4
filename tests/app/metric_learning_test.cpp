// Metric learning from a data set to the nearest files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tensor/io/npz.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;
using testing::HasSubstr;

class MetricLearning : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    data_ = test::tiny_data();
    run_ = test::temporary_path("metric");
    auto arguments = test::train_arguments(data_, run_);
    arguments.insert(arguments.end(), {"--loss", "triplet", "--json"});
    trained_ = run_sonograd(arguments);
  }
  void SetUp() override { ASSERT_EQ(trained_.exit_code, 0) << trained_.err; }

  static inline fs::path data_, run_;
  static inline test::RunResult trained_;
};

TEST_F(MetricLearning, PrintsRecall) {
  const json summary = json::parse(trained_.out);
  EXPECT_GT(summary["recall_8"], 0.9);
  EXPECT_TRUE(summary["roc_auc"].is_null());
  EXPECT_THAT(trained_.err, HasSubstr(", recall@1 "));

  const auto result = run_sonograd({"evaluate", run_, "--data", data_, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json scores = json::parse(result.out);
  EXPECT_EQ(scores["clips"], 6);
  EXPECT_EQ(scores["queries"], 6);
  EXPECT_GT(scores["recall_1"], 0.6);
  EXPECT_GE(scores["recall_8"], scores["recall_1"]);
  EXPECT_GT(scores["triplet_accuracy"], 0.5);
  const auto table = run_sonograd({"evaluate", run_, "--data", data_, "--format", "tsv"});
  EXPECT_THAT(table.out, testing::StartsWith("measure\tvalue\nclips\t6\nqueries\t6\nrecall@1\t"));
  EXPECT_EQ(run_sonograd({"evaluate", run_, "--data", data_, "--level", "instance"}).exit_code, 2);
}

TEST_F(MetricLearning, ComparesOtherModelsByAnOutput) {
  const auto same = run_sonograd({"evaluate", run_, "--data", data_, "--embedding", "penultimate", "--json"});
  EXPECT_EQ(same.out, run_sonograd({"evaluate", run_, "--data", data_, "--json"}).out);
  EXPECT_THAT(run_sonograd({"evaluate", run_, "--data", data_, "--embedding", "steps"}).err,
              HasSubstr("--embedding steps: expected penultimate"));
}

TEST_F(MetricLearning, IsInTheReport) {
  const auto result = run_sonograd({"report", run_, "--data", data_, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_GT(json::parse(result.out)["scores"]["recall_8"], 0.5);
  const std::string page = test::read_file(run_ / "report.html");
  for (const char* const text : {"Recall@1", "Nearest clips, validation", "near each other", "triplet loss"})
    EXPECT_THAT(page, HasSubstr(text));
}

TEST_F(MetricLearning, GivesNoScoresOfLabels) {
  const auto tags = run_sonograd({"tag", run_, data_ / "0.wav"});
  EXPECT_EQ(tags.exit_code, 3);
  EXPECT_THAT(tags.err, HasSubstr("trained by triplets"));
  EXPECT_THAT(run_sonograd({"explain", run_, data_ / "0.wav"}).err, HasSubstr("trained by triplets"));
}

TEST_F(MetricLearning, FindsSimilarFiles) {
  const auto result = run_sonograd({"similar", run_, data_ / "2.wav", data_, "--top", "3", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream lines(result.out);
  int count = 0;
  double last = 1.001;
  for (std::string line; std::getline(lines, line); ++count) {
    const json entry = json::parse(line);
    const std::string stem = fs::path(entry["path"].get<std::string>()).stem();
    EXPECT_EQ(std::stoi(stem) % 3, 2) << "noise is near noise";
    EXPECT_NE(stem, "2");
    EXPECT_LE(entry["cosine"].get<double>(), last);
    last = entry["cosine"];
  }
  EXPECT_EQ(count, 3);
  EXPECT_EQ(run_sonograd({"similar", run_, data_ / "2.wav", data_ / "2.wav"}).exit_code, 4)
      << "no other file";
}

TEST_F(MetricLearning, WritesEmbeddings) {
  const auto out = test::temporary_path("e.npz");
  const auto result = run_sonograd({"embed", run_, data_ / "0.wav", data_ / "1.wav", "--out", out});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, concat((data_ / "0.wav").string(), '\n', (data_ / "1.wav").string(), '\n'));
  const Tensor array = io::read_npz(out).at("embeddings");
  EXPECT_EQ(array.shape()[0], 2);
  double square = 0;
  for (const float value : array.rows(0, 1).span<float>()) square += double{value} * value;
  EXPECT_NEAR(square, 1, 1e-5);

  const auto rows = run_sonograd({"embed", run_, data_ / "0.wav"});
  EXPECT_THAT(rows.out, testing::StartsWith("path,e0,e1,"));
  const auto lines = run_sonograd({"embed", run_, data_ / "0.wav", "--json"});
  EXPECT_FLOAT_EQ(json::parse(lines.out)["embedding"][1].get<float>(), array.span<float>()[1]);
  EXPECT_THAT(run_sonograd({"embed", run_, data_ / "0.wav", "--output", "nothing"}).err,
              HasSubstr("--output nothing: expected penultimate"));
  EXPECT_EQ(run_sonograd({"embed", run_, data_ / "0.wav", "--out", "e.txt"}).exit_code, 2);
}

}  // namespace
}  // namespace sonograd
