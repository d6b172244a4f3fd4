#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/core/architecture.h"
#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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

TEST(Models, TakesOptionsOfTheNetwork) {
  const auto narrow =
      nlohmann::json::parse(run_sonograd({"models", "fcn", "--set", "model.channels=8", "--json"}).out);
  EXPECT_EQ(narrow["layers"][2]["output"], (std::vector<int>{453, 48, 8}));
  EXPECT_THAT(run_sonograd({"models", "fcn", "--set", "model.depth=2"}).err, HasSubstr("model.depth"));
  EXPECT_EQ(run_sonograd({"models", "--set", "model.channels=8"}).exit_code, 2);
}

// Options with which a network cannot exist: by the key and the nearest value, wherever they come from.
TEST(Models, OptionsThatDoNotSuitTheNetworkAreRefusedByTheirKey) {
  const auto expected =
      HasSubstr("model.samples = 12000: expected at least 24320 (crnn, layer4 behind layer3");
  for (const char* const output : {"--json", "--svg"}) {
    const auto refused = run_sonograd({"models", "crnn", "--set", "model.samples=12000", output});
    EXPECT_EQ(refused.exit_code, 2) << output;
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, expected) << output;
  }
  const fs::path folder = test::temporary_folder("unsuitable"), data = test::tiny_data();
  const fs::path settings = test::write_file(folder / "run.toml", "[model]\nsamples = 12000\n");
  for (const std::vector<std::string>& source :
       {std::vector<std::string>{"--set", "model.samples=12000"}, {"--config", settings}}) {
    std::vector<std::string> arguments = {"train", "--arch", "crnn", "--data", data, "--out", folder / "run"};
    arguments.insert(arguments.end(), source.begin(), source.end());
    const auto refused = run_sonograd(arguments);
    EXPECT_EQ(refused.exit_code, 2) << source.front();
    EXPECT_THAT(refused.err, expected) << source.front();
    EXPECT_FALSE(fs::exists(folder / "run"));
  }
  // A length for weights is an option; a model file with such a length is at fault itself.
  const fs::path weights = folder / "weights.pth", file = folder / "short.safetensors";
  const models::Architecture crnn = models::find_architecture("crnn");
  const models::OptionValues options = {{"samples", 12000}, {"channels", 2}};
  models::ModelDraft model;
  model.about.arch = "crnn";
  model.about.options = crnn.options.complete(options);
  model.about.labels = {"a", "b", "c"};
  model.network = crnn.make_network(options, 3);
  models::save_model(file, model);
  io::write_pth(weights, models::export_state(*model.network));
  const auto converted =
      run_sonograd({"convert", weights, folder / "out.safetensors", "--set", "model.samples=12000"});
  EXPECT_EQ(converted.exit_code, 2);
  EXPECT_THAT(converted.err, expected);
  EXPECT_FALSE(fs::exists(folder / "out.safetensors"));
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"info", file}, {"models", file}, {"convert", file, folder / "out.pth"}}) {
    const auto refused = run_sonograd(command);
    EXPECT_EQ(refused.exit_code, 3) << command.front();
    EXPECT_THAT(refused.err, AllOf(HasSubstr(file.string()), expected)) << command.front();
  }
  fs::remove_all(data);
}

TEST(Models, OptionsWithoutAnEffectAreRefused) {
  const auto refused = [](const std::string& network, const std::string& option) {
    const auto result = run_sonograd({"models", network, "--set", option});
    EXPECT_EQ(result.exit_code, 2) << option;
    return result.err;
  };
  EXPECT_THAT(refused("combined", "model.non_local_first=9"),
              HasSubstr("no effect with model.non_local = none"));
  EXPECT_THAT(refused("fcn", "front_end.offset=0.1"),
              HasSubstr("no effect with front_end.compression = decibel; expected its default"));
  const auto beyond = run_sonograd(
      {"models", "combined", "--set", "model.non_local=gaussian", "--set", "model.non_local_first=9"});
  EXPECT_EQ(beyond.exit_code, 2);
  EXPECT_THAT(beyond.err, HasSubstr("model.non_local_first = 9: expected 1 to 7"));
  const fs::path data = test::tiny_data();
  const auto trained = run_sonograd({"train", "--arch", "fcn", "--data", data, "--out",
                                     test::temporary_path("no_run"), "--set", "model.non_local_count=3"});
  EXPECT_EQ(trained.exit_code, 2);
  EXPECT_THAT(trained.err, HasSubstr("model.non_local_count = 3: it has no effect"));
  fs::remove_all(data);
}

