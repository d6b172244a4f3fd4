// Files and names made to harm: what reaches the terminal, a spreadsheet, and the exit code.
#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "audio/encode.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"
#include "tests/fuzz/choices.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using fuzz::repeated;
using nlohmann::json;
using test::run_sonograd;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kEscape = "\x1b[2J\x1b]0;owned\a";

class Hostile : public testing::Test {
 protected:
  fs::path folder = test::temporary_folder("hostile");
  fs::path clip = sound("a.wav");

  fs::path sound(const std::string& name) const {
    audio::write_sound(folder / name, std::vector<float>(8000, 0.1f), 8000, audio::Encoding::wav_pcm16);
    return folder / name;
  }
  /// The small model with entries of its metadata changed.
  fs::path model(const std::function<void(std::map<std::string, std::string>&)>& change) const {
    io::TensorFile file = io::read_safetensors(test::small_model_file());
    change(file.metadata);
    io::write_safetensors(folder / "changed.safetensors", file);
    return folder / "changed.safetensors";
  }
  fs::path model_with_config(const std::string& key, const std::string& value) const {
    return model([&](auto& metadata) {
      json config = json::parse(metadata["config"]);
      config[key] = "@";
      std::string text = config.dump();
      const std::string quoted = concat('"', key, "\":\"@\"");
      metadata["config"] = text.replace(text.find(quoted), quoted.size(), concat('"', key, "\":", value));
    });
  }
};

void expect_plain(const std::string& text) {
  for (const char c : text) {
    ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
        << testing::PrintToString(text);
    ASSERT_NE(c, '\x7f') << testing::PrintToString(text);
  }
}

TEST_F(Hostile, LabelsAndNamesReachTheTerminalEscaped) {
  const fs::path file = model([](auto& metadata) {
    metadata["labels"] = json({kEscape, "=cmd|' /C calc'!A0", "@SUM(1)"}).dump();
  });
  const fs::path named = sound("b" + kEscape + ".wav");
  for (const char* format : {"--format=table", "--format=csv", "--format=tsv"}) {
    const auto result = run_sonograd({"tag", file, named, folder / ("absent" + kEscape), "--all", format});
    EXPECT_EQ(result.exit_code, 5) << result.err;
    expect_plain(result.out);
    expect_plain(result.err);
    EXPECT_THAT(result.out, HasSubstr(R"(\x1b[2J\x1b]0;owned\x07)"));
  }
  EXPECT_EQ(json::parse(run_sonograd({"tag", file, named, "--all", "--json"}).out)["tags"][0]["tag"], kEscape)
      << "JSON has a notation for every character";
}

TEST_F(Hostile, SpreadsheetsRunNoCell) {
  const fs::path file = model([](auto& metadata) {
    metadata["labels"] = json({"=cmd|' /C calc'!A0", "@SUM(1)", "-1.5e3"}).dump();
  });
  const std::string csv = run_sonograd({"tag", file, clip, "--all", "--format", "csv"}).out;
  EXPECT_THAT(csv, AllOf(HasSubstr(",'=cmd|' /C calc'!A0,"), HasSubstr(",'@SUM(1),"), HasSubstr(",-1.5e3,")));
  const std::string tsv = run_sonograd({"tag", file, clip, "--all", "--format", "tsv"}).out;
  EXPECT_THAT(tsv, AllOf(HasSubstr("\t'=cmd|' /C calc'!A0\t"), HasSubstr("\t'@SUM(1)\t")));
  EXPECT_THAT(run_sonograd({"tag", file, clip, "--all"}).out, HasSubstr("  =cmd|' /C calc'!A0 "))
      << "as it is";
}

