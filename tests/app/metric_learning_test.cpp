// Metric learning from a data set to the nearest files.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

#include "tensor/io/npz.h"
#include "tensor/io/output_file.h"
#include "tensor/io/safetensors.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;
using testing::HasSubstr;
using testing::Not;

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
  EXPECT_THAT(run_sonograd({"similar", run_, data_ / "2.wav", data_ / "2.wav"}).err,
              Not(HasSubstr("sub-folders")));
}

// Runs `sonograd ARGUMENTS` with a file as standard input.
test::RunResult run_on(const fs::path& file, const std::vector<std::string>& arguments) {
  return run_sonograd(arguments, [file] { dup2(open(file.c_str(), O_RDONLY), STDIN_FILENO); });
}

TEST_F(MetricLearning, NamesStandardInputAsItWasNamed) {
  const auto embedded = run_on(data_ / "0.wav", {"embed", run_, "-", "--json"});
  ASSERT_EQ(embedded.exit_code, 0) << embedded.err;
  EXPECT_EQ(json::parse(embedded.out)["path"], "-");
  const auto from_file = run_sonograd({"embed", run_, data_ / "0.wav", "--json"});
  EXPECT_EQ(json::parse(embedded.out)["embedding"], json::parse(from_file.out)["embedding"]);
  const auto of_none = run_on("/dev/null", {"embed", run_, "-"});
  EXPECT_THAT(of_none.err, HasSubstr("skipped -: "));
  EXPECT_THAT(of_none.err, Not(HasSubstr("/proc/")));
  const auto similar = run_on(data_ / "2.wav", {"similar", run_, "-", data_, "--top", "1", "--json"});
  ASSERT_EQ(similar.exit_code, 0) << similar.err;
  EXPECT_NEAR(json::parse(similar.out)["cosine"].get<double>(), 1, 1e-5) << "the same file";
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

  const auto objects = run_sonograd({"embed", run_, data_ / "0.wav", "--out", out, "--json"});
  EXPECT_EQ(json::parse(objects.out)["path"], (data_ / "0.wav").string());
  EXPECT_EQ(run_sonograd({"embed", run_, data_ / "0.wav", "--out", out, "--format", "tsv"}).exit_code, 2);
}

TEST_F(MetricLearning, RefusesAggregates) {
  const auto result = run_sonograd({"embed", run_, data_ / "0.wav", "--aggregate", "max"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--aggregate: has no meaning for embeddings"));
}

TEST_F(MetricLearning, LooksAtTheOutputBeforeTheWork) {
  const auto text = test::write_file("text.wav", "no sound");
  const auto result = run_sonograd({"embed", run_, text, "--out", data_ / "none" / "e.npz"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("e.npz"));
  EXPECT_THAT(result.err, Not(HasSubstr("skipped"))) << "the sound file was not looked at";
  const auto out = test::temporary_path("owned.npz");
  const io::OutputFile owner(out);
  const auto second = run_sonograd({"embed", run_, data_ / "0.wav", "--out", out});
  EXPECT_EQ(second.exit_code, 2) << second.err;
}

TEST_F(MetricLearning, ADamagedRecordOfTheModelNamesTheFile) {
  const auto model = test::temporary_path("damaged.safetensors");
  io::TensorFile file = io::read_safetensors(run_ / "best.safetensors");
  json config = json::parse(file.metadata.at("config"));
  config["training"]["metric"]["output"] = "nope";
  file.metadata["config"] = config.dump();
  io::write_safetensors(model, file);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"embed", model, data_ / "0.wav"},
                                                    {"similar", model, data_ / "0.wav", data_}}) {
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(result.err, HasSubstr(model.string() + ": training.metric.output = nope"));
  }
}

}  // namespace
}  // namespace sonograd
