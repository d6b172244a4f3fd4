#include "train/report/collect.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "audio/decode.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/prefetcher.h"
#include "train/pictures/mel_picture.h"
#include "train/run/metrics_file.h"
#include "train/run/run_folder.h"

namespace sonograd::train::report {
namespace {

constexpr std::int64_t kPictureColumns = 480;

std::size_t count_train_clips(const std::filesystem::path& split) {
  if (!std::filesystem::exists(split)) return 0;
  const TsvTable table = TsvTable::read(split);
  const auto column = table.find_column("split");
  if (!column) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(
      table.rows(), [&](const TsvTable::Row& row) { return row.cells[*column] == "train"; }));
}

/// Seconds, or 0 when the length is unknown or the file cannot be read.
double declared_duration(const std::filesystem::path& file) {
  try {
    const audio::Decoder decoder(file);
    return static_cast<double>(decoder.declared_frames()) / decoder.sample_rate();
  } catch (const Error&) {
    return 0;
  }
}

/// Cross-entropy of a clip: mean over the tags, or of the true class.
double loss_of(const TestScores& test, std::size_t clip) {
  constexpr double kLeast = 1e-7;
  const std::size_t labels = test.labels.size();
  double sum = 0;
  for (std::size_t label = 0; label < labels; ++label) {
    const double target = test.evaluation.targets[clip * labels + label];
    const double score =
        std::clamp<double>(test.evaluation.scores[clip * labels + label], kLeast, 1 - kLeast);
    sum -= target * std::log(score);
    if (!test.one_label()) sum -= (1 - target) * std::log(1 - score);
  }
  return test.one_label() ? sum : sum / static_cast<double>(labels);
}

ClipView view_of(std::size_t clip, double loss, const std::string& path, const std::filesystem::path& file,
                 int sample_rate) {
  ClipView view{.clip = clip, .path = path, .file = file, .loss = loss};
  try {
    const FilePicture picture = mel_picture_of(file, sample_rate, kPictureColumns);
    view.seconds = static_cast<double>(picture.samples) / sample_rate;
    view.mel = encode_png(picture.mel);
  } catch (const Error&) {
    view.mel.clear();
  }
  return view;
}

std::vector<float> column_of(const std::vector<float>& matrix, std::size_t column, std::size_t columns) {
  std::vector<float> values;
  for (std::size_t i = column; i < matrix.size(); i += columns) values.push_back(matrix[i]);
  return values;
}

}  // namespace

std::vector<float> TestScores::targets_of(std::size_t label) const {
  return column_of(evaluation.targets, label, labels.size());
}

std::vector<float> TestScores::scores_of(std::size_t label) const {
  return column_of(evaluation.scores, label, labels.size());
}

ReportData read_run(const std::filesystem::path& run) {
  const RunFolder folder(run);
  folder.require_run();
  ReportData report;
  report.name = std::filesystem::absolute(run / "").parent_path().lexically_normal().filename().string();
  report.settings = folder.settings();
  report.config = io::read_text_file(folder.config());
  report.sessions = read_sessions(folder.record());
  report.epochs = read_metrics(folder.metrics());
  report.train_clips = count_train_clips(folder.split());
  return report;
}

DataStatistics collect_statistics(const Dataset& dataset, int threads) {
  const LabelsTable& table = dataset.table;
  DataStatistics statistics{.folder = table.folder().string(), .labels = dataset.labels.names()};
  const std::array<const std::vector<std::size_t>*, 3> parts = {&dataset.split.train, &dataset.split.valid,
                                                                &dataset.split.test};
  constexpr std::array<const char*, 3> kNames = {"train", "valid", "test"};
  constexpr std::size_t kAhead = 16;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::vector<std::size_t>& rows = *parts[i];
    PartStatistics& part = statistics.parts.emplace_back(PartStatistics{
        .name = kNames[i], .clips = rows.size(), .support = dataset.labels.support(table, rows)});
    Prefetcher<double> durations(0, rows.size(), threads, kAhead,
                                 [&](std::size_t row) { return declared_duration(table.file(rows[row])); });
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const double seconds = durations.next();
      part.seconds += seconds;
      if (seconds > 0) statistics.durations.push_back(seconds);
    }
    statistics.unknown_durations += rows.size();
  }
  statistics.unknown_durations -= statistics.durations.size();
  return statistics;
}

TestScores collect_scores(Evaluation evaluation, const Dataset& dataset, std::string aggregate,
                          int sample_rate, std::size_t count) {
  TestScores test{.labels = dataset.labels.names(),
                  .aggregate = std::move(aggregate),
                  .sample_rate = sample_rate,
                  .evaluation = std::move(evaluation)};
  if (test.evaluation.has_steps) return test;  // single steps of clips show little
  std::vector<double> losses;
  for (std::size_t clip = 0; clip < test.evaluation.clips(); ++clip) losses.push_back(loss_of(test, clip));
  std::vector<std::size_t> order(losses.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t clip) { return losses[clip]; });
  const auto view = [&](std::size_t clip) {
    const std::size_t row = test.evaluation.rows[clip];
    return view_of(clip, losses[clip], dataset.table.path(row), dataset.table.file(row), sample_rate);
  };
  const std::size_t shown = std::min(count, order.size() / 2);
  for (std::size_t i = 0; i < shown; ++i) {
    test.best.push_back(view(order[i]));
    test.worst.push_back(view(order[order.size() - 1 - i]));
  }
  return test;
}

}  // namespace sonograd::train::report
