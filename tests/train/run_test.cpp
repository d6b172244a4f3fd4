#include "train/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/core/weights.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tests/train/tiny_run.h"
#include "train/config.h"
#include "train/data_error.h"
#include "train/evaluator.h"
#include "train/recipe.h"
#include "train/run_folder.h"
#include "train/text.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RunTest : public testing::Test {
 protected:
  RunTest() : folder_(test_folder()), settings_(tiny_run(folder_)) {}

  fs::path path(const std::string& name) const { return folder_ / name; }
  RunResult start(const std::string& name, TestObserver&& observer = {}) {
    const RunResult result = start_run(settings_, path(name), request_, observer);
    observer_ = std::move(observer);
    return result;
  }
  RunResult resume(const std::string& name, TestObserver&& observer = {}, int threads = 0) {
    const RunResult result = resume_run(path(name), threads, request_, observer);
    observer_ = std::move(observer);
    return result;
  }
  static TestObserver stop_after(std::int64_t steps) {
    TestObserver observer;
    observer.stop_after_steps = steps;
    return observer;
  }

  /// The lines of metrics.jsonl without what depends on the clock.
  std::vector<nlohmann::json> metrics(const std::string& name) const {
    const std::string text = read_text_file(path(name) / "metrics.jsonl");
    std::vector<nlohmann::json> lines;
    for (const std::string_view line : text_lines(text)) {
      if (line.empty()) continue;
      lines.push_back(nlohmann::json::parse(line));
      lines.back().erase("seconds");
      lines.back().erase("wait_share");
    }
    return lines;
  }
  void expect_same_files(const std::string& a, const std::string& b) const {
    for (const char* const file : {"best.safetensors", "last.ckpt", "split.tsv", "config.toml"}) {
      EXPECT_TRUE(read_text_file(path(a) / file) == read_text_file(path(b) / file)) << file;
    }
    EXPECT_EQ(metrics(a), metrics(b));
  }

  fs::path folder_;
  Settings settings_;
  RunRequest request_{"sonograd train --data x", "1.2.3"};
  TestObserver observer_;
};

TEST_F(RunTest, LearnsToTellSoundsApart) {
  settings_.train.epochs = 12;
  const RunResult result = start("run");
  EXPECT_TRUE(result.finished);
  EXPECT_EQ(result.epochs, 12);
  EXPECT_THAT(result.unreadable, IsEmpty());
  ASSERT_THAT(observer_.epochs, SizeIs(12));
  EXPECT_EQ(observer_.epochs.back().valid_accuracy, 1.0);
  EXPECT_LT(observer_.epochs.back().train_loss, observer_.epochs.front().train_loss / 2);
  EXPECT_EQ(result.best_loss, observer_.epochs[static_cast<std::size_t>(result.best_epoch - 1)].valid_loss);

  models::Model model = models::load_model(path("run") / "best.safetensors");
  EXPECT_THAT(model.about.labels, ElementsAre("high", "low", "noise"));
  EXPECT_EQ(model.about.pcm, models::Pcm::int16);
  EXPECT_EQ(model.about.output, models::Output::softmax);
  EXPECT_EQ(model.about.training["seed"], 3);
  EXPECT_EQ(model.about.training["epoch"], result.best_epoch);
  EXPECT_EQ(model.about.metrics["valid"]["loss"], *result.best_loss);

  const Dataset data = Dataset::open(settings_, RunFolder(path("run")).split());
  const ClipReader reader(kTestRate, model.about.pcm, nullptr);
  const auto evaluation =
      evaluate(model, data.clips(data.split.test), reader,
               {.rule = ChunkRule::of(model.about), .device = {}, .loss = {}, .progress = {}});
  ASSERT_TRUE(evaluation);
  EXPECT_EQ(evaluation->clips(), 6u);
  EXPECT_EQ(evaluation->accuracy(), 1.0);
  EXPECT_EQ(evaluation->roc_auc(), 1.0);
  EXPECT_EQ(evaluation->f1(), 1.0);
}

TEST_F(RunTest, WritesOneLineAnEpochInTheAgreedOrder) {
  start("run");
  const std::string text = read_text_file(path("run") / "metrics.jsonl");
  const auto lines = text_lines(text);
  const auto line = nlohmann::ordered_json::parse(lines.at(1));
  std::vector<std::string> keys;
  for (const auto& [key, value] : line.items()) keys.push_back(key);
  EXPECT_THAT(keys, ElementsAre("epoch", "step", "train_loss", "valid_loss", "valid_roc_auc", "valid_pr_auc",
                                "valid_accuracy", "lr", "seconds", "wait_share"));
  EXPECT_EQ(line["epoch"], 2);
  EXPECT_EQ(line["step"], 6);
  EXPECT_THAT(metrics("run"), SizeIs(3));
}