TEST(Models, TakesAModelFile) {
  const fs::path model = test::small_model_file();
  const auto listed = nlohmann::json::parse(run_sonograd({"models", model, "--json"}).out);
  EXPECT_EQ(listed["name"], "short_chunk_cnn");
  EXPECT_EQ(listed["sample_rate"], 8000);
  EXPECT_EQ(listed["layers"].back()["output"], (std::vector<int>{3}));
  const auto refused = run_sonograd({"models", model, "--set", "model.channels=4"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("which contains the options of its network"));
  const auto missing = run_sonograd({"models", "missing.safetensors"});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_THAT(missing.err, HasSubstr("missing.safetensors: no such file or run folder"));
  fs::remove(model);
}

class Pictures : public testing::Test {
 protected:
  fs::path folder = test::temporary_folder("pictures");
  fs::path file = folder / "network.svg";

  void TearDown() override { fs::remove_all(folder); }
};

TEST_F(Pictures, ShowTheBlocksOfTheNetwork) {
  const auto drawn = run_sonograd({"models", "short_chunk_cnn", "--svg"});
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_THAT(
      drawn.out,
      AllOf(HasSubstr("<svg xmlns="), HasSubstr("3,687,348 parameters, 2.01 G multiply-accumulates"),
            HasSubstr(">layer1<"), HasSubstr(">115 × 64 × 128<"), HasSubstr(">layer4 to layer6  × 3<"),
            HasSubstr("prefers-color-scheme: dark"), testing::EndsWith("</svg>\n")));
  EXPECT_EQ(run_sonograd({"models", "short_chunk_cnn", "--svg", "-"}).out, drawn.out);
  const auto written = run_sonograd({"models", "short_chunk_cnn", "--svg", file});
  EXPECT_EQ(written.exit_code, 0) << written.err;
  EXPECT_EQ(written.out, "");
  EXPECT_EQ(test::read_file(file), drawn.out);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1) << "helpers of the file are left";
}

TEST_F(Pictures, AreOfTheOptionsOfTheNetwork) {
  const auto drawn = run_sonograd(
      {"models", "combined", "--set", "model.front=harmonic", "--set", "model.back=residual", "--svg"});
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_THAT(drawn.out, AllOf(HasSubstr("model.front = harmonic"), HasSubstr(">front.hstft<"),
                               HasSubstr("residual block, 3 conv2d 3x3"), Not(HasSubstr("log_mel"))));
  const auto non_local =
      run_sonograd({"models", "fcn", "--set", "model.non_local=embedded_gaussian", "--svg"});
  EXPECT_THAT(non_local.out, HasSubstr(">layer2.non_local<"));
}

TEST_F(Pictures, OfAModelFileAreOfItsNetwork) {
  const fs::path model = test::small_model_file();
  EXPECT_THAT(run_sonograd({"models", model, "--svg"}).out, HasSubstr("at 8,000 Hz"));
  const fs::path other = folder / "model.svg";
  fs::copy_file(model, other);
  EXPECT_EQ(run_sonograd({"models", other, "--svg", other}).exit_code, 2) << "the file that is read";
  EXPECT_EQ(fs::file_size(other), fs::file_size(model));
  fs::remove(model);
}

TEST_F(Pictures, ReplaceNoFileOfAnotherKindAndNeedANetwork) {
  const fs::path song = test::write_file(folder / "song.mp3", "music");
  EXPECT_EQ(run_sonograd({"models", "fcn", "--svg", song}).exit_code, 2);
  EXPECT_EQ(test::read_file(song), "music");
  EXPECT_EQ(run_sonograd({"models", "--svg"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"models", "fcn", "--svg", "--json"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"models", "resnet", "--svg"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"models", "fcn", "--svg", folder / "missing" / "a.svg"}).exit_code, 1);
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
