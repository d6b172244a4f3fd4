#include <csignal>
#include <cstdio>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <unistd.h>

#include "tensor/support/error.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/tiny_training.h"
#include "tests/support/files.h"
#include "tests/support/model_files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;
using test::tiny_data;
using test::train_arguments;
using testing::HasSubstr;

std::vector<json> metrics_of(const fs::path& run) {
  std::vector<json> lines;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

TEST(Train, MakesARunThatEvaluatesAndTags) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_label");
  auto arguments = train_arguments(data, run, "20");
  arguments.insert(arguments.end(), {"--task", "label", "--set", "model.dropout=0"});
  const auto trained = run_sonograd(arguments);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_TRUE(trained.out.empty()) << "progress belongs to stderr";
  for (const char* file :
       {"config.toml", "split.tsv", "metrics.jsonl", "run.json", "best.safetensors", "last.ckpt"}) {
    EXPECT_TRUE(fs::exists(run / file)) << file;
  }
  const auto metrics = metrics_of(run);
  ASSERT_EQ(metrics.size(), 20u);
  for (const char* key : {"epoch", "step", "train_loss", "valid_loss", "valid_roc_auc", "valid_pr_auc",
                          "valid_accuracy", "lr", "seconds", "wait_share"}) {
    EXPECT_TRUE(metrics.back().contains(key)) << key;
  }
  EXPECT_LT(metrics.back()["train_loss"], metrics.front()["train_loss"]);

  const auto scores = json::parse(run_sonograd({"evaluate", run, "--data", data, "--json"}).out);
  EXPECT_EQ(scores["clips"], 6);
  EXPECT_EQ(scores["aggregate"], "mean");
  EXPECT_GE(scores["accuracy"].get<double>(), 5.0 / 6) << scores.dump();
  EXPECT_EQ(scores["tags"].size(), 3u);
  EXPECT_EQ(scores["tags"][1]["tag"], "low");
  EXPECT_EQ(scores["tags"][1]["support"], 2);

  const auto tagged = run_sonograd({"tag", run, data / "0.wav", "--json", "--top", "1"});
  EXPECT_EQ(json::parse(tagged.out)["tags"][0]["tag"], "high") << tagged.out;

  const auto again = run_sonograd(arguments);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_NE(again.err.find("--resume"), std::string::npos) << again.err;
}

TEST(Train, InterruptedAndResumedEqualsUninterrupted) {
  const fs::path data = tiny_data(), whole = test::temporary_path("run_whole"),
                 parts = test::temporary_path("run_parts");
  ASSERT_EQ(run_sonograd(train_arguments(data, whole, "40")).exit_code, 0);
  const auto stopped = test::run_sonograd_until(train_arguments(data, parts, "40"), SIGINT,
                                                [&] { return metrics_of(parts).size() >= 3; });
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_LT(metrics_of(parts).size(), 40u);
  const auto resumed = run_sonograd({"train", "--resume", parts});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  for (const char* file : {"best.safetensors", "last.ckpt", "split.tsv"}) {
    EXPECT_EQ(test::read_file(whole / file), test::read_file(parts / file)) << file;
  }
  EXPECT_EQ(metrics_of(parts).size(), 40u);
}

TEST(Train, UnreadableClipsAreSkippedAndListed) {
  const fs::path data = tiny_data("missing.wav\tlow\tlow\ttrain\t1\t99\n");
  const auto result = run_sonograd(train_arguments(data, test::temporary_path("run_missing"), "1"));
  EXPECT_EQ(result.exit_code, 5) << result.err;
  EXPECT_NE(result.err.find("missing.wav"), std::string::npos) << result.err;
}