TEST_F(RunTest, RecordsCommandClipsAndSessions) {
  start("run", stop_after(2));
  resume("run");
  const auto record = nlohmann::json::parse(read_text_file(path("run") / "run.json"));
  ASSERT_THAT(record["sessions"], SizeIs(2));
  EXPECT_EQ(record["sessions"][0]["outcome"], "stopped");
  EXPECT_EQ(record["sessions"][0]["steps"], 2);
  EXPECT_EQ(record["sessions"][1]["outcome"], "finished");
  EXPECT_EQ(record["sessions"][1]["command"], request_.command);
  EXPECT_EQ(record["sessions"][1]["threads"], 1);
  EXPECT_EQ(record["sessions"][1]["unreadable"], nlohmann::json::array());
}

TEST_F(RunTest, EqualRunsGiveEqualFilesWithoutClockOrPath) {
  start("a");
  start("b");
  expect_same_files("a", "b");
  for (const char* const file : {"best.safetensors", "last.ckpt"}) {
    EXPECT_THAT(read_text_file(path("a") / file), testing::Not(HasSubstr(folder_.string()))) << file;
  }
  settings_.train.seed = 4;
  start("c");
  EXPECT_FALSE(read_text_file(path("a") / "last.ckpt") == read_text_file(path("c") / "last.ckpt"));
}

TEST_F(RunTest, StoppedAnywhereAndResumedEndsWithTheSameBytes) {
  settings_.augment.mixup = 0.3;
  start("whole");
  for (const std::int64_t steps : {1, 3, 4, 8}) {
    const std::string name = concat("stopped", steps);
    EXPECT_FALSE(start(name, stop_after(steps)).finished);
    EXPECT_THAT(observer_.steps, SizeIs(steps));
    EXPECT_TRUE(resume(name).finished);
    expect_same_files("whole", name);
  }
}

TEST_F(RunTest, StoppedManyTimesAndInValidationEndsWithTheSameBytes) {
  start("whole");
  TestObserver in_validation;
  in_validation.stop_in_validation = 2;
  EXPECT_FALSE(start("run", std::move(in_validation)).finished);
  EXPECT_THAT(metrics("run"), SizeIs(1));
  for (int session = 0; session < 3; ++session) resume("run", stop_after(1));
  EXPECT_TRUE(observer_.steps.size() == 1u);
  resume("run");
  expect_same_files("whole", "run");
}

TEST_F(RunTest, GoesBackToTheCheckpointWhenKilledAfterIt) {
  start("whole");
  start("run", stop_after(4));
  // What a later, killed session may have left: a line and a model of an epoch that the checkpoint does not
  // know.
  write_text(path("run") / "metrics.jsonl",
             read_text_file(path("run") / "metrics.jsonl") + "{\"epoch\":2}\n{\"ep");
  fs::copy_file(path("whole") / "best.safetensors", path("run") / "best.safetensors",
                fs::copy_options::overwrite_existing);
  resume("run");
  expect_same_files("whole", "run");
}

TEST_F(RunTest, StartsAgainWithoutACheckpoint) {
  start("whole");
  start("run", stop_after(2));
  fs::remove(path("run") / "last.ckpt");
  EXPECT_TRUE(resume("run").finished);
  expect_same_files("whole", "run");
}

TEST_F(RunTest, LeavesAFinishedRunAsItIs) {
  start("run");
  const std::string before = read_text_file(path("run") / "last.ckpt");
  EXPECT_TRUE(resume("run").finished);
  EXPECT_THAT(observer_.steps, IsEmpty());
  EXPECT_TRUE(read_text_file(path("run") / "last.ckpt") == before);
}

TEST_F(RunTest, RefusesAnExistingFolderAndNamesResume) {
  fs::create_directories(path("run"));
  EXPECT_THAT(message_of<ConfigError>([&] { start("run"); }), HasSubstr("--resume"));
}

TEST_F(RunTest, ResumesWithTheRecordedThreadsOnly) {
  start("run", stop_after(1));
  EXPECT_THAT(message_of<ConfigError>([&] { resume("run", {}, 2); }), HasSubstr("1 thread"));
  EXPECT_TRUE(resume("run", {}, 1).finished);
}

TEST_F(RunTest, RefusesToResumeOnOtherData) {
  start("run", stop_after(1));
  const fs::path table = path("data") / "labels.tsv";
  std::string text = read_text_file(table);
  const std::size_t at = text.find("low\tlow,tone");
  write_text(table, text.replace(at, 3, "high"));
  EXPECT_THROW(resume("run"), DataError);
}