TEST_F(Hostile, ErrorsAreEscapedAndOfSaneLength) {
  const fs::path weights = folder / "w.pth", out = folder / "out.safetensors";
  io::write_pth(weights, {{kEscape + std::string(100'000, 'n'), Tensor::zeros({2})}});
  const std::vector<std::vector<std::string>> commands = {
      {"convert", weights, out},
      {"convert", folder / (kEscape + ".pth"), out},
      {"tag", model([](auto& metadata) { metadata["arch"] = kEscape + std::string(1'000'000, 'x'); }), clip},
      {"tag", model_with_config("output", '"' + std::string(1'000'000, 'x') + '"'), clip},
      {"tag", test::small_model_file(), clip, "--aggregate", kEscape},
      {"train", "--out", folder / "run", "--arch", kEscape, "--data", folder}};
  for (const auto& command : commands) {
    const auto result = run_sonograd(command);
    EXPECT_NE(result.exit_code, 0);
    EXPECT_LT(result.exit_code, 128) << "a signal";
    expect_plain(result.err);
    EXPECT_FALSE(result.err.empty());
    EXPECT_LT(result.err.size(), 6000u) << command[0];
  }
}

TEST_F(Hostile, DepthIsRefusedByEveryReader) {
  for (const std::size_t depth : {65, 11'000, 200'000}) {
    const std::string deep = repeated("[", depth) + repeated("]", depth);
    const std::string objects = repeated(R"({"a":)", depth) + "1" + repeated("}", depth);
    for (const char* key : {"training", "metrics", "labels", "config"}) {
      for (const std::string& value : {deep, objects}) {
        const bool in_config = std::string(key) == "training";
        const fs::path file =
            in_config ? model_with_config(key, value) : model([&](auto& metadata) { metadata[key] = value; });
        const auto result = run_sonograd({"tag", file, clip});
        EXPECT_EQ(result.exit_code, 3) << key << depth << result.err;
        EXPECT_THAT(result.err, AllOf(HasSubstr(file.string()), HasSubstr("nests deeper than 64 levels")));
      }
    }
    const fs::path toml = folder / "settings.toml";
    for (const std::string& text :
         {"a = " + deep, repeated("a.", depth) + "a = 1", "[" + repeated("a.", depth) + "a]",
          "a = " + repeated("{a=", depth) + "1" + repeated("}", depth)}) {
      test::write_file(toml, text);
      const auto result = run_sonograd({"train", "--config", toml, "--print-config"});
      EXPECT_EQ(result.exit_code, 2) << depth << result.err;
      EXPECT_THAT(result.err, AllOf(HasSubstr("settings.toml: line 1"), HasSubstr("64 levels")));
    }
    test::write_file(folder / "timings.json", objects);
    EXPECT_EQ(run_sonograd({"bench", "compare", folder / "timings.json", folder / "timings.json"}).exit_code,
              4);
  }
}

TEST_F(Hostile, AValueOfAModelFileHasOneExitCode) {
  const std::vector<std::pair<std::string, std::string>> values = {
      {"chunks", "1000000000000"}, {"chunks", "-1"},
      {"chunks", "1e300"},         {"hop_samples", "1e300"},
      {"hop_samples", "-5"},       {"chunks", "0.5"},
      {"thresholds", "[1,2,3]"},   {"thresholds", "[1e300,0,0]"}};
  const fs::path data = test::tiny_data();
  for (const auto& [key, value] : values) {
    const fs::path file = model_with_config(key, value);
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"tag", file, clip},
             {"evaluate", file, "--data", data},
             {"convert", file, folder / "out.safetensors"},
             {"train", "--arch", "short_chunk_cnn", "--data", data, "--out", folder / "run", "--init", file,
              "--set", "model.channels=2", "--set", "front_end.sample_rate=8000", "--set",
              "front_end.f_max=4000", "--set", "model.samples=32768"}}) {
      const auto result = run_sonograd(command);
      EXPECT_EQ(result.exit_code, 3) << command[0] << ' ' << key << ' ' << value << result.err;
      EXPECT_THAT(result.err, AllOf(HasSubstr(file.string()), HasSubstr(key)));
    }
  }
}

// Taken by the range, refused by the network: the model is at fault, whatever file it is to score.
TEST_F(Hostile, AChunkLengthThatTheNetworkCannotTakeIsTheModelsFault) {
  const fs::path file = model([](auto& metadata) {
    json config = json::parse(metadata["config"]);
    config["model"]["samples"] = 256;
    metadata["config"] = config.dump();
  });
  const auto result = run_sonograd({"tag", file, clip});
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("model.samples = 256: expected at least 32512"));
}

