// `sonograd recommend`: from play counts to items.
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tensor/support/error.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using nlohmann::json;
using test::run_sonograd;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Two tastes of six users and six items; each user has not played one of the six.
class Recommend : public testing::Test {
 protected:
  void SetUp() override {
    std::string text;
    for (const std::string taste : {"rock", "jazz"}) {
      for (int user = 0; user < 6; ++user) {
        for (int item = 0; item < 6; ++item)
          if (user != item) text += concat(taste, "-fan", user, '\t', taste, item, "\t3\n");
      }
    }
    test::write_file(plays_, text);
  }

  test::RunResult factorise(const std::filesystem::path& out, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"recommend", "factorise", plays_, out, "--factors", "2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_sonograd(arguments);
  }

  std::filesystem::path folder_ = test::temporary_folder("recommend");
  std::filesystem::path plays_ = folder_ / "plays.tsv", factors_ = folder_ / "factors.safetensors";
};

TEST_F(Recommend, FactorisesThenFindsItems) {
  const auto made = factorise(factors_, {"--json", "--threads", "1", "--lambda", "0.1"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const json summary = json::parse(made.out);
  EXPECT_EQ(summary["users"], 12);
  EXPECT_EQ(summary["items"], 12);
  EXPECT_EQ(summary["pairs"], 60);
  EXPECT_GT(summary["objective"].get<double>(), 0);
  EXPECT_THAT(made.err, HasSubstr("12 users, 12 items, 60 pairs; objective "));

  const auto same = factorise(folder_ / "two.safetensors", {"-q", "--threads", "2", "--lambda", "0.1"});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_EQ(same.err, "");
  EXPECT_EQ(test::read_file(folder_ / "two.safetensors"), test::read_file(factors_));

  const auto similar = run_sonograd({"recommend", "similar", factors_, "jazz2", "--top", "6", "--json"});
  ASSERT_EQ(similar.exit_code, 0) << similar.err;
  const json found = json::parse(similar.out);
  EXPECT_EQ(found["item"], "jazz2");
  ASSERT_EQ(found["items"].size(), 6u);
  EXPECT_EQ(found["items"][0], json({{"item", "jazz2"}, {"cosine", 1.0}}));
  for (const json& each : found["items"]) EXPECT_THAT(each["item"], StartsWith("jazz"));

  const auto next =
      run_sonograd({"recommend", "for", factors_, plays_, "rock-fan4", "--top", "1", "--format", "tsv"});
  EXPECT_EQ(next.exit_code, 0) << next.err;
  EXPECT_THAT(next.out, StartsWith("item\tpreference\nrock4\t"));
  const auto table = run_sonograd({"recommend", "similar", factors_, "rock0", "--top", "6"});
  EXPECT_THAT(table.out, StartsWith("item   cosine\nrock0  1.0000\n"));
}

TEST_F(Recommend, AnInterruptionWritesNothing) {
  const auto has_begun = [&] {  // the temporary file lies beside the table of plays
    return std::distance(std::filesystem::directory_iterator(folder_), {}) > 1;
  };
  const auto result = test::run_sonograd_until({"recommend", "factorise", plays_, factors_, "--sweeps",
                                                "10000", "--factors", "100", "--lambda", "0.1"},
                                               SIGINT, has_begun);
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_FALSE(std::filesystem::exists(factors_));
}

TEST_F(Recommend, NamesMistakes) {
  ASSERT_EQ(factorise(factors_, {"--sweeps", "1"}).exit_code, 0);
  const auto expect_error = [](const test::RunResult& result, int exit_code, const auto& message) {
    EXPECT_EQ(result.exit_code, exit_code);
    EXPECT_THAT(result.err, AllOf(StartsWith("sonograd: "), message));
    EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
    EXPECT_EQ(result.out, "");
  };
  expect_error(run_sonograd({"recommend", "similar", factors_, "jaz2"}), 2,
               HasSubstr("expected the id of one of its 12 items, got 'jaz2'; did you mean jazz2?"));
  expect_error(run_sonograd({"recommend", "for", factors_, plays_, "rock-fan9"}), 2,
               HasSubstr("one of its 12 users, got 'rock-fan9'; did you mean rock-fan0, rock-fan1"));
  const auto other = test::write_file(folder_ / "other.tsv", "ann\trock1\t1\n");
  expect_error(run_sonograd({"recommend", "for", factors_, other, "rock-fan1"}), 2,
               AllOf(HasSubstr(other.string() + ": expected the id of"), Not(HasSubstr("did you mean"))));
  expect_error(run_sonograd({"recommend", "similar", test::small_model_file(), "x"}), 4,
               HasSubstr("expected a file that `sonograd recommend factorise` has written"));
  const auto bad = test::write_file(folder_ / "bad.tsv", "ann\trock1\t1\nann\trock2\tmany\n");
  const auto absent = folder_ / "absent.safetensors";
  expect_error(run_sonograd({"recommend", "factorise", bad, absent}), 4, HasSubstr("bad.tsv:2: column 3"));
  EXPECT_FALSE(std::filesystem::exists(absent));
  EXPECT_THAT(factorise(folder_ / "factors.npz").err, HasSubstr("ends in .safetensors"));
  expect_error(factorise(absent, {"--surplus", "linear", "--epsilon", "1"}), 2,
               HasSubstr("--epsilon has no effect with --surplus linear"));
  expect_error(run_sonograd({"recommend", "factorise", factors_, factors_}), 2,
               HasSubstr("this is the file that is read"));
}

}  // namespace
}  // namespace sonograd
