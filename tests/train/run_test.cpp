// [threads]
#include "train/run/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/core/weights.h"
#include "tensor/io/output_path.h"
#include "tensor/io/owner_lock.h"
#include "tensor/io/pth.h"
#include "tensor/io/read_error.h"
#include "tensor/io/safetensors.h"
#include "tensor/io/text_file.h"
#include "tensor/support/text.h"
#include "tests/train/run_fixture.h"
#include "train/config/config.h"
#include "train/config/recipe.h"
#include "train/data/data_error.h"
#include "train/eval/evaluator.h"
#include "train/run/new_run.h"
#include "train/run/run_folder.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

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

  const auto model = models::load_model(path("run") / "best.safetensors");
  const models::ModelDescription& about = model->about();
  EXPECT_THAT(about.labels, ElementsAre("high", "low", "noise"));
  EXPECT_EQ(about.pcm, models::Pcm::int16);
  EXPECT_EQ(about.output, models::Output::softmax);
  const auto training = nlohmann::json::parse(about.training), metrics = nlohmann::json::parse(about.metrics);
  EXPECT_EQ(training["seed"], 3);
  EXPECT_EQ(training["epoch"], result.best_epoch);
  EXPECT_EQ(metrics["valid"]["loss"], *result.best_loss);

  const Dataset data = Dataset::open(settings_, RunFolder(path("run")).split());
  const ClipReader reader(kTestRate, about.pcm, nullptr);
  const auto evaluation =
      evaluate(model->network(), about, data.clips(data.split.test), reader,
               {.rule = models::ChunkRule::of(*model), .device = {}, .loss = {}, .progress = {}});
  ASSERT_TRUE(evaluation);
  EXPECT_EQ(evaluation->clips(), 6u);
  EXPECT_EQ(evaluation->accuracy(), 1.0);
  EXPECT_EQ(evaluation->roc_auc(), 1.0);
  EXPECT_EQ(evaluation->f1(), 1.0);
}

TEST_F(RunTest, WritesOneLineAnEpochInTheAgreedOrder) {
  start("run");
  const std::string text = io::read_text_file(path("run") / "metrics.jsonl");
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
  const auto record = nlohmann::json::parse(io::read_text_file(path("run") / "run.json"));
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
    EXPECT_THAT(io::read_text_file(path("a") / file), testing::Not(HasSubstr(folder_.string()))) << file;
  }
  settings_.train.seed = 4;
  start("c");
  EXPECT_FALSE(io::read_text_file(path("a") / "last.ckpt") == io::read_text_file(path("c") / "last.ckpt"));
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
  // Possible remains of a later, killed session: a line and a model of an epoch that the checkpoint does not
  // contain.
  write_text(path("run") / "metrics.jsonl",
             io::read_text_file(path("run") / "metrics.jsonl") + "{\"epoch\":2}\n{\"ep");
  fs::copy_file(path("whole") / "best.safetensors", path("run") / "best.safetensors",
                fs::copy_options::overwrite_existing);
  resume("run");
  expect_same_files("whole", "run");
}

TEST_F(RunTest, CutsTheCurvesBackByEpoch) {
  start("whole");
  start("run", stop_after(7));  // two epochs and a step
  const std::string text = io::read_text_file(path("run") / "metrics.jsonl");
  const std::size_t second = text.find('\n') + 1;
  // Twice the same epochs, as two processes wrote them side by side, a damaged line between them, and a later epoch.
  std::string later = text.substr(second);
  later.replace(later.find("\"epoch\":2"), 9, "\"epoch\":3");
  write_text(path("run") / "metrics.jsonl", text.substr(0, second) + text.substr(0, second) + "{\"epo\n\n" +
                                                text.substr(second) + text + later);
  resume("run");
  expect_same_files("whole", "run");
}

TEST_F(RunTest, StartsAgainWithoutACheckpoint) {
  start("whole");
  start("run", stop_after(2));
  fs::remove(path("run") / "last.ckpt");
  EXPECT_TRUE(resume("run").finished);
  EXPECT_THAT(observer_.warnings, Contains(HasSubstr("no checkpoint yet; the run starts again")));
  expect_same_files("whole", "run");
}