TEST(Train, NamesSkippedClipsEvenWhenQuietAndSumsUp) {
  const fs::path data = tiny_data("missing.wav\tlow\tlow\ttrain\t1\t99\n"),
                 run = test::temporary_path("run_quiet");
  auto arguments = train_arguments(data, run, "2");
  arguments.insert(arguments.end(), {"-q", "--json"});
  const auto result = run_sonograd(arguments);
  EXPECT_EQ(result.exit_code, 5) << result.err;
  EXPECT_NE(result.err.find("skipped missing.wav"), std::string::npos) << result.err;
  const json summary = json::parse(result.out);
  EXPECT_EQ(summary["out"], run.string());
  EXPECT_EQ(summary["epochs"], 2);
  const auto best = metrics_of(run).at(summary["best_epoch"].get<std::size_t>() - 1);
  EXPECT_EQ(summary["best_loss"], best["valid_loss"]);
  EXPECT_EQ(summary["roc_auc"], best["valid_roc_auc"]);
  EXPECT_EQ(summary["unreadable"][0]["path"], "missing.wav");
}

TEST(Train, ResumeTakesNoSettingsAndPrintsThoseOfTheRun) {
  const fs::path run = test::temporary_path("run_kept");
  auto arguments = train_arguments(tiny_data(), run, "1");
  arguments.insert(arguments.end(), {"--kernel", "conv2d_forward=reference", "--kernels", "default"});
  ASSERT_EQ(run_sonograd(arguments).exit_code, 0);
  const auto printed = run_sonograd({"train", "--resume", run, "--print-config"});
  EXPECT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(printed.out, test::read_file(run / "config.toml"));
  EXPECT_NE(printed.out.find("conv2d_forward=reference"), std::string::npos) << printed.out;
  for (const std::vector<std::string>& more : {std::vector<std::string>{"--config", "x.toml"},
                                               {"--kernels", "fastest"},
                                               {"--set", "optim.lr=1"},
                                               {"--kernel", "conv2d_forward=onednn"},
                                               {"--out", "other"}}) {
    std::vector<std::string> resume = {"train", "--resume", run};
    resume.insert(resume.end(), more.begin(), more.end());
    const auto refused = run_sonograd(resume);
    EXPECT_EQ(refused.exit_code, 2) << more[0] << refused.err;
  }
  const auto ignored =
      run_sonograd({"train", "--resume", run}, [] { setenv("SONOGRAD_TRAIN_SEED", "7", 1); });
  EXPECT_EQ(ignored.exit_code, 0) << "a run keeps its settings: " << ignored.err;
}

TEST(Train, ResumeTakesThePlaceOfADataSetThatHasMoved) {
  const fs::path data = tiny_data(), moved = test::temporary_path("moved"),
                 run = test::temporary_path("run_moved");
  fs::remove_all(moved);
  const auto stopped = test::run_sonograd_until(train_arguments(data, run, "1000"), SIGTERM,
                                                [&] { return fs::exists(run / "last.ckpt"); });
  ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
  test::write_file(run / "config.toml", std::regex_replace(test::read_file(run / "config.toml"),
                                                           std::regex("epochs = 1000"), "epochs = 1"));
  fs::rename(data, moved);
  const auto lost = run_sonograd({"train", "--resume", run});
  EXPECT_EQ(lost.exit_code, 4);
  EXPECT_NE(
      lost.err.find(data.string() + ": the data set of the run is not there; give its place with --data"),
      std::string::npos)
      << lost.err;
  const fs::path other = tiny_data();
  test::write_file(other / "labels.tsv",
                   std::regex_replace(test::read_file(other / "labels.tsv"), std::regex("0.wav\thigh\thigh"),
                                      "0.wav\tlow\tlow", std::regex_constants::format_first_only));
  const auto refused = run_sonograd({"train", "--resume", run, "--data", other});
  EXPECT_EQ(refused.exit_code, 4);
  EXPECT_NE(refused.err.find("the clips or their labels are not those of"), std::string::npos) << refused.err;
  const auto found = run_sonograd({"train", "--resume", run, "--data", moved});
  EXPECT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(run_sonograd({"train", "--resume", run}).exit_code, 0);
}

TEST(Train, SaysWhichDeviceTheConfigurationChose) {
  const fs::path data = tiny_data();
  const auto result = run_sonograd(train_arguments(data, test::temporary_path("run_environment"), "1"),
                                   [] { setenv("SONOGRAD_TRAIN_DEVICE", "cpu", 1); });
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err.find("device:"), std::string::npos) << "--device auto was not given: " << result.err;
}