TEST_F(RunTest, KeepsTheLastEpochWithoutValidation) {
  settings_.data.valid = "none";
  const RunResult result = start("run");
  EXPECT_EQ(result.best_epoch, 3);
  EXPECT_EQ(result.best_loss, std::nullopt);
  const auto best = io::read_safetensors(path("run") / "best.safetensors");
  const auto last = io::read_safetensors(path("run") / "last.ckpt");
  for (const auto& [name, tensor] : best.tensors) {
    const Tensor& other = last.tensors.at("model." + name);
    EXPECT_EQ(std::memcmp(tensor.view().pointer, other.view().pointer, tensor.bytes()), 0) << name;
  }
  EXPECT_TRUE(metrics("run").back()["valid_loss"].is_null());
  start("stopped", stop_after(5));
  resume("stopped");
  expect_same_files("run", "stopped");
}

TEST_F(RunTest, StopsEarlyWhenNothingImproves) {
  settings_.train.epochs = 20;
  settings_.train.patience = 2;
  settings_.train.min_epochs = 4;
  settings_.optim.lr = 1e-12;
  const RunResult result = start("run");
  EXPECT_TRUE(result.finished);
  EXPECT_GE(result.epochs, 4);
  EXPECT_LT(result.epochs, 20);
  EXPECT_GE(result.epochs - result.best_epoch, 2);
}

TEST_F(RunTest, FollowsTheSotaPhasesAndResumesInThem) {
  for (const Assignment& each : recipe_assignments("sota")) assign(settings_, each);
  settings_.train.epochs = 5;  // Adam for two, SGD for the rest
  settings_.eval.chunks = 2;
  start("whole");
  std::vector<double> rates;
  for (const EpochReport& epoch : observer_.epochs) rates.push_back(epoch.lr);
  EXPECT_THAT(rates, ElementsAre(1e-4, 1e-4, 1e-3, testing::DoubleEq(1e-5), testing::DoubleEq(1e-5)));
  for (const std::int64_t steps : {5, 6, 8}) {
    const std::string name = concat("stopped", steps);
    start(name, stop_after(steps));
    resume(name);
    expect_same_files("whole", name);
  }
}

TEST_F(RunTest, TrainsOnTagsWithThresholds) {
  settings_.data.task = "tags";
  settings_.train.epochs = 12;
  settings_.loss.mse_tags = {"tone"};
  settings_.train.label_weights = "balanced";
  settings_.train.label_smoothing = 0.05;
  start("run");
  EXPECT_GT(*observer_.epochs.back().valid_roc_auc, 0.85);
  EXPECT_LT(*observer_.epochs.back().valid_loss, *observer_.epochs.front().valid_loss);
  EXPECT_EQ(observer_.epochs.back().valid_accuracy, std::nullopt);
  const models::Model model = models::load_model(path("run") / "best.safetensors");
  EXPECT_THAT(model.about.labels, ElementsAre("high", "low", "noise", "tone"));
  EXPECT_THAT(model.about.thresholds, SizeIs(4));
  EXPECT_THAT(model.about.thresholds, Each(testing::AllOf(testing::Gt(0), testing::Lt(1))));
}

TEST_F(RunTest, SkipsAndListsClipsThatCannotBeRead) {
  write_text(path("data") / "4.wav", "not a sound");
  fs::remove(path("data") / "13.wav");
  const RunResult result = start("run");
  EXPECT_TRUE(result.finished);
  ASSERT_THAT(result.unreadable, SizeIs(2));
  EXPECT_EQ(result.unreadable[0].path, "4.wav");
  EXPECT_EQ(result.unreadable[1].path, "13.wav");
  EXPECT_THAT(observer_.warnings, Contains(testing::AllOf(HasSubstr("2 clips"), HasSubstr("4.wav"))));
  EXPECT_THAT(read_text_file(path("run") / "split.tsv"), HasSubstr("4.wav"));
}

TEST_F(RunTest, GoesOnWhenClipsVanishAndListsEachOnce) {
  TestObserver observer = stop_after(7);
  observer.after_step = [&](std::int64_t step) {
    if (step != 2) return;
    for (const char* const name : {"1.wav", "13.wav"}) fs::remove(path("data") / name);
  };
  settings_.augment.mixup = 0.3;
  EXPECT_FALSE(start("run", std::move(observer)).finished);
  const RunResult result = resume("run");
  EXPECT_TRUE(result.finished);
  EXPECT_EQ(result.epochs, 3);
  ASSERT_THAT(result.unreadable, SizeIs(2));
  EXPECT_EQ(result.unreadable[0].path, "1.wav");
  EXPECT_EQ(result.unreadable[1].path, "13.wav");
  const auto record = nlohmann::json::parse(read_text_file(path("run") / "run.json"));
  for (const nlohmann::json& session : record["sessions"]) EXPECT_THAT(session["unreadable"], SizeIs(2));
}