TEST_F(RunTest, StartsAgainWhenKilledBeforeItsFirstCheckpoint) {
  start("whole");
  start("run");
  const fs::path metrics = path("run") / "metrics.jsonl";
  const std::string text = io::read_text_file(metrics);
  write_text(metrics, text.substr(0, text.find('\n') + 1));
  fs::remove(path("run") / "last.ckpt");
  EXPECT_TRUE(resume("run").finished);
  expect_same_files("whole", "run");
}

TEST_F(RunTest, RefusesACheckpointThatIsALinkToNothing) {
  start("run");
  const fs::path checkpoint = path("run") / "last.ckpt";
  const std::string before = io::read_text_file(path("run") / "metrics.jsonl");
  fs::rename(checkpoint, path("kept.ckpt"));
  fs::create_symlink(path("absent.ckpt"), checkpoint);
  EXPECT_THAT(message_of<io::ReadError>([&] { resume("run"); }),
              AllOf(HasSubstr(checkpoint.string()), HasSubstr("link"), HasSubstr("put it back")));
  EXPECT_EQ(io::read_text_file(path("run") / "metrics.jsonl"), before);
  fs::rename(path("kept.ckpt"), path("absent.ckpt"));
  EXPECT_TRUE(resume("run").finished);
}

TEST_F(RunTest, WritesTheBestModelAgainFromTheCheckpoint) {
  start("whole");
  start("run");
  const fs::path best = path("run") / "best.safetensors";
  fs::remove(best);
  EXPECT_TRUE(resume("run").finished);
  EXPECT_THAT(observer_.warnings, Contains(HasSubstr(best.string())));
  expect_same_files("whole", "run");
  for (const std::string& text : {std::string(), io::read_text_file(best).substr(0, 1000)}) {
    write_text(best, text);
    EXPECT_TRUE(resume("run").finished);
    expect_same_files("whole", "run");
  }
  fs::remove(best);
  fs::create_directory(best);
  EXPECT_THAT(message_of<IoError>([&] { resume("run"); }), HasSubstr(best.string()));
}

TEST_F(RunTest, LeavesAFinishedRunAsItIs) {
  start("run");
  const std::string before = io::read_text_file(path("run") / "last.ckpt");
  EXPECT_TRUE(resume("run").finished);
  EXPECT_THAT(observer_.steps, IsEmpty());
  EXPECT_TRUE(io::read_text_file(path("run") / "last.ckpt") == before);
}

TEST_F(RunTest, RefusesAnExistingFolderAndNamesResumeForARun) {
  start("run", stop_after(1));
  EXPECT_THAT(message_of<ConfigError>([&] { start("run"); }), HasSubstr("--resume"));
  fs::create_directories(path("other"));
  EXPECT_THAT(message_of<ConfigError>([&] { start("other"); }), HasSubstr("is no run"));
}

TEST_F(RunTest, ResumesWithTheRecordedThreadsOnly) {
  start("run", stop_after(1));
  EXPECT_THAT(message_of<ConfigError>([&] { resume("run", {}, {.threads = 2, .data = {}}); }),
              HasSubstr("1 thread"));
  EXPECT_TRUE(resume("run", {}, {.threads = 1, .data = {}}).finished);
}

TEST_F(RunTest, RefusesToResumeOnOtherData) {
  start("run", stop_after(1));
  const fs::path table = path("data") / "labels.tsv";
  std::string text = io::read_text_file(table);
  const std::size_t at = text.find("low\tlow,tone");
  write_text(table, text.replace(at, 3, "high"));
  EXPECT_THROW(resume("run"), DataError);
}

TEST_F(RunTest, FollowsADataSetThatHasMoved) {
  settings_.data.labels = write_text(path("data") / "names.txt", "high\nlow\nnoise\n").string();
  start("whole");
  start("run", stop_after(4));
  fs::rename(path("data"), path("moved"));
  EXPECT_THAT(message_of<DataError>([&] { resume("run"); }),
              testing::AllOf(HasSubstr((path("data")).string()), HasSubstr("--data")));
  write_text(path("other") / "labels.tsv", "path\tlabel\tsplit\n0.wav\tlow\ttrain\n");
  const std::string config = io::read_text_file(path("run") / "config.toml");
  EXPECT_THROW(resume("run", {}, {.threads = 0, .data = path("other")}), Error);
  EXPECT_EQ(io::read_text_file(path("run") / "config.toml"), config);
  EXPECT_FALSE(resume("run", stop_after(1), {.threads = 0, .data = path("moved")}).finished);
  EXPECT_EQ(RunFolder(path("run")).settings().data.dir, path("moved").string());
  EXPECT_TRUE(resume("run").finished) << "the new place is stored";
  fs::copy_file(path("whole") / "config.toml", path("run") / "config.toml",
                fs::copy_options::overwrite_existing);
  expect_same_files("whole", "run");
}