TEST(Train, HelpTellsRangesDefaultsAndVariables) {
  const auto help = run_sonograd({"train", "--help"}).out;
  for (const char* text :
       {"1 to 65536 clips", "mtt,musicnn", "=30", "SONOGRAD_TRAIN_THREADS", "130 interrupted"}) {
    EXPECT_NE(help.find(text), std::string::npos) << text << help;
  }
}

TEST(Train, PrintConfigRefusesModelOptionsOutOfRange) {
  const auto refused = run_sonograd({"train", "--set", "model.channels=-1", "--print-config"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_NE(refused.err.find(" to 4096"), std::string::npos) << refused.err;
  EXPECT_EQ(run_sonograd({"train", "--set", "model.channels=wide", "--print-config"}).exit_code, 2);
}

TEST(Train, MoreThanATenthUnreadableStopsBeforeTheFirstStep) {
  const fs::path data = tiny_data();
  for (int i = 0; i < 6; ++i) test::write_file(data / concat(i, ".wav"), "no sound");
  const fs::path run = test::temporary_path("run_unreadable");
  EXPECT_EQ(run_sonograd(train_arguments(data, run, "1")).exit_code, 4);
  EXPECT_FALSE(fs::exists(run));
}

TEST(Train, UsageAndDataErrors) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_errors");
  const auto with = [&](std::vector<std::string> more) {
    auto arguments = train_arguments(data, run, "1");
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_sonograd(arguments);
  };
  EXPECT_EQ(with({"--split", "artist=3"}).exit_code, 2);
  EXPECT_EQ(with({"--set", "optim.lrr=1"}).exit_code, 2);
  EXPECT_EQ(with({"--set", "optim.lr=-1"}).exit_code, 2);
  EXPECT_EQ(with({"--set", "model.width=7"}).exit_code, 2);
  EXPECT_EQ(with({"--task", "genre"}).exit_code, 2);
  EXPECT_EQ(with({"--device", "cuda:0"}).exit_code, 6);
  const auto typo = with({"--set", "optim.learning_rate=1"});
  EXPECT_NE(typo.err.find("optim.learning_rate"), std::string::npos) << typo.err;
  EXPECT_EQ(run_sonograd({"train", "--resume", run}).exit_code, 2);
  EXPECT_EQ(
      run_sonograd({"train", "--arch", "short_chunk_cnn", "--data", data / "absent", "--out", run}).exit_code,
      4);

  const fs::path ragged = tiny_data("x.wav\tlow\n");
  const auto malformed = run_sonograd(train_arguments(ragged, run, "1"));
  EXPECT_EQ(malformed.exit_code, 4);
  EXPECT_NE(malformed.err.find("labels.tsv:32"), std::string::npos) << malformed.err;
  EXPECT_FALSE(fs::exists(run));
}

TEST(Train, PrintConfigListsEveryKeyAndReadsBack) {
  const auto printed =
      run_sonograd({"train", "--print-config", "--arch", "fcn", "--set", "optim.lr=0.00012"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_NE(printed.out.find("lr = 0.00012"), std::string::npos) << printed.out;
  EXPECT_NE(printed.out.find("freq_masks"), std::string::npos);
  const fs::path file = test::temporary_path("printed.toml");
  test::write_file(file, printed.out);
  EXPECT_EQ(run_sonograd({"train", "--print-config", "--config", file}).out, printed.out);
}

TEST(Evaluate, WrongModelForTheData) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_tags");
  auto arguments = train_arguments(data, run, "1");
  ASSERT_EQ(run_sonograd(arguments).exit_code, 0);
  const fs::path other = tiny_data();
  test::write_file(other / "labels.tsv", "path\ttags\n0.wav\tcello\n1.wav\tharp\n");
  const auto none = run_sonograd({"evaluate", run / "best.safetensors", "--data", other});
  EXPECT_THAT(none.err, testing::StartsWith("sonograd: ")) << "no device before an error";
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_THAT(none.err,
              HasSubstr("none of the model's 4 labels (high, low, noise and 1 more) occurs in the test "
                        "clips of "));
  EXPECT_THAT(none.err, HasSubstr("labels.tsv, which have cello and harp\n"));
  test::write_file(other / "labels.tsv", "path\ttags\n0.wav\thigh\n1.wav\tlow\n");
  const auto some = run_sonograd({"evaluate", run / "best.safetensors", "--data", other});
  EXPECT_EQ(some.exit_code, 0);
  EXPECT_THAT(some.err,
              HasSubstr("warning: 2 of 4 labels have one class only and are not in the means; no clip "
                        "has noise and tonal\n"));
  test::write_file(other / "labels.tsv", "path\tlabel\n0.wav\tcello\n");
  EXPECT_EQ(run_sonograd({"evaluate", run / "best.safetensors", "--data", other}).exit_code, 3);

  const auto all = json::parse(run_sonograd({"evaluate", run / "best.safetensors", "--data", data, "--json",
                                             "--split", "fold=2", "--chunks", "3", "--aggregate", "max"})
                                   .out);
  EXPECT_EQ(all["clips"], 6);
  EXPECT_EQ(all["aggregate"], "max");
  EXPECT_FALSE(all.contains("accuracy"));
}

TEST(Evaluate, TotalsAreTheFirstRow) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_totals");
  auto arguments = train_arguments(data, run, "1");
  arguments.insert(arguments.end(), {"--task", "label"});
  ASSERT_EQ(run_sonograd(arguments).exit_code, 0);
  const auto scores = json::parse(run_sonograd({"evaluate", run, "--data", data, "--json"}).out);
  std::istringstream in(run_sonograd({"evaluate", run, "--data", data, "--format", "csv"}).out);
  std::string header, all;
  std::getline(in, header), std::getline(in, all);
  EXPECT_EQ(header, "tag,support,ROC-AUC,PR-AUC,F1,accuracy,F1 fitted,threshold");
  EXPECT_TRUE(all.starts_with("all,6,")) << all;
  ASSERT_TRUE(all.ends_with(",,")) << all << ": a class has no threshold";
  all.resize(all.size() - 2);
  EXPECT_NEAR(std::stod(all.substr(all.rfind(',') + 1)), scores["accuracy"].get<double>(), 1e-4) << all;
  EXPECT_TRUE(scores["f1_fitted"].is_null());
  int rows = 0;
  for (std::string line; std::getline(in, line); ++rows) EXPECT_TRUE(line.ends_with(",,,")) << line;
  EXPECT_EQ(rows, 3);
}

TEST(Evaluate, FittedThresholdsStandBesideOneHalf) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_fitted");
  ASSERT_EQ(run_sonograd(train_arguments(data, run, "2")).exit_code, 0);
  const std::vector<double> thresholds = test::thresholds_in(run / "best.safetensors");
  const auto scores = json::parse(run_sonograd({"evaluate", run, "--data", data, "--json"}).out);
  ASSERT_EQ(thresholds.size(), scores["tags"].size());
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    EXPECT_EQ(scores["tags"][i]["threshold"], thresholds[i]);
    if (scores["tags"][i]["f1_fitted"].is_null()) continue;
    sum += scores["tags"][i]["f1_fitted"].get<double>(), count += 1;
  }
  ASSERT_GT(count, 0);
  EXPECT_NEAR(scores["f1_fitted"].get<double>(), sum / count, 1e-12);
  const std::string table = run_sonograd({"evaluate", run, "--data", data}).out;
  EXPECT_NE(table.find("F1 fitted"), std::string::npos) << table;
  EXPECT_NE(table.find(" with the thresholds of the model"), std::string::npos) << table;

  // Thresholds of one half give the F1 of one half.
  test::set_thresholds(run / "best.safetensors", std::vector<double>(thresholds.size(), 0.5));
  const auto halves = json::parse(run_sonograd({"evaluate", run, "--data", data, "--json"}).out);
  EXPECT_EQ(halves["f1_fitted"], halves["f1"]);
}

