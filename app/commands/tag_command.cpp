// `sonograd tag`: from audio files to tags with scores.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/commands/profile_report.h"
#include "app/commands/timeline_file.h"
#include "app/commands/timeline_hint.h"
#include "app/options/audio_arguments.h"
#include "app/options/chunk_options.h"
#include "app/options/compute_options.h"
#include "app/options/label_choice.h"
#include "app/options/loaded_model.h"
#include "app/options/number_range.h"
#include "app/options/output_argument.h"
#include "app/options/setting_flags.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "app/terminal/table.h"
#include "kernels/core/launch.h"
#include "models/tagging/over_time.h"
#include "models/tagging/step_places.h"
#include "models/tagging/tag_files.h"
#include "tensor/support/text.h"
#include "train/data/metric_record.h"

namespace sonograd::app {
namespace {

struct TagOptions {
  ComputeOptions compute;
  OutputFormat output;
  std::string model;
  AudioArguments audio;
  LabelChoice labels;
  std::optional<double> hop;
  std::string timeline;
  bool over_time = false;
  ChunkOptions chunks;
};

class Printer {
 public:
  /// `thresholds` of the labels that are shown, `over_time` of LabelChoice::thresholds_over_time.
  Printer(const TagOptions& options, const models::ModelDescription& about,
          std::span<const double> thresholds, std::span<const double> over_time)
      : options_(options),
        about_(about),
        labels_(about.labels),
        thresholds_(thresholds),
        over_time_(over_time),
        table_(options.over_time
                   ? std::vector<std::string>{"file", "status", "begin", "end", "tag", "score", "message"}
                   : std::vector<std::string>{"file", "status", "seconds", "tag", "score", "message"},
               options.output.format) {}

  /// All text of `result` is UTF-8. `parts`: with --over-time those of the file, else none.
  void print(const models::FileScores& result, std::span<const models::ScoredPart> parts) {
    const std::string file = result.file.string();
    if (options_.output.json) return print_json(file, result, parts);
    if (options_.output.format == "table") return print_text(file, result, parts);
    if (options_.over_time && result.ok()) return print_part_rows(file, result, parts);
    print_rows(file, result);
  }
  void finish() {
    if (!options_.output.json && options_.output.format != "table") table_.finish();
  }

 private:
  // A file without a tag to show has a row too.
  void print_rows(const std::string& file, const models::FileScores& result) {
    const std::string status = result.ok() ? "ok" : "error";
    const std::string seconds = result.ok() ? fmt::format("{:.3f}", result.seconds) : "";
    const std::string& message = result.ok() ? result.warning : result.error;
    const std::vector<std::size_t> shown = options_.labels.shown(thresholds_, result.scores);
    const auto add = [&](const std::string& tag, const std::string& score) {
      std::vector<std::string> row = {file, status, seconds, tag, score, message};
      if (options_.over_time) row.insert(row.begin() + 2, "");  // an error has no begin
      table_.add(std::move(row));
    };
    if (shown.empty()) add("", "");
    for (const std::size_t i : shown) add(labels_[i], fmt::format("{:.7g}", result.scores[i]));
  }

  /// Labels whose scores over time are shown: those with the highest scores, or that reach their threshold, at any time.
  std::vector<std::size_t> shown_at_any_time(std::span<const models::ScoredPart> parts) const {
    if (parts.empty()) return {};
    return options_.labels.shown(thresholds_, models::highest_scores(parts));
  }

  void print_part_rows(const std::string& file, const models::FileScores& result,
                       std::span<const models::ScoredPart> parts) {
    const std::vector<std::size_t> shown = shown_at_any_time(parts);
    if (shown.empty()) table_.add({file, "ok", "", "", "", "", result.warning});
    for (const models::ScoredPart& part : parts) {
      for (const std::size_t i : shown) {
        table_.add({file, "ok", fmt::format("{:.3f}", part.begin), fmt::format("{:.3f}", part.end),
                    labels_[i], fmt::format("{:.7g}", part.scores[i]), result.warning});
      }
    }
  }

