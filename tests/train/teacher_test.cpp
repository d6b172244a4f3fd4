// Noisy-student training: targets of a teacher, what a student learns from clips without labels, and resuming.
#include "train/optim/teacher.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/random_scope.h"
#include "models/core/model_error.h"
#include "tests/train/run_fixture.h"
#include "train/data/data_error.h"
#include "train/data/unlabelled.h"

namespace sonograd::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TeacherTest : public RunTest {
 protected:
  /// A teacher in the folder `teacher`, and 18 clips without labels in `more`.
  TeacherTest() {
    settings_.train.epochs = 20;
    settings_.optim.lr = 1e-2;
    settings_.augment = {.freq_masks = 0, .time_masks = 0, .shift = 0};
    start("teacher");
    constexpr int kLength = kTestRate * 5 / 4;
    for (int i = 0; i < 18; ++i) {
      const std::string name = concat(i, ".wav");
      if (i % 3 == 0) write_sine(path("more") / "deep" / name, 210 + 5 * i, kLength);
      if (i % 3 == 1) write_sine(path("more") / name, 2010 + 20 * i, kLength);
      if (i % 3 == 2) write_noise(path("more") / name, static_cast<std::uint32_t>(100 + i), kLength);
    }
    settings_.student.teacher = path("teacher").string();
    settings_.student.unlabelled = path("more").string();
    settings_.student.batch = 6;
    settings_.train.seed = 77;
  }
  /// Share of the unlabelled clips for which two models choose the same class.
  double agreement(const fs::path& a, const fs::path& b) const {
    const auto first = models::load_model(a), second = models::load_model(b);
    const ClipList clips = unlabelled_clips(path("more"));
    const ClipReader reader(kTestRate, models::Pcm::int16, nullptr);
    std::size_t equal = 0;
    for (const fs::path& file : clips.files)
      equal += class_of(*first, reader.read(file)) == class_of(*second, reader.read(file));
    return static_cast<double>(equal) / static_cast<double>(clips.size());
  }

 private:
  static std::ptrdiff_t class_of(const models::Model& model, const ClipSamples& clip) {
    models::ChunkBatch batch(model.network(), Device{}, 1);
    std::vector<float> chunk(static_cast<std::size_t>(model.network().input().samples));
    clip.copy({0, std::ssize(chunk)}, audio::Pad::repeat, chunk);
    batch.add(chunk);
    const Tensor logits = batch.run("logits");
    return std::ranges::max_element(logits.span<float>()) - logits.span<float>().begin();
  }
};

TEST_F(TeacherTest, AStudentLearnsFromClipsWithoutLabels) {
  settings_.student.label_weight = 0;
  settings_.train.epochs = 20;
  for (const TeacherTargets kind : {TeacherTargets::soft, TeacherTargets::hard}) {
    settings_.student.targets = kind;
    const std::string name = concat("student_", word_of(kind));
    start(name);
    EXPECT_GE(agreement(path("teacher") / "best.safetensors", path(name) / "best.safetensors"), 0.8)
        << "chance is 1/3";
  }
}

TEST_F(TeacherTest, StoppedAndResumedEqualsUninterrupted) {
  settings_.train.epochs = 3;
  settings_.augment.noise = settings_.augment.polarity = 0.5;
  settings_.train.chunks = 2;
  start("whole");
  for (const std::int64_t steps : {2, 4}) {
    const std::string name = concat("stopped", steps);
    start(name, stop_after(steps));
    resume(name);
    expect_same_files("whole", name);
  }
}

TEST_F(TeacherTest, ResumesWithTheSameTeacherAndClipsOnly) {
  settings_.train.epochs = 3;
  start("run", stop_after(3));
  const auto refusal = [&] { return message_of<DataError>([&] { resume("run"); }); };
  const fs::path model = path("teacher") / "best.safetensors";
  fs::rename(path("teacher"), path("elsewhere"));
  EXPECT_THAT(refusal(), HasSubstr("teacher: the teacher of the run is not there"));
  fs::rename(path("elsewhere"), path("teacher"));
  fs::rename(path("more") / "1.wav", path("more") / "0.wav");
  EXPECT_THAT(refusal(), HasSubstr("more: the clips are not those that the run began with"));
  fs::rename(path("more") / "0.wav", path("more") / "1.wav");
  settings_.student = {};
  start("other");
  fs::copy_file(path("other") / "best.safetensors", model, fs::copy_options::overwrite_existing);
  EXPECT_THAT(refusal(), HasSubstr("expected the teacher that the run began with"));
}

