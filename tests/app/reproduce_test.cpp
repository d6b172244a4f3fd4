// `sonograd reproduce`: every published row, ours where model and data are there, and the reason where they are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/app/run_sonograd.h"
#include "tests/app/tiny_training.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;
using testing::HasSubstr;

nlohmann::json row_of(const nlohmann::json& table, std::string_view data, std::string_view model) {
  for (const auto& row : table["rows"]) {
    if (row["data"] == data && row["model"] == model) return row;
  }
  return {};
}

TEST(Reproduce, HasOursBesideThePublishedScoresAndReasonsForGaps) {
  const fs::path folder = test::temporary_folder("reproduce");
  const fs::path run = folder / "mtat-short_chunk_cnn";
  fs::rename(test::tiny_data(), folder / "mtat");
  ASSERT_EQ(run_sonograd(test::train_arguments(folder / "mtat", run, "1")).exit_code, 0);
  test::write_file(folder / "mtat-fcn.pth", "weights");
  fs::copy_file(run / "best.safetensors", folder / "mtat-short_chunk_cnn_res.safetensors");
  fs::copy_file(run / "best.safetensors", folder / "msd-short_chunk_cnn.safetensors");
  const auto result = run_sonograd({"reproduce", "sota", "--in", folder, "--json", "-q"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto table = nlohmann::json::parse(result.out);
  EXPECT_EQ(table["rows"].size(), 36u);
  const auto own = row_of(table, "mtat", "Short-chunk CNN");
  EXPECT_EQ(own["published"]["roc_auc"], 0.9126);
  EXPECT_EQ(own["gap"], "");
  const auto evaluated =
      nlohmann::json::parse(run_sonograd({"evaluate", run, "--data", folder / "mtat", "--json"}).out);
  EXPECT_EQ(own["own"]["roc_auc"], evaluated["roc_auc"]);
  EXPECT_EQ(own["own"]["clips"], evaluated["clips"]);
  const auto gap = [&](std::string_view data, std::string_view model) {
    const auto row = row_of(table, data, model);
    EXPECT_TRUE(row["own"]["roc_auc"].is_null());
    return row["gap"].get<std::string>();
  };
  EXPECT_THAT(gap("mtat", "FCN"), HasSubstr("mtat-fcn.pth is not converted: sonograd convert mtat-fcn.pth"));
  EXPECT_THAT(gap("jamendo", "FCN"), HasSubstr("no model: expected jamendo-fcn.safetensors"));
  EXPECT_THAT(gap("mtat", "Short-chunk CNN + Res"), HasSubstr("the model is a short_chunk_cnn"));
  EXPECT_THAT(gap("msd", "Short-chunk CNN"), HasSubstr("no data: expected the folder msd"));
  const auto printed = run_sonograd({"reproduce", "sota", "--in", folder, "--format", "tsv", "-q"});
  EXPECT_THAT(printed.out, HasSubstr("mtat\tShort-chunk CNN\t0.9126\t0."));
}

TEST(Reproduce, ListsItsTablesAndRefusesOthers) {
  const auto help = run_sonograd({"reproduce", "--help"}).out;
  for (const char* const text : {"SMC 2020", "musicnn: pre-trained", "at scale"})
    EXPECT_THAT(help, HasSubstr(text));
  EXPECT_EQ(run_sonograd({"reproduce", "other", "--in", "."}).exit_code, 2);
  const auto refused = run_sonograd({"reproduce", "pons", "--in", "/nowhere"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--in /nowhere: expected a folder"));
  for (const char* const table : {"mtt", "musicnn", "pons"})
    EXPECT_EQ(run_sonograd({"reproduce", table, "--in", "/tmp", "--json"}).exit_code, 0) << table;
}

}  // namespace
}  // namespace sonograd
