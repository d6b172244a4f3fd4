// A data set and settings so small that a training run takes a second.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "audio/encode.h"
#include "tensor/random.h"
#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/run/run.h"

namespace sonograd::train {

inline std::filesystem::path write_noise(const std::filesystem::path& file, std::uint32_t which,
                                         int samples) {
  Random random({.seed = 1, .example = which, .stream = RandomStream::test});
  std::vector<float> noise(static_cast<std::size_t>(samples));
  for (float& sample : noise) sample = random.uniform(-0.5f, 0.5f);
  audio::write_sound(file, noise, kTestRate, audio::Encoding::wav_pcm16);
  return file;
}

/// 24 clips of 1.25 s that are low tones, high tones or noise (column `label`; a tag each, and `tone` for two
/// of them), half of them for training. The cache is below the folder.
inline Settings tiny_run(const std::filesystem::path& folder) {
  setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
  constexpr int kLength = kTestRate * 5 / 4;
  std::string table = "path\tlabel\ttags\tsplit\n";
  for (int i = 0; i < 24; ++i) {
    const std::string name = concat(i, ".wav");
    if (i % 3 == 0) write_sine(folder / "data" / name, 200 + 5 * i, kLength);
    if (i % 3 == 1) write_sine(folder / "data" / name, 2000 + 20 * i, kLength);
    if (i % 3 == 2) write_noise(folder / "data" / name, static_cast<std::uint32_t>(i), kLength);
    constexpr const char* kLabels[] = {"low", "high", "noise"};
    constexpr const char* kTags[] = {"low,tone", "high,tone", "noise"};
    table += concat(name, '\t', kLabels[i % 3], '\t', kTags[i % 3], '\t',
                    i < 12   ? "train"
                    : i < 18 ? "valid"
                             : "test",
                    '\n');
  }
  write_text(folder / "data" / "labels.tsv", table);
  Settings settings;
  settings.data.dir = (folder / "data").string();
  settings.data.task = TaskChoice::multi_class;
  settings.train.arch = "short_chunk_cnn";
  settings.train.epochs = 3;
  settings.train.batch = 5;
  settings.train.seed = 3;
  settings.train.threads = 1;
  settings.train.device = "cpu";
  settings.optim.lr = 5e-3;
  settings.model = {{"channels", std::int64_t{4}},
                    {"samples", std::int64_t{8128}},
                    {"sample_rate", std::int64_t{kTestRate}},
                    {"n_fft", std::int64_t{256}},
                    {"hop_length", std::int64_t{64}},
                    {"n_mels", std::int64_t{128}},
                    {"dropout", 0.1},
                    {"f_max", 4000.0}};
  return settings;
}

/// Keeps the reports of a run, and stops it on request.
class TestObserver : public RunObserver {
 public:
  /// Stops after so many steps of the session, or while it validates for the n-th time.
  std::int64_t stop_after_steps = -1;
  int stop_in_validation = -1;

  std::vector<StepReport> steps;
  std::vector<EpochReport> epochs;
  std::vector<std::string> warnings;

  std::vector<std::filesystem::path> failures;
  /// Called with the number of steps that the session has done.
  std::function<void(std::int64_t)> after_step;
  /// Called while clips are read.
  std::function<void()> while_reading;

  void on_prepare(std::size_t, std::size_t) override {
    if (while_reading) while_reading();
  }
  void on_step(const StepReport& report) override {
    steps.push_back(report);
    if (after_step) after_step(std::ssize(steps));
  }
  void on_failure(const std::filesystem::path& folder) override { failures.push_back(folder); }
  void on_epoch(const EpochReport& report) override { epochs.push_back(report); }
  void on_warning(const std::string& message) override { warnings.push_back(message); }
  void on_validate(std::size_t done, std::size_t) override {
    validations_ += done == 0;
    stopped_ |= done == 1 && validations_ == stop_in_validation;
  }
  bool keep_going() override { return !stopped_ && std::ssize(steps) != stop_after_steps; }

 private:
  int validations_ = 0;
  bool stopped_ = false;
};

}  // namespace sonograd::train
