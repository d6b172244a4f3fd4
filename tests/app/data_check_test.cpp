#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/app/run_sonograd.h"
#include "tests/app/tiny_training.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using nlohmann::json;
using test::run_sonograd;
using test::tiny_data;

TEST(DataCheck, CountsClipsLabelsAndSeconds) {
  const auto result = run_sonograd({"data", "check", tiny_data(), "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json found = json::parse(result.out);
  EXPECT_EQ(found["clips"], 30);
  EXPECT_EQ(found["task"], "tags");
  EXPECT_EQ(found["splits"], json({{"train", 18}, {"valid", 6}, {"test", 6}}));
  EXPECT_EQ(found["labels"][3], json({{"label", "tonal"}, {"train", 12}, {"valid", 4}, {"test", 4}}));
  EXPECT_DOUBLE_EQ(found["seconds"], 30);
  EXPECT_EQ(found["sample_rates"], json({{{"hz", 8000}, {"clips", 30}}}));
  EXPECT_EQ(found["unreadable"], json::array());
}

TEST(DataCheck, ListsClipsThatCannotBeUsed) {
  const auto data = tiny_data("missing.wav\tlow\tlow\ttrain\t1\t99\n");
  test::write_file(data / "4.wav", "no sound");
  const auto result = run_sonograd({"data", "check", data, "--task", "label"});
  EXPECT_EQ(result.exit_code, 5);
  EXPECT_NE(result.err.find("unreadable missing.wav"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("unreadable 4.wav"), std::string::npos) << result.err;
  EXPECT_NE(result.out.find("clips 31"), std::string::npos) << result.out;
  for (int i = 0; i < 3; ++i) test::write_file(data / concat(i, ".wav"), "no sound");
  EXPECT_EQ(run_sonograd({"data", "check", data, "--format", "tsv"}).exit_code, 4);
}

TEST(DataCheck, NamesFloatFilesAtTheScaleOfIntegers) {
  const auto data = tiny_data();
  std::vector<float> samples(8000);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i % 200) * 160 - 16000;
  audio::write_sound(data / "3.wav", samples, 8000, audio::Encoding::wav_float);
  const auto result = run_sonograd({"data", "check", data});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("warning: 3.wav: samples of up to 16000"), std::string::npos) << result.err;
}

TEST(DataCheck, CountsSetsThatAreTooSmallToTrain) {
  const auto data = tiny_data();
  const auto check = [&](const std::string& rows, const std::vector<std::string>& more = {}) {
    test::write_file(data / "labels.tsv", rows);
    std::vector<std::string> arguments = {"data", "check", data, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run_sonograd(arguments);
    const bool is_empty = result.err.find("split is empty") != std::string::npos;
    EXPECT_EQ(result.exit_code, is_empty ? 4 : 0) << result.err;
    json found = json::parse(result.out);
    found["err"] = result.err;
    return found;
  };
  const auto sum = [](const json& found) {
    return found["splits"]["train"].get<int>() + found["splits"]["valid"].get<int>() +
           found["splits"]["test"].get<int>();
  };
  const std::string warning = "split is empty";
  for (const auto& [rows, clips] :
       {std::pair("path\tlabel\n0.wav\ta\n", 1), std::pair("path\tlabel\n0.wav\ta\n1.wav\tb\n", 2)}) {
    const json found = check(rows);
    EXPECT_EQ(found["clips"], clips);
    EXPECT_EQ(sum(found), clips);
    EXPECT_NE(found["err"].get<std::string>().find(warning), std::string::npos) << found;
  }
  const json parts = check("path\tlabel\tsplit\n0.wav\ta\ttrain\n1.wav\tb\ttrain\n2.wav\tb\ttest\n");
  EXPECT_EQ(parts["splits"], json({{"train", 2}, {"valid", 0}, {"test", 1}}));
  EXPECT_NE(parts["err"].get<std::string>().find("the valid split is empty; --valid none trains without one"),
            std::string::npos)
      << parts;
  const json without = check("path\tlabel\tsplit\n0.wav\ta\ttrain\n1.wav\tb\ttest\n", {"--valid", "none"});
  EXPECT_EQ(without["err"].get<std::string>().find(warning), std::string::npos) << without;
}

TEST(DataCheck, NamesLabelsOfOneClass) {
  const auto data = tiny_data();
  test::write_file(
      data / "labels.tsv",
      "path\ttags\tsplit\n0.wav\ta,b\ttrain\n1.wav\tb\ttrain\n2.wav\ta\tvalid\n3.wav\ta\ttest\n");
  const auto result = run_sonograd({"data", "check", data});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("1 label with one class only in the train split: b"), std::string::npos)
      << result.err;
}

TEST(DataCheck, RefusesWhatTrainingRefuses) {
  EXPECT_EQ(run_sonograd({"data", "check", tiny_data("x.wav\tlow\n")}).exit_code, 4);
  EXPECT_EQ(run_sonograd({"data", "check", tiny_data(), "--split", "artist=3"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"data", "check", test::temporary_path("absent")}).exit_code, 4);
}

// Twenty clips and a table of them.
std::filesystem::path spreadsheet(const std::string& header, const std::function<std::string(int)>& cell) {
  const auto data = tiny_data();
  std::string table = "path\t" + header + "\n";
  for (int i = 0; i < 20; ++i) table += concat(i, ".wav\t", cell(i), '\n');
  test::write_file(data / "labels.tsv", table);
  return data;
}

TEST(DataCheck, ReadsQuotedCellsOfASpreadsheet) {
  const auto data = spreadsheet("tags", [](int) { return "\"rock,voice\""; });
  const auto result = run_sonograd({"data", "check", data, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json labels = json::parse(result.out)["labels"];
  ASSERT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels[0]["label"], "rock");
  EXPECT_EQ(labels[1]["label"], "voice");
}

TEST(DataCheck, LabelsWithABlankAreOneClass) {
  const auto data = spreadsheet("label", [](int i) { return i % 2 == 0 ? "rock" : "rock "; });
  const auto result = run_sonograd({"data", "check", data, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out)["labels"].size(), 1u);
  const auto other = spreadsheet("label", [](int i) { return i % 2 == 0 ? "rock" : "rock\u00a0"; });
  EXPECT_NE(run_sonograd({"data", "check", other}).err.find("look alike"), std::string::npos);
}

TEST(DataCheck, PassesHiddenFoldersOver) {
  const auto clips = tiny_data(), data = test::temporary_folder("hidden");
  for (int i = 0; i < 12; ++i) {
    const auto folder = data / (i % 2 == 0 ? "rock" : "jazz");
    std::filesystem::create_directories(folder / ".ipynb_checkpoints");
    std::filesystem::copy_file(clips / concat(i, ".wav"), folder / concat(i, ".wav"));
    std::filesystem::copy_file(clips / concat(i, ".wav"),
                               folder / ".ipynb_checkpoints" / concat(i, "-checkpoint.wav"));
    test::write_file(data / "__MACOSX" / folder.filename() / concat("._", i, ".wav"), "Mac OS X");
  }
  const auto result = run_sonograd({"data", "check", data, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json found = json::parse(result.out);
  EXPECT_EQ(found["clips"], 12);
  EXPECT_EQ(found["labels"].size(), 2u);
}

}  // namespace
}  // namespace sonograd