TEST_F(RunTest, RecordsWhyItFailedAndCanBeResumed) {
  start("whole");
  TestObserver observer;
  observer.after_step = [&](std::int64_t step) {
    if (step == 5) fs::rename(path("data"), path("elsewhere"));
  };
  EXPECT_THROW(start("run", std::move(observer)), IoError);
  EXPECT_THAT(observer.failures, ElementsAre(path("run")));
  const auto record = nlohmann::json::parse(read_text_file(path("run") / "run.json"));
  EXPECT_EQ(record["sessions"][0]["outcome"], "failed");
  EXPECT_THAT(record["sessions"][0]["error"], HasSubstr("can be read"));
  fs::rename(path("elsewhere"), path("data"));
  EXPECT_TRUE(resume("run").finished);
  expect_same_files("whole", "run");
}

TEST_F(RunTest, TellsWhatItDoesNotUse) {
  settings_.data.labels = write_text(path("labels.txt"), "low\nhigh\n").string();
  start("run");
  EXPECT_THAT(observer_.warnings, Contains(testing::AllOf(HasSubstr("1 label"), HasSubstr("noise"))));
  EXPECT_THAT(observer_.warnings, Contains(HasSubstr("8 clips left out")));
}

TEST_F(RunTest, StoresTheChunksThatItValidatesWith) {
  settings_.eval.chunks = 2;
  start("run");
  const models::Model model = models::load_model(path("run") / "best.safetensors");
  EXPECT_EQ(ChunkRule::of(model.about).count, 2);
}

TEST_F(RunTest, ObjectsBeforeItReadsAnyClip) {
  const Settings right = settings_;
  for (int i = 0; i < 24; ++i) write_text(path("data") / concat(i, ".wav"), "no sound");
  const auto expect_refused = [&](const char* word) {
    EXPECT_THAT(message_of<Error>([&] { start("run"); }), HasSubstr(word));
    EXPECT_FALSE(fs::exists(path("run")));
    settings_ = right;
  };
  settings_.train.init = path("none.pth").string();
  expect_refused("none.pth");
  settings_.loss.mse_tags = {"low"};
  expect_refused("mse_tags");
  settings_.model["samples"] = std::int64_t{2000};
  expect_refused("model.samples");
  settings_.model["depth"] = std::int64_t{3};
  expect_refused("model.depth");
  settings_.train.batch = 1;
  expect_refused("train.batch");
  write_text(path("file"), "");
  EXPECT_THAT(message_of<IoError>([&] { start("file/run"); }), HasSubstr("cannot make"));
}

TEST_F(RunTest, LeavesNoFolderWhenTheDataCannotBeUsed) {
  for (const char* const name : {"1.wav", "5.wav", "20.wav"}) fs::remove(path("data") / name);
  EXPECT_THROW(start("run"), DataError);
  EXPECT_FALSE(fs::exists(path("run")));
}

TEST_F(RunTest, StartsFromOtherWeightsAndSaysWhatDoesNotFit) {
  start("first");
  settings_.train.init = (path("first") / "best.safetensors").string();
  settings_.data.task = "tags";  // four outputs instead of three
  settings_.optim.lr = 1e-12;
  settings_.train.epochs = 1;
  start("second");
  EXPECT_THAT(observer_.warnings, Contains(testing::AllOf(HasSubstr("dense2.weight"), HasSubstr("initial"))));
  const auto a = io::read_safetensors(path("first") / "best.safetensors").tensors;
  const auto b = io::read_safetensors(path("second") / "best.safetensors").tensors;
  const auto x = a.at("layer3.conv.weight").span<float>(), y = b.at("layer3.conv.weight").span<float>();
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], 1e-6);
}

TEST_F(RunTest, SaysThatAFilterBankWasTakenFromAFileAfterAResumeToo) {
  start("first");
  io::write_pth(path("first.pth"), io::read_safetensors(path("first") / "best.safetensors").tensors);
  const auto front_end = [&](const char* name) {
    return models::from_metadata(io::read_safetensors(path(name) / "best.safetensors").metadata).front_end;
  };
  EXPECT_EQ(front_end("first"), models::FrontEnd::computed);
  settings_.train.init = (path("first") / "best.safetensors").string();
  start("of_a_model");
  EXPECT_EQ(front_end("of_a_model"), models::FrontEnd::computed);
  settings_.train.init = path("first.pth").string();
  start("whole");
  EXPECT_EQ(front_end("whole"), models::FrontEnd::stored);
  start("parts", stop_after(2));
  resume("parts");
  expect_same_files("whole", "parts");
}

TEST_F(RunTest, TrainsOnFloatsStraightFromTheDecoder) {
  settings_.data.pcm = "float";
  start("run");
  EXPECT_EQ(models::load_model(path("run") / "best.safetensors").about.pcm, models::Pcm::as_decoded);
  EXPECT_FALSE(fs::exists(path("cache")));
}

}  // namespace
}  // namespace sonograd::train