TEST_F(RunTest, ResumesWithAPathThatIsNotUtf8) {
  const fs::path named = path("caf\xE9");
  fs::rename(path("data"), named);
  settings_.data.dir = named.string();
  start("whole");
  start("run", stop_after(4));
  EXPECT_TRUE(resume("run").finished);
  expect_same_files("whole", "run");
}

TEST_F(RunTest, HasOneOwner) {
  std::string refused;
  TestObserver observer;
  observer.after_step = [&](std::int64_t step) {
    if (step != 2) return;
    TestObserver second;
    refused = message_of<ConfigError>([&] { resume_run(path("run"), {}, request_, second); });
    EXPECT_THAT(message_of<ConfigError>([&] { start_run(settings_, path("run"), request_, second); }),
                HasSubstr("--resume"));
  };
  start("run", std::move(observer));
  EXPECT_THAT(refused, testing::AllOf(HasSubstr("in use by process "), HasSubstr(" since ")));
  start("whole");
  expect_same_files("whole", "run");
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << entry.path();
  }
  EXPECT_FALSE(fs::exists(path("run") / io::OwnerLock::kName));
}

TEST_F(RunTest, ReservesItsNameFromTheBeginning) {
  const RunFolder run(path("deep/down/run"));
  {
    const NewRun first(run);
    EXPECT_FALSE(fs::exists(run.path()));
    EXPECT_THAT(message_of<ConfigError>([&] { NewRun second(run); }),
                testing::AllOf(HasSubstr(run.path().string() + ": in use by process ")));
  }
  EXPECT_FALSE(fs::exists(path("deep"))) << "nothing is left of a run that was not made";
  // The remains of a killed process, and a name near the limit of the file system.
  const std::string name(250, 'r');
  const fs::path hidden = path(concat(io::hidden_prefix(path(name)), ".sonograd-new"));
  write_text(hidden / "config.toml", "half");
  write_text(hidden / io::OwnerLock::kName, "process 1 on host old since 2026-01-01T00:00:00Z\n");
  start(name);
  start("run");
  expect_same_files("run", name);
  EXPECT_FALSE(fs::exists(hidden));
}

TEST_F(RunTest, ANameThatIsTakenMeanwhileIsNotTouched) {
  TestObserver observer;
  write_text(path("run") / "mine", "kept");
  const fs::path aside = path("aside");
  fs::rename(path("run"), aside);
  bool is_back = false;
  observer.while_reading = [&] {
    if (!std::exchange(is_back, true)) fs::rename(aside, path("run"));
  };
  EXPECT_THROW(start("run", std::move(observer)), ConfigError);
  EXPECT_EQ(io::read_text_file(path("run") / "mine"), "kept");
  EXPECT_EQ(std::distance(fs::directory_iterator(path("run")), fs::directory_iterator()), 1);
}

TEST_F(RunTest, KeepsTheLastEpochWithoutValidation) {
  settings_.data.valid = Validation::none;
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
  settings_.data.task = TaskChoice::multi_label;
  settings_.train.epochs = 12;
  settings_.loss.mse_tags = {"tone"};
  settings_.train.label_weights = LabelWeights::balanced;
  settings_.train.label_smoothing = 0.05;
  start("run");
  EXPECT_GT(*observer_.epochs.back().valid_roc_auc, 0.85);
  EXPECT_LT(*observer_.epochs.back().valid_loss, *observer_.epochs.front().valid_loss);
  EXPECT_EQ(observer_.epochs.back().valid_accuracy, std::nullopt);
  const auto model = models::load_model(path("run") / "best.safetensors");
  EXPECT_THAT(model->about().labels, ElementsAre("high", "low", "noise", "tone"));
  EXPECT_THAT(model->about().thresholds, SizeIs(4));
  EXPECT_THAT(model->about().thresholds, Each(testing::AllOf(testing::Gt(0), testing::Lt(1))));
}

}  // namespace
}  // namespace sonograd::train
