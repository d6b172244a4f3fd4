#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/app/run_sonograd.h"

namespace sonograd {
namespace {

using test::run_sonograd;

TEST(Models, PublishedNamesFilesThatConvertReads) {
  const auto published = nlohmann::json::parse(run_sonograd({"models", "--published", "--json"}).out);
  const auto networks = nlohmann::json::parse(run_sonograd({"models", "--json"}).out);
  int runs = 0;
  for (const auto& file : published["weights"]) {
    EXPECT_TRUE(file["file"].get<std::string>().ends_with("best_model.pth"));
    EXPECT_TRUE(file["sha256"].is_null() || file["sha256"].get<std::string>().size() == 64) << file;
    const bool is_here =
        std::ranges::any_of(networks, [&](const auto& each) { return each["name"] == file["network"]; });
    EXPECT_EQ(file["runs"], is_here) << file;
    runs += is_here;
  }
  EXPECT_GT(runs, 0);
  EXPECT_GE(published["data"].size(), 3u);
  EXPECT_EQ(run_sonograd({"models", "fcn", "--published"}).exit_code, 2);
  EXPECT_NE(run_sonograd({"models"}).out.find("--published"), std::string::npos);
}

TEST(Models, JsonListsWhatIsPublished) {
  const auto list = nlohmann::json::parse(run_sonograd({"models", "--json"}).out);
  ASSERT_TRUE(list.is_array());
  bool found = false;
  for (const auto& model : list) {
    if (model["name"] != "short_chunk_cnn") continue;
    found = true;
    EXPECT_EQ(model["parameters"], 3687348);
    EXPECT_EQ(model["macs"], 2011440128);
    EXPECT_EQ(model["sample_rate"], 16000);
    EXPECT_EQ(model["input_samples"], 59049);
  }
  EXPECT_TRUE(found);
  const auto one = nlohmann::json::parse(run_sonograd({"models", "fcn", "--json"}).out);
  EXPECT_EQ(one["layers"][2]["name"], "layer1");
  EXPECT_EQ(one["layers"][2]["output"], (std::vector<int>{453, 48, 64}));
  EXPECT_EQ(one["layers"][2]["parameters"], 768);
  EXPECT_EQ(run_sonograd({"models", "resnet"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"models", "--json", "--format", "tsv"}).exit_code, 2);
}

TEST(CommandLine, HelpVersionAndUsage) {
  EXPECT_EQ(run_sonograd({"--help"}).exit_code, 0);
  EXPECT_EQ(run_sonograd({"tag", "--help"}).exit_code, 0);
  EXPECT_TRUE(run_sonograd({"--version"}).out.starts_with("sonograd "));
  EXPECT_EQ(run_sonograd({}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"frobnicate"}).exit_code, 2);
}

}  // namespace
}  // namespace sonograd