TEST(Evaluate, OtherDataThanTheRunsNeedTheirSplit) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_other");
  ASSERT_EQ(run_sonograd(train_arguments(data, run, "1")).exit_code, 0);
  const fs::path other = tiny_data();
  test::write_file(other / "labels.tsv", "path\ttags\n0.wav\thigh\n1.wav\tlow\n2.wav\tnoise\n");
  const auto without = run_sonograd({"evaluate", run, "--data", other});
  EXPECT_EQ(without.exit_code, 4);
  EXPECT_NE(without.err.find("--split all"), std::string::npos) << without.err;
  const auto all = run_sonograd({"evaluate", run, "--data", other, "--split", "all", "--json"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(json::parse(all.out)["clips"], 3);
}

TEST(Train, QuietRunsReportWeightsThatFitInPartToo) {
  const fs::path data = tiny_data(), tags = test::temporary_path("run_four"),
                 run = test::temporary_path("run_three");
  ASSERT_EQ(run_sonograd(train_arguments(data, tags, "1")).exit_code, 0);
  auto arguments = train_arguments(data, run, "1");
  arguments.insert(arguments.end(), {"--task", "label", "--init", tags / "best.safetensors", "-q"});
  const auto result = run_sonograd(arguments);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err,
              testing::MatchesRegex("warning: [^\n]*best.safetensors: 2 of [0-9]+ tensors keep their initial "
                                    "value .other extents: dense2[^\n]*\n"));
}

