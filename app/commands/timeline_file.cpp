#include "app/commands/timeline_file.h"

#include "train/report/mel_picture.h"
#include "train/report/rasterise.h"
#include "train/report/timeline.h"

namespace sonograd::app {
namespace {

constexpr std::int64_t kMelColumns = 2000;

}  // namespace

std::string TimelineFile::objection(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension();
  return extension == ".svg" || extension == ".png" ? "" : concat(path, ": expected an .svg or .png file");
}

TimelineFile::TimelineFile(std::filesystem::path path, const models::ModelDescription& about)
    : path_(std::move(path)), about_(about) {
  if (!path_.empty()) out_.emplace(path_);
}

void TimelineFile::add_chunk(std::span<const float> logits) {
  scores_.insert(scores_.end(), logits.begin(), logits.end());
  models::to_probabilities(about_.output, std::span(scores_).last(logits.size()));
}

void TimelineFile::write(const models::FileScores& result, const std::string& title,
                         const models::ChunkRule& rule, std::span<const std::size_t> shown) {
  std::vector<train::report::TimelineLabel> labels;
  for (const std::size_t i : shown) labels.push_back({i, about_.labels[i], result.scores[i]});
  auto [mel, samples] = train::report::mel_picture_of(result.file, rule.sample_rate, kMelColumns);
  train::report::Timeline timeline = train::report::make_timeline(
      rule.positions(samples), samples, rule.sample_rate, scores_, about_.labels.size(), labels);
  timeline.title = title;
  timeline.mel = std::move(mel);
  const std::string svg = draw(timeline);
  out_->write(path_.extension() == ".png" ? train::report::svg_to_png(svg) : svg);
  out_->commit();
}

}  // namespace sonograd::app