TEST_F(Hostile, AValueOfACheckpointHasOneExitCode) {
  const fs::path run = folder / "run";
  ASSERT_EQ(run_sonograd(test::train_arguments(test::tiny_data(), run, "2")).exit_code, 0);
  const io::TensorFile saved = io::read_safetensors(run / "last.ckpt");
  const auto resume_with = [&](const std::function<void(json&)>& change) {
    io::TensorFile file = saved;
    json about = json::parse(file.metadata.at("sonograd_checkpoint"));
    change(about);
    file.metadata["sonograd_checkpoint"] = about.dump();
    io::write_safetensors(folder / "changed", file);
    fs::copy_file(folder / "changed", run / "last.ckpt", fs::copy_options::overwrite_existing);
    return run_sonograd({"train", "--resume", run});
  };
  for (const auto& [key, value] : std::vector<std::pair<const char*, json>>{{"batch", -1},
                                                                            {"epoch", 1e300},
                                                                            {"step", 1e12},
                                                                            {"examples", 7},
                                                                            {"threads", 0},
                                                                            {"threads", 1 << 30}}) {
    const auto result = resume_with([&](json& about) { about["state"][key] = value; });
    EXPECT_EQ(result.exit_code, 3) << key << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr((run / "last.ckpt").string()), HasSubstr(key)));
  }
  const auto model = resume_with([](json& about) {
    json config = json::parse(about["model"]["config"].get<std::string>());
    config["chunks"] = 1e12;
    about["model"]["config"] = config.dump();
  });
  EXPECT_EQ(model.exit_code, 3) << model.err;
  EXPECT_THAT(model.err, AllOf(HasSubstr("last.ckpt"), HasSubstr("chunks")));
}

TEST_F(Hostile, WeightsToStartFromThatAreNotFiniteAreRefusedByFile) {
  io::NamedTensors weights = io::read_safetensors(test::small_model_file()).tensors;
  const Tensor bias = weights.at("dense1.bias").clone();
  bias.data<float>()[0] = -HUGE_VALF;
  weights.set("dense1.bias", bias);
  const fs::path file = folder / "broken.safetensors";
  io::write_safetensors(file, {weights, {}});
  auto arguments = test::train_arguments(test::tiny_data(), folder / "run", "1");
  std::ranges::replace(arguments, std::string("model.channels=4"), std::string("model.channels=2"));
  arguments.insert(arguments.end(), {"--init", file});
  const auto result = run_sonograd(arguments);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr(file.string()), HasSubstr("dense1.bias: 1 of")));
}

TEST_F(Hostile, TrainingStartsFromWeightsInWrappers) {
  io::NamedTensors wrapped;
  for (const auto& [name, tensor] : io::read_safetensors(test::small_model_file()).tensors)
    wrapped.set("state_dict.model." + name, tensor);
  const fs::path weights = folder / "lightning.ckpt";
  io::write_pth(weights, wrapped);
  auto arguments = test::train_arguments(test::tiny_data(), folder / "run", "1");
  for (std::string& argument : arguments) {
    if (argument == "model.channels=4") argument = "model.channels=2";
  }
  arguments.insert(arguments.end(), {"--init", weights});
  const auto result = run_sonograd(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("the tensors are under 'state_dict.model.'"), Not(HasSubstr("are not used"))));
}

}  // namespace
}  // namespace sonograd