  void print_json(const std::string& file, const models::FileScores& result,
                  std::span<const models::ScoredPart> parts) const {
    nlohmann::ordered_json line = {{"file", file}, {"status", result.ok() ? "ok" : "error"}};
    if (!result.ok()) line["error"] = result.error;
    if (!result.warning.empty()) line["warning"] = result.warning;
    if (result.ok()) {
      line["seconds"] = result.seconds;
      line["tags"] = nlohmann::ordered_json::array();
      for (const std::size_t i : options_.labels.shown(thresholds_, result.scores)) {
        line["tags"].push_back({{"tag", labels_[i]}, {"score", result.scores[i]}});
        if (!thresholds_.empty()) line["tags"].back()["threshold"] = thresholds_[i];
      }
      if (options_.over_time) add_parts(line, parts);
    }
    print_data("{}\n", line.dump());
    flush_data();
  }

  void add_parts(nlohmann::ordered_json& line, std::span<const models::ScoredPart> parts) const {
    const std::vector<std::size_t> shown = shown_at_any_time(parts);
    line["over_time"] = nlohmann::ordered_json::array();
    for (const models::ScoredPart& part : parts) {
      auto scores = nlohmann::ordered_json::object();
      for (const std::size_t i : shown) scores[labels_[i]] = part.scores[i];
      line["over_time"].push_back({{"begin", part.begin}, {"end", part.end}, {"scores", scores}});
    }
    line["stretches"] = nlohmann::ordered_json::array();
    for (const models::Stretch& stretch : stretches(parts))
      line["stretches"].push_back(
          {{"begin", stretch.begin}, {"end", stretch.end}, {"tag", labels_[stretch.label]}});
  }

  std::vector<models::Stretch> stretches(std::span<const models::ScoredPart> parts) const {
    return models::stretches_of(parts, about_.output, over_time_);
  }

  void print_text(const std::string& file, const models::FileScores& result,
                  std::span<const models::ScoredPart> parts) const {
    if (!result.ok()) {
      print_data("{}\n  error: {}\n", shown(file), shown(result.error));
      return;
    }
    print_data("{}  ({})\n", shown(file), format_length(result.seconds));
    if (!result.warning.empty()) print_data("  warning: {}\n", shown(result.warning));
    for (const std::size_t i : options_.labels.shown(thresholds_, result.scores)) {
      print_data("  {:<24} {:.4f}\n", shown(labels_[i]), result.scores[i]);
    }
    if (options_.over_time) {
      for (const models::Stretch& stretch : stretches(parts))
        print_data("  {:>9.3f} to {:>9.3f} s  {}\n", stretch.begin, stretch.end,
                   shown(labels_[stretch.label]));
    }
    flush_data();
  }

