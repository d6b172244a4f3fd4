// Runs with clips, weights and settings that have faults.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "models/core/model.h"
#include "models/core/model_error.h"
#include "models/tagging/chunk_source.h"
#include "tensor/io/pth.h"
#include "tensor/io/safetensors.h"
#include "tensor/io/text_file.h"
#include "tests/train/run_fixture.h"
#include "train/data/data_error.h"
#include "train/run/checkpoint.h"
#include "train/run/run_folder.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(RunTest, SkipsAndListsClipsThatCannotBeRead) {
  write_text(path("data") / "4.wav", "not a sound");
  fs::remove(path("data") / "13.wav");
  const RunResult result = start("run");
  EXPECT_TRUE(result.finished);
  ASSERT_THAT(result.unreadable, SizeIs(2));
  EXPECT_EQ(result.unreadable[0].path, "4.wav");
  EXPECT_EQ(result.unreadable[1].path, "13.wav");
  EXPECT_THAT(observer_.warnings, Contains(testing::AllOf(HasSubstr("2 clips"), HasSubstr("4.wav"))));
  EXPECT_THAT(io::read_text_file(path("run") / "split.tsv"), HasSubstr("4.wav"));
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
  const auto record = nlohmann::json::parse(io::read_text_file(path("run") / "run.json"));
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
  const auto record = nlohmann::json::parse(io::read_text_file(path("run") / "run.json"));
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
  const auto model = models::load_model(path("run") / "best.safetensors");
  EXPECT_EQ(models::ChunkRule::of(*model).count, 2);
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
  for (const double hop : {0.00001, 3600.0}) {
    settings_.eval.hop = hop;
    expect_refused("eval.hop: expected ");
  }
  settings_.model["depth"] = std::int64_t{3};
  expect_refused("'depth'");
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
  settings_.data.task = TaskChoice::multi_label;  // four outputs instead of three
  settings_.optim.lr = 1e-12;
  settings_.train.epochs = 1;
  start("second");
  EXPECT_THAT(observer_.warnings, Contains(testing::AllOf(HasSubstr("dense2.weight"), HasSubstr("initial"))));
  const auto a = io::read_safetensors(path("first") / "best.safetensors").tensors;
  const auto b = io::read_safetensors(path("second") / "best.safetensors").tensors;
  const auto x = a.at("layer3.conv.weight").span<float>(), y = b.at("layer3.conv.weight").span<float>();
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], 1e-6);
}

TEST_F(RunTest, RefusesWeightsOfWhichNoneFits) {
  start("first");
  io::TensorFile file = io::read_safetensors(path("first") / "best.safetensors");
  io::NamedTensors renamed;
  for (const auto& [name, tensor] : file.tensors) renamed.set(name + "_other", tensor);
  file.tensors = renamed;
  io::write_safetensors(path("other.safetensors"), file);
  settings_.train.init = path("other.safetensors").string();
  const std::string message = message_of<models::ModelError>([&] { start("second"); });
  EXPECT_THAT(message,
              testing::ContainsRegex("other.safetensors \\(a short_chunk_cnn\\): expected weights of "
                                     "which some fit short_chunk_cnn; [0-9]+ of [0-9]+ tensors keep"));
  EXPECT_LT(message.size() - settings_.train.init.size(), 500u) << "a few names only: " << message;
  EXPECT_FALSE(fs::exists(path("second")));
}

TEST_F(RunTest, RefusesClipsOfOneClass) {
  const auto relabel = [&](const char* column, const std::function<std::string(int)>& labels) {
    std::string table = concat("path\t", column, "\tsplit\n");
    for (int i = 0; i < 24; ++i)
      table += concat(i, ".wav\t", labels(i), '\t', i < 12 ? "train" : i < 18 ? "valid" : "test", '\n');
    write_text(path("data") / "labels.tsv", table);
  };
  relabel("label", [](int i) { return i < 12 ? "low" : "high"; });
  EXPECT_THAT(
      message_of<DataError>([&] { start("run"); }),
      HasSubstr("labels.tsv: the 12 training clips have the same label; expected two labels at least"));
  EXPECT_FALSE(fs::exists(path("run")));
  settings_.data.task = TaskChoice::multi_label;
  relabel("tags", [](int i) { return i % 2 ? "low" : ""; });
  settings_.train.epochs = 1;
  EXPECT_TRUE(start("run").finished) << "one tag with clips on both sides";
}

TEST_F(RunTest, StartsFromTheLatestWeightsOfAnotherRun) {
  start("first");
  const Checkpoint last = load_checkpoint(path("first") / "last.ckpt");
  settings_.train.init = (path("first") / "last.ckpt").string();
  settings_.optim.lr = 1e-12;
  settings_.train.epochs = 1;
  start("second");
  EXPECT_THAT(observer_.warnings, IsEmpty());
  const auto model = io::read_safetensors(path("second") / "best.safetensors");
  EXPECT_EQ(models::from_metadata(model.metadata).filter_bank, models::FilterBank::computed);
  const auto x = last.model.tensors.at("layer3.conv.weight").span<float>();
  const auto y = model.tensors.at("layer3.conv.weight").span<float>();
  ASSERT_EQ(x.size(), y.size());
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], y[i], 1e-6);

  io::TensorFile damaged = io::read_safetensors(path("first") / "last.ckpt");
  damaged.metadata.at("sonograd_checkpoint") = "{\"version\": 99}";
  io::write_safetensors(path("damaged.ckpt"), damaged);
  settings_.train.init = path("damaged.ckpt").string();
  EXPECT_THAT(message_of<models::ModelError>([&] { start("third"); }),
              testing::AllOf(HasSubstr("damaged.ckpt: "), HasSubstr("checkpoint format 99")));
}

TEST_F(RunTest, SaysThatAFilterBankWasTakenFromAFileAfterAResumeToo) {
  start("first");
  io::write_pth(path("first.pth"), io::read_safetensors(path("first") / "best.safetensors").tensors);
  const auto filter_bank = [&](const char* name) {
    return models::from_metadata(io::read_safetensors(path(name) / "best.safetensors").metadata).filter_bank;
  };
  EXPECT_EQ(filter_bank("first"), models::FilterBank::computed);
  settings_.train.init = (path("first") / "best.safetensors").string();
  start("of_a_model");
  EXPECT_EQ(filter_bank("of_a_model"), models::FilterBank::computed);
  settings_.train.init = path("first.pth").string();
  start("whole");
  EXPECT_EQ(filter_bank("whole"), models::FilterBank::stored);
  start("parts", stop_after(2));
  resume("parts");
  expect_same_files("whole", "parts");
}

TEST_F(RunTest, TrainsOnFloatsStraightFromTheDecoder) {
  settings_.data.pcm = models::Pcm::as_decoded;
  start("run");
  EXPECT_EQ(models::load_model(path("run") / "best.safetensors")->about().pcm, models::Pcm::as_decoded);
  EXPECT_FALSE(fs::exists(path("cache")));
}

}  // namespace
}  // namespace sonograd::train
