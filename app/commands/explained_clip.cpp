#include "app/commands/explained_clip.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/options/model_argument.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "train/pictures/contribution_picture.h"
#include "train/pictures/mel_axes.h"
#include "train/pictures/mel_picture.h"

namespace sonograd::app {
namespace {

using Json = nlohmann::ordered_json;
using models::ExplainMethod;

constexpr double kPartSeconds = 1, kFadeSeconds = 0.01, kGapSeconds = 0.3, kMapColumn = 0.1;
constexpr std::size_t kExcerpts = 3;

// Six significant digits; no number is taken for 0 that is not near it. JSON has null for those that are not finite.
double rounded(double value) {
  if (value == 0) return 0;
  const double unit = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(value) && std::isfinite(unit) ? std::round(value * unit) / unit : value;
}

Json rounded(const std::vector<double>& values) {
  Json all = Json::array();
  for (const double value : values) all.push_back(rounded(value));
  return all;
}

std::string_view title_of(ExplainMethod method) {
  switch (method) {
    case ExplainMethod::integrated:
      return "integrated gradients";
    case ExplainMethod::gradient:
      return "gradient x input";
    case ExplainMethod::occlusion:
      return "occlusion";
    case ExplainMethod::rollout:
      return "attention roll-out";
    case ExplainMethod::tagwise:
      break;
  }
  return "tag-wise contribution";
}

bool is_along_time(ExplainMethod method) {
  return method == ExplainMethod::rollout || method == ExplainMethod::tagwise;
}

std::string baseline_of(const models::ExplainOptions& options) {
  return options.baseline == models::Baseline::silence ? "silence" : "the mean over time";
}

Json parts_to_json(const ExplainedClip& clip, const std::vector<models::Excerpt>& parts) {
  Json all = Json::array();
  for (const models::Excerpt& part : parts)
    all.push_back({{"begin", rounded(clip.begin + part.begin)},
                   {"end", rounded(clip.begin + part.end)},
                   {"sum", rounded(part.sum)}});
  return all;
}

Json deletion_to_json(const models::DeletionCurve& curve, std::uint64_t seed) {
  return {{"removed", rounded(curve.removed)},
          {"score", rounded(curve.by_importance)},
          {"area", rounded(curve.area)},
          {"random", rounded(curve.random)},
          {"random_area", rounded(curve.random_area)},
          {"random_areas", {rounded(curve.lowest_area), rounded(curve.highest_area)}},
          {"seed", seed}};
}

std::string times_of(const ExplainedClip& clip, const std::vector<models::Excerpt>& parts) {
  std::string text;
  for (const models::Excerpt& part : parts)
    text += fmt::format("{}{:.1f}-{:.1f} s", text.empty() ? "" : ", ", clip.begin + part.begin,
                        clip.begin + part.end);
  return text;
}

std::vector<std::pair<double, double>> marks_of(const ExplainedClip& clip,
                                                const std::vector<models::Excerpt>& parts) {
  std::vector<std::pair<double, double>> marks;
  for (const models::Excerpt& part : parts)
    marks.emplace_back(clip.begin + part.begin, clip.begin + part.end);
  return marks;
}

}  // namespace

void ExplainedClip::pick() {
  most = pick_excerpts(result.map, kPartSeconds, kExcerpts, true);
  least = pick_excerpts(result.map, kPartSeconds, kExcerpts, false);
}

std::string ExplainedClip::method() const {
  const std::string name(title_of(options.method));
  switch (options.method) {
    case ExplainMethod::integrated:
      return fmt::format("{}, {} steps from {}", name, options.steps, baseline_of(options));
    case ExplainMethod::gradient:
      return fmt::format("{}, relative to {}", name, baseline_of(options));
    case ExplainMethod::occlusion:
      return fmt::format("{} by {}, {} x {} cells a chunk", name, baseline_of(options), options.times,
                         axes.bands.empty() ? 1 : options.bands);
    case ExplainMethod::rollout:
      return name + ", the same for every tag";
    case ExplainMethod::tagwise:
      break;
  }
  return name + ": attention of the class token in the last block on one position alone";
}

std::string ExplainedClip::balance() const {
  const auto chunks = static_cast<double>(result.chunks);
  const std::string per_chunk = result.chunks > 1 ? " (means of the chunks)" : "";
  const double log_odds = result.log_odds / chunks, base = result.baseline_log_odds / chunks;
  if (options.method == ExplainMethod::rollout)
    return fmt::format("log-odds {:.3f}{}; the map has weights, not contributions", log_odds, per_chunk);
  if (options.method == ExplainMethod::tagwise)
    return fmt::format("log-odds {:.3f}, without any position {:.3f}{}", log_odds, base, per_chunk);
  const std::string ends = fmt::format("log-odds {:.3f}, of {} {:.3f}", log_odds, baseline_of(options), base);
  if (options.method == ExplainMethod::occlusion) return ends + per_chunk;  // nothing that should add up
  return fmt::format("{}; contributions {:.3f} of {:.3f}{}", ends, result.sum / chunks, log_odds - base,
                     per_chunk);
}

Json to_json(const ExplainedClip& clip) {
  const models::ClipExplanation& result = clip.result;
  Json object = {{"file", clip.file},
                 {"model", clip.model},
                 {"arch", clip.arch},
                 {"tag", clip.tag},
                 {"score", result.score},
                 {"method", word_of(clip.options.method)},
                 {"begin", clip.begin},
                 {"seconds", clip.seconds()},
                 {"chunks", result.chunks},
                 {"log_odds", rounded(result.log_odds)},
                 {"baseline_log_odds", rounded(result.baseline_log_odds)},
                 {"sum", rounded(result.sum)}};
  object["baseline"] = word_of(clip.options.baseline);
  if (clip.options.method == ExplainMethod::integrated) object["steps"] = clip.options.steps;
  object["most"] = parts_to_json(clip, clip.most);
  object["least"] = parts_to_json(clip, clip.least);
  object["deletion"] =
      result.deletion ? deletion_to_json(*result.deletion, clip.options.deletion.seed) : Json();
  return object;
}

Json map_to_json(const ExplainedClip& clip) {
  const models::ClipMap& map = clip.result.map;
  const std::int64_t per_column = std::max<std::int64_t>(1, std::llround(kMapColumn / map.column_seconds()));
  std::vector<double> by_band(static_cast<std::size_t>(map.bands()));
  Json columns = Json::array();
  for (std::int64_t first = 0; first < map.columns(); first += per_column) {
    std::vector<double> sums(static_cast<std::size_t>(map.bands()));
    for (std::int64_t band = 0; band < map.bands(); ++band) {
      double& sum = sums[static_cast<std::size_t>(band)];
      for (std::int64_t i = first; i < std::min(map.columns(), first + per_column); ++i)
        sum += map.at(i, band);
      by_band[static_cast<std::size_t>(band)] += sum;
    }
    columns.push_back(rounded(sums));
  }
  return {{"column_seconds", rounded(map.column_seconds())},
          {"over_time", rounded(map.over_time())},
          {"bands_hz", rounded(clip.axes.bands)},
          {"by_band", rounded(by_band)},
          {"map_column_seconds", rounded(map.column_seconds() * static_cast<double>(per_column))},
          {"map", columns}};
}

std::string to_svg(const ExplainedClip& clip) {
  const models::ClipMap& map = clip.result.map;
  const std::string name = std::filesystem::path(clip.file).filename().string();
  train::ContributionPicture picture;
  picture.title = fmt::format("{}: {}, score {:.3f}", name, clip.tag, clip.result.score);
  picture.lines = {
      fmt::format("{} ({})", name_of_model(clip.model), clip.arch), clip.method(), clip.balance(),
      clip.options.method == ExplainMethod::rollout
          ? "orange: weight of the class token"
          : "orange: for the tag, blue: against it; curve: sum over the bands; bars: most and least"};
  picture.begin = clip.begin;
  picture.seconds = clip.seconds();
  picture.sample_rate = clip.sample_rate;
  train::MelPicture mel(clip.sample_rate, 2000);
  mel.add(clip.samples);
  picture.mel = mel.finish();
  picture.curve = map.over_time();
  if (!clip.axes.bands.empty()) {
    train::ContributionMap levels = {
        .columns = map.columns(),
        .bands = clip.axes.bands,
        .at = [&](std::int64_t column, std::int64_t band) { return map.at(column, band); }};
    if (is_along_time(clip.options.method)) {
      levels.bands.resize(1);  // one value for all frequencies
      levels.at = [&](std::int64_t column, std::int64_t) {
        return picture.curve[static_cast<std::size_t>(column)];
      };
    }
    picture.levels = train::contribution_levels(levels, clip.sample_rate);
  }
  picture.most = marks_of(clip, clip.most);
  picture.least = marks_of(clip, clip.least);
  if (const auto& curve = clip.result.deletion) {
    picture.deletion = {.removed = curve->removed,
                        .by_importance = curve->by_importance,
                        .random = curve->random,
                        .lowest = curve->lowest,
                        .highest = curve->highest,
                        .area = curve->area,
                        .random_area = curve->random_area,
                        .lowest_area = curve->lowest_area,
                        .highest_area = curve->highest_area};
  }
  return draw(picture);
}

void print_text(const ExplainedClip& clip) {
  print_data("{}  ({})\n", shown(clip.file), format_length(clip.seconds()));
  print_data("  tag       {}, score {:.4f}\n", shown(clip.tag), clip.result.score);
  print_data("  method    {}\n", clip.method());
  print_data("  values    {}\n", clip.balance());
  print_data("  most      {}\n", times_of(clip, clip.most));
  print_data("  least     {}\n", times_of(clip, clip.least));
  if (const auto& curve = clip.result.deletion) {
    print_data("  deletion  area {:.4f}; at random {:.4f} ({:.4f} to {:.4f})\n", curve->area,
               curve->random_area, curve->lowest_area, curve->highest_area);
  }
}

std::vector<float> joined(const ExplainedClip& clip, std::span<const models::Excerpt> parts) {
  const auto samples_in = [&](double seconds) {
    return static_cast<std::size_t>(std::llround(seconds * clip.sample_rate));
  };
  std::vector<float> sound;
  for (const models::Excerpt& part : parts) {
    if (!sound.empty()) sound.resize(sound.size() + samples_in(kGapSeconds));
    const std::size_t begin = std::min(samples_in(part.begin), clip.samples.size()),
                      end = std::min(samples_in(part.end), clip.samples.size());
    const std::size_t fade = std::min(samples_in(kFadeSeconds), (end - begin) / 2);
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t to_edge = std::min(i - begin, end - 1 - i);
      const float gain = to_edge < fade ? static_cast<float>(to_edge) / static_cast<float>(fade) : 1;
      sound.push_back(gain * clip.samples[i]);
    }
  }
  return sound;
}

}  // namespace sonograd::app
