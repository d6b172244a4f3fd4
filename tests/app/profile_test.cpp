// `--profile` on the real binary.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "audio/encode.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;

class Profile : public testing::Test {
 protected:
  Profile() { audio::write_sound(clip, std::vector<float>(80000, 0.1f), 8000, audio::Encoding::wav_pcm16); }

  fs::path model = test::small_model_file();
  fs::path folder = test::temporary_folder("profile");
  fs::path clip = folder / "clip.wav";
};

TEST_F(Profile, WritesAChromeTraceAndPrintsTables) {
  const auto begin = std::chrono::steady_clock::now();
  const auto result = run_sonograd({"tag", model, clip, "--json", "--profile", folder / "trace.json"});
  const std::chrono::duration<double, std::micro> wall = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out)["status"], "ok") << "data on stdout are only data";

  std::set<std::string> names, layers;
  double ops = 0;
  const json trace = json::parse(test::read_file(folder / "trace.json"));
  for (const json& event : trace.at("traceEvents")) {
    EXPECT_EQ(event.at("ph"), "X");
    EXPECT_GE(event.at("ts"), 0.0);
    EXPECT_LE(event.at("ts").get<double>() + event.at("dur").get<double>(), wall.count());
    names.insert(event.at("name"));
    layers.insert(event.at("args").value("layer", ""));
    if (event.at("cat") != "op") continue;
    EXPECT_FALSE(event.at("args").at("variant").get<std::string>().empty());
    EXPECT_FALSE(event.at("args").at("problem").get<std::string>().empty());
    ops += event.at("dur").get<double>();
  }
  const auto has = [](const std::set<std::string>& words, const std::string& start) {
    const auto word = words.lower_bound(start);
    return word != words.end() && word->starts_with(start);
  };
  for (const char* name : {"log_mel", "conv2d_", "gemm", "front end", "forward"}) {
    EXPECT_TRUE(has(names, name)) << name;
  }
  for (const char* layer : {"spec", "layer1", "layer7", "dense2"}) EXPECT_TRUE(has(layers, layer)) << layer;
  EXPECT_GT(ops, 0);
  EXPECT_LE(ops, wall.count());

  for (const char* text : {"op (variant)", "GFLOP/s", "of peak", "layer1", "measured peak"}) {
    EXPECT_NE(result.err.find(text), std::string::npos) << text << " is missing in\n" << result.err;
  }
}

TEST_F(Profile, AFileThatCannotBeWrittenIsAnErrorBeforeTheWork) {
  const fs::path nowhere = folder / "no such folder" / "trace.json";
  const auto result = run_sonograd({"tag", model, clip, "--profile", nowhere});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find(nowhere.string()), std::string::npos) << result.err;
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace sonograd
