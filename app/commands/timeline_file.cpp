#include "app/commands/timeline_file.h"

#include <optional>

#include "app/options/model_argument.h"
#include "app/options/output_argument.h"
#include "models/tagging/step_places.h"
#include "train/pictures/mel_picture.h"
#include "train/pictures/rasterise.h"

namespace sonograd::app {
namespace {

constexpr std::int64_t kMelColumns = 2000;

}  // namespace

TimelineFile::TimelineFile(std::filesystem::path path, std::string model,
                           const models::ModelDescription& about)
    : path_(std::move(path)), model_(std::move(model)), about_(about), columns_(about.labels.size()) {
  if (!path_.empty()) out_.emplace(path_);
}

void TimelineFile::add_chunk(std::span<const float> logits) {
  const std::size_t labels = about_.labels.size(), before = newest_.size() / labels;
  add_rows(0, before);
  rows_ += before;
  newest_.assign(logits.begin(), logits.end());
  for (std::size_t at = 0; at < newest_.size(); at += labels)
    models::to_probabilities(about_.output, std::span(newest_).subspan(at, labels));
}

void TimelineFile::add_rows(std::size_t first, std::size_t end) {
  const std::size_t labels = about_.labels.size();
  for (std::size_t row = first; row < end; ++row)
    columns_.add(std::span(newest_).subspan(row * labels, labels));
}

void TimelineFile::write(const models::FileScores& result, const std::string& title,
                         const models::ChunkRule& rule, std::int64_t steps,
                         std::span<const std::size_t> shown, std::span<const double> thresholds) {
  std::vector<train::report::TimelineLabel> labels;
  for (const std::size_t i : shown) {
    labels.push_back({i, about_.labels[i], result.scores[i], std::nullopt});
    if (!thresholds.empty()) labels.back().threshold = thresholds[i];
  }
  auto [mel, samples] = train::mel_picture_of(result.file, rule.sample_rate, kMelColumns);
  using train::report::TimelineGrid;
  std::size_t first = 0, end = newest_.size() / about_.labels.size();
  if (steps > 0) {
    const std::vector<models::StepPlace> places = models::step_places(rule, samples, steps);
    end = places.back().row + 1 - rows_;
    first = rows_ + end - places.size();
  }
  add_rows(first, end);
  train::report::Timeline timeline = train::report::make_timeline(
      columns_,
      steps > 0 ? TimelineGrid::of_steps(rule, samples, steps) : TimelineGrid::of_chunks(rule, samples),
      labels);
  timeline.title = title;
  timeline.model = concat(name_of_model(model_), " (", about_.arch, ")");
  timeline.mel = std::move(mel);
  const std::string svg = draw(timeline);
  out_->write(extension_of(path_) == ".png" ? train::svg_to_png(svg) : svg);
  out_->commit();
}

}  // namespace sonograd::app