TEST_F(TeacherTest, RefusesTeachersThatDoNotFit) {
  settings_.train.epochs = 1;
  settings_.student.unlabelled.clear();
  EXPECT_THAT(message_of<ConfigError>([&] { start("a"); }), HasSubstr("give them with --unlabelled"));
  settings_.student.unlabelled = path("more").string();
  settings_.model["samples"] = std::int64_t{12192};
  EXPECT_THAT(message_of<models::ModelError>([&] { start("a"); }),
              HasSubstr("expected a teacher for chunks of 12192 samples at 8000 Hz"));
  settings_.model["samples"] = std::int64_t{8128};
  settings_.data.task = TaskChoice::multi_label;
  EXPECT_THAT(message_of<models::ModelError>([&] { start("a"); }),
              HasSubstr("expected a teacher with the output sigmoid, it has softmax"));
  settings_.student.unlabelled = path("nowhere").string();
  settings_.data.task = TaskChoice::multi_class;
  EXPECT_THAT(message_of<DataError>([&] { start("a"); }), HasSubstr("nowhere: expected a folder"));
}

TEST_F(TeacherTest, LabelsInTheOrderOfTheStudent) {
  const layers::RandomScope initial(1, 0);
  const models::ModelDraft student = [&] {
    models::ModelDescription about = models::load_model(path("teacher") / "best.safetensors")->about();
    std::ranges::reverse(about.labels);
    return models::make_model(about);
  }();
  Teacher soft(path("teacher") / "best.safetensors", student, TeacherTargets::soft, Device{});
  Teacher hard(path("teacher") / "best.safetensors", student, TeacherTargets::hard, Device{});
  const ClipList clips = unlabelled_clips(path("more"));
  const ClipReader reader(kTestRate, models::Pcm::int16, nullptr);
  const ExampleRule rule{
      .seed = 1, .samples = 8128, .chunks = 2, .sample_rate = kTestRate, .keep_clean = true};
  UnlabelledBatches batches(clips, reader, rule, 4, 0, 1);
  Batch batch = batches.next();
  ASSERT_EQ(batch.size(), 4u);
  soft.label(batch);
  const std::vector<float> scores = batch.targets;
  hard.label(batch);
  ASSERT_EQ(scores.size(), 12u);
  for (std::size_t n = 0; n < 4; ++n) {
    const auto row = std::span(scores).subspan(3 * n, 3);
    EXPECT_NEAR(row[0] + row[1] + row[2], 1, 1e-5);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(batch.targets[3 * n + i], i == best ? 1.0f : 0.0f);
  }
  EXPECT_EQ(soft.hash(), hard.hash());
}

TEST(UnlabelledBatches, ContinueAtAnyStep) {
  const auto folder = test_folder();
  for (int i = 0; i < 5; ++i) write_sine(folder / concat(i, ".wav"), 300 + 10 * i, 2000);
  const ClipList clips = unlabelled_clips(folder);
  const ClipReader reader(kTestRate, models::Pcm::int16, nullptr);
  const ExampleRule rule{.seed = 1, .samples = 1000, .sample_rate = kTestRate};
  UnlabelledBatches whole(clips, reader, rule, 2, 0, 1);
  std::vector<std::vector<float>> expected;
  for (int i = 0; i < 7; ++i) expected.push_back(whole.next().waveforms);
  for (std::size_t first = 0; first < 7; ++first) {
    UnlabelledBatches rest(clips, reader, rule, 2, static_cast<std::int64_t>(first), 2);
    for (std::size_t i = first; i < 7; ++i)
      ASSERT_EQ(rest.next().waveforms, expected[i]) << first << ' ' << i;
  }
}

}  // namespace
}  // namespace sonograd::train