  const TagOptions& options_;
  const models::ModelDescription& about_;
  const std::vector<std::string>& labels_;
  std::span<const double> thresholds_, over_time_;
  Table table_;
};

models::ChunkRule chunk_rule(const TagOptions& options, const models::Model& model) {
  models::ChunkRule rule = options.chunks.rule(model);
  if (!options.hop) return rule;
  rule.hop = models::hop_in_samples("--hop", *options.hop, model.network().input());
  rule.count = 0;
  return rule;
}

int tag(const TagOptions& options) {
  options.audio.require_no_model();
  LoadedModel loaded(options.model, options.compute);
  const models::Model& model = loaded.model();
  const models::ModelDescription& about = model.about();
  train::require_scores(about, options.model);
  const std::vector<double> thresholds = options.labels.thresholds_of(about, options.model);
  const models::ChunkRule rule = chunk_rule(options, model);
  catch_interrupts();  // not before: nothing above looks at them
  const AudioFiles input(options.audio);
  const std::vector<std::filesystem::path>& files = input.files();
  if (interrupted()) return kInterrupted;
  if (files.empty()) {
    print_remark("sonograd: no audio files in {}{}\n", listed(options.audio.paths),
                 options.audio.recursion_clause());
    return kInputUnreadable;
  }
  if (!options.timeline.empty() && files.size() != 1) {
    throw ConfigError(concat("--timeline: expected one file, got ", files.size()));
  }
  TimelineFile timeline(options.timeline, options.model, about);
  models::TagFilesOptions work = {.rule = rule,
                                  .aggregate = options.chunks.aggregate_of(about),
                                  .batch = options.chunks.batch_of(model),
                                  .decoders = kernels::threads()};
  const bool draws = !options.timeline.empty();
  const std::int64_t steps = draws || options.over_time ? models::steps_over_time(model.network(), rule) : 0;
  models::OverTime parts(model, rule, steps);
  if (steps > 0) work.seen = models::LogitsOf::steps;
  if (draws || options.over_time) {
    work.chunk_seen = [&](std::size_t file, std::span<const float> logits) {
      if (draws) timeline.add_chunk(logits);
      if (options.over_time) parts.add(file, logits);
    };
  }

  const std::vector<double> over_time = LabelChoice::thresholds_over_time(about, thresholds);
  Printer printer(options, about, thresholds, over_time);
  const bool quiet = options.compute.quiet || options.compute.no_progress || files.size() < 2;
  Progress progress("tagging", "files", std::ssize(files), !quiet);
  const auto start = std::chrono::steady_clock::now();
  std::int64_t done = 0, failed = 0;
  double seconds = 0;
  const auto emit = [&](const models::FileScores& result) {
    progress.clear();
    const models::FileScores shown = input.presentable(result);
    const auto file = static_cast<std::size_t>(done);
    if (!result.ok()) parts.drop(file);
    printer.print(shown, parts.take(file, result.seconds));
    if (draws && result.ok()) {
      timeline.write(result, shown.file.filename().string(), rule, steps,
                     options.labels.shown(thresholds, result.scores), over_time);
      const std::string hint = steps > 0 ? "" : timeline_hint(result.seconds, rule);
      if (!hint.empty() && !options.compute.quiet) print_remark("sonograd: {}\n", hint);
    }
    ++done;
    failed += !result.ok();
    seconds += result.seconds;
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress.update(done, fmt::format("{:.0f}x real time", seconds / elapsed));
  };
  options.compute.announce(model.device());
  loaded.clock().begin("tagging");
  models::tag_files(model, files, work, emit, [] { return !interrupted(); });
  printer.finish();
  if (interrupted()) return kInterrupted;
  if (failed != 0 && !options.compute.quiet) {
    print_remark("sonograd: {} of {} files could not be read\n", failed, done);
  }
  return failed == 0 ? kOk : failed == done ? kInputUnreadable : kPartial;
}

}  // namespace

Command tag_command() {
  return {"tag", "tag audio files: highest scores first; with --json one line per file", [](CLI::App& app) {
            auto options = std::make_shared<TagOptions>();
            app.add_option("MODEL", options->model, "model file or run folder")->required();
            options->audio.add_to(app);
            options->labels.add_to(app);
            app.add_option("--timeline", options->timeline,
                           "draw the tags shown of one file over time, above its spectrogram (.svg or .png)")
                ->type_name("FILE")
                ->check(output_file({".svg", ".png"}, Extension::decides_format));
            app.add_flag(
                "--over-time", options->over_time,
                "scores at every step of the network, or of every chunk where it has no steps, or chunks are "
                "equally spaced or overlap (--chunks, --hop): the stretches "
                "in which a label applies, with csv and tsv a row for each step and each tag that is shown "
                "at any time, with --json both");
            options->chunks.add_to(app);
            app.add_option("--hop", options->hop, help_of("eval.hop", "the model's", false))
                ->type_name("SECONDS")
                ->check(number_from(0))
                ->excludes(app.get_option("--chunks"));
            options->output.add_to(app);
            options->compute.add_to(app);
            return [options] { return run_profiled(options->compute, [&] { return tag(*options); }); };
          }};
}

}  // namespace sonograd::app
