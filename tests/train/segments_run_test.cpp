// Runs on labels with times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/io/text_file.h"
#include "tests/train/run_fixture.h"
#include "train/data/data_error.h"
#include "train/data/test_set.h"

namespace sonograd::train {
namespace {

using testing::HasSubstr;

class SegmentsRun : public RunTest {
 protected:
  SegmentsRun() {
    settings_.data.task = TaskChoice::automatic;
    settings_.train.arch = "deepsound_cnn";
    settings_.augment.mixup = 0.5;
    settings_.model = {{"channels", std::int64_t{4}},
                       {"samples", std::int64_t{8128}},
                       {"sample_rate", std::int64_t{kTestRate}},
                       {"n_fft", std::int64_t{256}},
                       {"hop_length", std::int64_t{64}},
                       {"n_mels", std::int64_t{32}},
                       {"f_max", 4000.0}};
    write_table(0.5);
  }
  /// In all clips the label changes at the same time.
  void write_table(double change) const {
    std::string table = "path\tsegments\tsplit\n";
    for (int i = 0; i < 24; ++i) {
      table += concat(i, ".wav\t0 ", change, " a; ", change, " 1.25 b\t",
                      i < 12   ? "train"
                      : i < 18 ? "valid"
                               : "test",
                      '\n');
    }
    write_text(folder_ / "data" / "labels.tsv", table);
  }
};

TEST_F(SegmentsRun, ResumesToTheSameBits) {
  ASSERT_TRUE(start("whole").finished);
  EXPECT_FALSE(start("parts", stop_after(4)).finished);
  ASSERT_TRUE(resume("parts").finished);
  expect_same_files("whole", "parts");
  EXPECT_EQ(targets_of(models::load_model(path("whole") / "best.safetensors")->about()), TargetsOf::step);
}

TEST_F(SegmentsRun, DoesNotResumeOnOtherTimes) {
  EXPECT_FALSE(start("run", stop_after(4)).finished);
  write_table(0.75);
  EXPECT_THAT(message_of<DataError>([&] { resume("run"); }),
              HasSubstr("the clips or their labels are not those"));
}

TEST_F(SegmentsRun, StopsWhenNoStepOfTrainingHasALabel) {
  std::string table = "path\tsegments\tsplit\n";
  for (int i = 0; i < 24; ++i) {
    table += concat(i, i < 12 ? ".wav\t90 99 a; 99 100 b\t" : ".wav\t0 1 a; 1 1.25 b\t",
                    i < 12   ? "train"
                    : i < 18 ? "valid"
                             : "test",
                    '\n');
  }
  write_text(folder_ / "data" / "labels.tsv", table);
  settings_.augment.mixup = 0;
  EXPECT_THAT(message_of<DataError>([&] { start("run"); }),
              HasSubstr("no step of the training clips has a label"));
}

TEST_F(SegmentsRun, ScoresNoOverlapsWithAModelOfOneLabel) {
  ASSERT_TRUE(start("run").finished);
  const auto model = models::load_model(path("run") / "best.safetensors");
  write_text(folder_ / "data" / "labels.tsv", "path\tsegments\n0.wav\t0 1 a; 0.5 1.25 b\n");
  EXPECT_THAT(message_of<DataError>([&] {
                open_test_set({.folder = folder_ / "data", .split = "all", .run_split = {}}, model->about());
              }),
              HasSubstr("labels.tsv:2: column 2 (segments): segments of different labels overlap"));
}

TEST_F(SegmentsRun, RefusesSettingsOfWholeClips) {
  settings_.train.chunks = 2;
  EXPECT_THAT(message_of<ConfigError>([&] { start("run"); }),
              HasSubstr("train.chunks: expected 1 with labels that have times"));
  settings_.train.chunks = 1;
  settings_.train.arch = "fcn";
  settings_.model = {};
  EXPECT_THAT(message_of<ConfigError>([&] { start("run"); }),
              HasSubstr("train.arch = fcn: labels with times"));
}

}  // namespace
}  // namespace sonograd::train