TEST(Train, InputsThatCannotBeReadAndWeightsThatAreNone) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_inputs");
  const auto with = [&](std::vector<std::string> more) {
    auto arguments = train_arguments(data, run, "1");
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_sonograd(arguments).exit_code;
  };
  const fs::path none = test::temporary_path("none.pth"), text = test::write_file("text.pth", "no weights");
  EXPECT_EQ(with({"--init", none}), 4);
  EXPECT_EQ(with({"--labels", none}), 4);
  EXPECT_EQ(with({"--config", none}), 4);
  EXPECT_EQ(with({"--init", text}), 3);
  EXPECT_EQ(with({"--labels", "-"}), 2);
  EXPECT_EQ(with({"--out", "-"}), 2);
  EXPECT_FALSE(fs::exists(run));
}

TEST(Train, LabelsOfAPublishedListKeepTheirOrder) {
  const fs::path data = tiny_data("guitar.wav\tlow\tguitar\ttrain\t1\t99\n");
  fs::copy_file(data / "0.wav", data / "guitar.wav");
  const fs::path run = test::temporary_path("run_list");
  auto arguments = train_arguments(data, run, "1");
  arguments.insert(arguments.end(), {"--labels", "mtat"});
  ASSERT_EQ(run_sonograd(arguments).exit_code, 0);
  const auto tagged = run_sonograd({"tag", run, data / "0.wav", "--json", "--all"});
  EXPECT_EQ(json::parse(tagged.out)["tags"].size(), 50u);
  EXPECT_EQ(json::parse(tagged.out)["tags"][0]["tag"], "guitar");
}

TEST(Train, ConfigFromStdin) {
  const fs::path file = test::write_file("stdin.toml", "[optim]\nlr = 0.00012\n");
  const auto result = run_sonograd({"train", "--print-config", "--arch", "fcn", "--config", "-"}, [&] {
    if (std::freopen(file.c_str(), "r", stdin) == nullptr) _exit(97);
  });
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("lr = 0.00012"), std::string::npos) << result.out;
}

TEST(Evaluate, CountsWhatTheModelDoesNotKnowAndKeepsTheCache) {
  const fs::path data = tiny_data(), run = test::temporary_path("run_unknown");
  ASSERT_EQ(run_sonograd(train_arguments(data, run, "1")).exit_code, 0);
  const auto cached = [] {
    std::size_t entries = 0;
    for (const auto& entry : fs::recursive_directory_iterator(test::cache_home()))
      entries += entry.path().extension() == ".pcm";
    return entries;
  };
  const std::size_t before = cached();
  test::write_file(data / "labels.tsv", "path\ttags\n0.wav\thigh,cello\n1.wav\tlow,harp\n");
  const auto result =
      run_sonograd({"evaluate", run / "best.safetensors", "--data", data, "--json", "--cache-max", "0"});
  EXPECT_EQ(json::parse(result.out)["left_out"], json({{"clips", 0}, {"labels", 2}}));
  EXPECT_NE(result.err.find("2 tags of the data not used: cello and harp"), std::string::npos) << result.err;
  EXPECT_EQ(cached(), before);
}

}  // namespace
}  // namespace sonograd
