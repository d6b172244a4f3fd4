// `sonograd explain`: which parts of a sound count for a tag, and what the first filters of a network have learned.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/command.h"
#include "app/commands/explained_clip.h"
#include "app/commands/explained_filters.h"
#include "app/commands/explanation_folder.h"
#include "app/commands/profile_report.h"
#include "app/options/compute_options.h"
#include "app/options/loaded_model.h"
#include "app/options/number_range.h"
#include "app/options/stream_argument.h"
#include "app/options/word_list.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "audio/encode.h"
#include "audio/load.h"
#include "models/tagging/chunk_scorer.h"
#include "tensor/io/context.h"
#include "tensor/support/number.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/data/metric_record.h"

namespace sonograd::app {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Longest part of a file that is explained at once: all its chunks are kept in memory.
constexpr double kMostSeconds = 600;
// Memory for the chunks of a part, each kept as input, baseline and copy without cells.
constexpr double kMostBytes = 4e9;
constexpr int kMostSteps = 10000;
constexpr std::int64_t kMostCells = 1000;

struct ExplainArguments {
  ComputeOptions compute;
  std::string model, file, out, tag;
  std::string method = "integrated", baseline = "mean", cells = "16x4";
  int steps = 32, deletion_steps = 16;
  double from = 0;
  std::optional<double> seconds;
  bool filters = false, json = false;
};

class Stopped : public Error {
 public:
  using Error::Error;
};

void stop_if_interrupted() {
  if (interrupted()) throw Stopped("stopped");
}

// "32x8" -> 32 and 8; nothing for another form.
std::optional<std::pair<std::int64_t, std::int64_t>> parse_cells(const std::string& text) {
  const std::size_t x = text.find('x');
  if (x == std::string::npos) return std::nullopt;
  const auto times = parse_number<std::int64_t>(text.substr(0, x)),
             bands = parse_number<std::int64_t>(text.substr(x + 1));
  const auto is_valid = [](const auto& number) { return number && *number >= 1 && *number <= kMostCells; };
  if (!is_valid(times) || !is_valid(bands)) return std::nullopt;
  return std::pair(*times, *bands);
}

std::string cells_fault(const std::string& text) {
  if (parse_cells(text)) return "";
  return fmt::format("expected TIMESxBANDS with 1 to {} of each, as 16x4, got '{}'", kMostCells, text);
}

// Index of the label `tag`; without one, the label with the highest score.
std::int64_t label_of(const ExplainArguments& arguments, const models::Model& model,
                      std::span<const float> samples, const models::ChunkRule& rule) {
  const models::ModelDescription& about = model.about();
  if (!arguments.tag.empty()) {
    const auto found = std::ranges::find(about.labels, arguments.tag);
    if (found != about.labels.end()) return found - about.labels.begin();
    throw ConfigError(concat("--tag ", arguments.tag, ": ", arguments.model,
                             " has no such tag; `sonograd info ", arguments.model, "` lists its ",
                             counted(about.labels.size(), "tag"), did_you_mean(arguments.tag, about.labels)));
  }
  models::Scores scores;
  models::ChunkScorer scorer(model.network(), about, model.device(),
                             models::default_batch(model.network().input()), models::Aggregate::mean,
                             [&](std::size_t, const models::Scores& all) { scores = all; });
  models::for_each_chunk(samples, rule, [&](std::span<const float> chunk) {
    stop_if_interrupted();
    scorer.add(0, chunk);
  });
  scorer.end_clip(0);
  scorer.flush();
  return std::ranges::max_element(scores) - scores.begin();
}

// The part of the file that is asked for, at the sample rate of the model. The file is decoded to the end of the part.
std::vector<float> read_part(const ExplainArguments& arguments, int sample_rate) {
  constexpr double kFarthest = 1e15;  // samples, beyond every file
  const double rate = sample_rate;
  const std::int64_t first = std::llround(std::min(arguments.from * rate, kFarthest)),
                     most = std::llround(kMostSeconds * rate),
                     count = arguments.seconds ? std::llround(*arguments.seconds * rate) : most + 1;
  // The sample before the part takes its place when `first` is rounded to the end of the file.
  const std::int64_t before = std::min<std::int64_t>(first, 1);
  audio::ClipPart part =
      audio::load_mono_part(arguments.file, sample_rate, first - before,
                            before + std::max<std::int64_t>(1, count), stop_if_interrupted);
  const double length = static_cast<double>(part.decoded) / rate;
  if (arguments.from >= length) {
    throw ConfigError(fmt::format("--from {}: expected less than {:.2f} s, the length of {}", arguments.from,
                                  length, arguments.file));
  }
  if (std::ssize(part.samples) - before > most) {
    throw ConfigError(
        fmt::format("{}: expected at most {} to explain, got more; choose a part: --from, --seconds",
                    arguments.file, format_length(kMostSeconds)));
  }
  if (!part.warning.empty() && !arguments.compute.quiet) print_remark("warning: {}\n", part.warning);
  if (part.samples.size() > 1) part.samples.erase(part.samples.begin(), part.samples.begin() + before);
  return std::move(part.samples);
}

// Throws ConfigError when the chunks of a part, which may overlap, take too much memory.
void check_chunks(const ExplainArguments& arguments, const models::ChunkRule& rule, std::int64_t samples) {
  const std::int64_t chunks = rule.count_in(samples);
  const double bytes = 3.0 * sizeof(float) * static_cast<double>(chunks) * static_cast<double>(rule.length);
  if (bytes <= kMostBytes) return;
  throw ConfigError(
      fmt::format("{}: {} chunks of {:.2f} s take {:.1f} GB, at most {:.1f} are possible; choose a shorter "
                  "part: --seconds",
                  arguments.file, chunks, static_cast<double>(rule.length) / rule.sample_rate, bytes / 1e9,
                  kMostBytes / 1e9));
}

// A picture that cannot be drawn as pixels is a remark.
void add_picture(ExplanationFolder& folder, const std::string& name, const std::string& svg, bool quiet) {
  const std::string reason = folder.add_picture(name, svg);
  if (!reason.empty() && !quiet) print_remark("sonograd: no {}.png: {}\n", name, reason);
}

void finish(ExplanationFolder& folder, const std::string& json_name, Json full, Json printed, bool json) {
  std::vector<std::string> names = folder.names();
  names.push_back(json_name);
  full["files"] = printed["files"] = names;
  full["folder"] = printed["folder"] = to_utf8_lossy(folder.path().string());
  folder.add_text(json_name, full.dump() + '\n');
  stop_if_interrupted();
  folder.write();
  if (json) print_data("{}\n", printed.dump());
}

void explain_filters(const ExplainArguments& arguments) {
  const fs::path name = fs::path(arguments.model + "/").parent_path().stem();
  ExplanationFolder folder(arguments.out.empty() ? name.string() + "-filters" : arguments.out);
  const LoadedModel loaded(arguments.model, arguments.compute);
  std::optional<models::LearnedFilters> filters = models::learned_filters(loaded.model());
  const std::string& arch = loaded.model().about().arch;
  if (!filters) {
    throw ConfigError(concat("--filters: ", arch,
                             " begins with a fixed spectrogram; networks on waveforms and those with the "
                             "harmonic front end have learned filters"));
  }
  const ExplainedFilters explained = {to_utf8_lossy(arguments.model), arch, std::move(*filters)};
  add_picture(folder, "filters", to_svg(explained), arguments.compute.quiet);
  if (!arguments.json) print_data("{}: {}\n", shown(explained.model), explained.summary());
  finish(folder, "filters.json", to_json(explained, true), to_json(explained, false), arguments.json);
  if (!arguments.json) print_path(folder.path().string());
}

models::ExplainOptions options_of(const ExplainArguments& arguments) {
  const auto [times, bands] = *parse_cells(arguments.cells);
  return {.method = *parse_word<models::ExplainMethod>(arguments.method),
          .baseline = *parse_word<models::Baseline>(arguments.baseline),
          .steps = arguments.steps,
          .times = times,
          .bands = bands,
          .deletion = {.steps = arguments.deletion_steps,
                       .seed = static_cast<std::uint64_t>(arguments.compute.settings().seed)}};
}

models::ClipExplanation computed(const models::Model& model, const ExplainedClip& clip,
                                 const models::ChunkRule& rule, const ComputeOptions& compute) {
  const std::int64_t total =
      models::inputs_to_explain(clip.options, model.network(), rule.count_in(std::ssize(clip.samples)));
  Progress progress("explaining", "passes", total, !compute.quiet && !compute.no_progress);
  std::int64_t done = 0;
  return models::explain_clip(model, clip.samples, rule, clip.options, [&](std::int64_t count) {
    stop_if_interrupted();
    progress.update(done += count);
  });
}

void explain_file(const ExplainArguments& arguments) {
  const fs::path file = arguments.file;
  if (file.extension() == ".safetensors") {
    throw ConfigError(concat(arguments.file,
                             ": expected an audio file, this is a model; the order is: "
                             "sonograd explain MODEL FILE"));
  }
  ExplanationFolder folder(arguments.out.empty() ? file.stem().string() + "-explained" : arguments.out);
  LoadedModel loaded(arguments.model, arguments.compute);
  const models::Model& model = loaded.model();
  train::require_scores(model.about(), arguments.model);
  models::ChunkRule rule = models::ChunkRule::of(model);
  rule.count = 0;
  ExplainedClip clip = {.file = to_utf8_lossy(arguments.file),
                        .model = to_utf8_lossy(arguments.model),
                        .arch = model.about().arch,
                        .tag = {},
                        .options = options_of(arguments),
                        .axes = model.network().feature_axes(),
                        .sample_rate = rule.sample_rate,
                        .begin = arguments.from,
                        .samples = read_part(arguments, rule.sample_rate),
                        .result = {.map = {}, .deletion = {}},
                        .most = {},
                        .least = {}};
  check_chunks(arguments, rule, std::ssize(clip.samples));
  clip.options.label = label_of(arguments, model, clip.samples, rule);
  clip.tag = model.about().labels[static_cast<std::size_t>(clip.options.label)];
  if (rule.is_short(std::ssize(clip.samples)) && !arguments.compute.quiet) {
    print_remark("sonograd: {} has {:.2f} s, less than a chunk of {:.2f} s, {}\n", arguments.file,
                 clip.seconds(), static_cast<double>(rule.length) / rule.sample_rate,
                 rule.pad == audio::Pad::repeat ? "and is repeated: contributions of its repetitions add up"
                                                : "and is followed by silence");
  }
  arguments.compute.announce(model.device());
  loaded.clock().begin("explaining");
  clip.result = io::within(arguments.file, [&] { return computed(model, clip, rule, arguments.compute); });
  loaded.clock().begin("writing");
  clip.pick();
  add_picture(folder, "map", to_svg(clip), arguments.compute.quiet);
  for (const auto& [name, parts] : {std::pair("most.wav", &clip.most), std::pair("least.wav", &clip.least)}) {
    folder.add(name, [sound = joined(clip, *parts), rate = rule.sample_rate](const fs::path& path) {
      audio::write_sound(path, std::span<const float>(sound), rate, audio::Encoding::wav_pcm16);
    });
  }
  Json printed = to_json(clip), full = printed;
  full.update(map_to_json(clip));
  if (!arguments.json) print_text(clip);
  finish(folder, "explanation.json", std::move(full), std::move(printed), arguments.json);
  if (!arguments.json) print_path(folder.path().string());
}

int explain(const ExplainArguments& arguments) {
  if (!arguments.filters && arguments.file.empty()) {
    throw ConfigError(
        "FILE: expected an audio file to explain a tag of, or --filters for the filters of MODEL");
  }
  catch_interrupts();
  try {
    arguments.filters ? explain_filters(arguments) : explain_file(arguments);
  } catch (const Stopped&) {
    return kInterrupted;
  }
  return kOk;
}

void define(CLI::App& app, ExplainArguments& arguments) {
  app.add_option("MODEL", arguments.model, "model file or run folder")->required();
  auto* const file =
      app.add_option("FILE", arguments.file, "audio file, at most 600 s of it at once")->check(not_a_stream);
  auto* const tag = app.add_option("--tag", arguments.tag,
                                   "tag or class to explain (default: that with the highest score)");
  auto* const method = app.add_option(
      "--method", arguments.method,
      "integrated (gradients), gradient (times input) or occlusion, for every network; rollout (of "
      "attention) or tagwise (contribution), for transformers with a class token");
  method->check(CLI::IsMember(word_list<models::ExplainMethod>()))->capture_default_str();
  app.add_option(
         "--out", arguments.out,
         "folder to create: map.svg, map.png, most.wav, least.wav, explanation.json; absent, empty, or left "
         "unfinished by a killed command (default: NAME-explained, with --filters NAME-filters, here)")
      ->type_name("FOLDER")
      ->check(not_a_stream);
  auto* const from = app.add_option("--from", arguments.from, "start of the explained part in seconds");
  from->type_name("SECONDS")->check(number_from(0))->capture_default_str();
  auto* const seconds = app.add_option("--seconds", arguments.seconds,
                                       "length of the explained part in seconds (default: the rest)");
  seconds->type_name("SECONDS")->check(number_from(0.001, kMostSeconds));
  app.add_option("--baseline", arguments.baseline,
                 "values for the absence of a sound: the mean of each band over the chunk, or silence")
      ->check(CLI::IsMember({"mean", "silence"}))
      ->capture_default_str();
  app.add_option("--steps", arguments.steps, "points between baseline and sound, of integrated gradients")
      ->check(whole_number_from(1, kMostSteps))
      ->capture_default_str();
  app.add_option(
         "--cells", arguments.cells,
         "cells of a chunk along time and frequency, of occlusion and deletion; waveforms and methods "
         "for transformers are divided along time alone")
      ->type_name("TIMESxBANDS")
      ->check(cells_fault)
      ->capture_default_str();
  app.add_option("--deletion-steps", arguments.deletion_steps, "points of the deletion curve; 0: no curve")
      ->check(whole_number_from(0, kMostCells))
      ->capture_default_str();
  app.add_flag("--filters", arguments.filters,
               "show the learned filters of MODEL instead of explaining a file")
      ->excludes(file, tag, method, from, seconds);
  app.add_flag("--json", arguments.json, "print the result as one JSON object on stdout");
  arguments.compute.add_to(app);
}

}  // namespace

Command explain_command() {
  return {"explain", "show which parts of a sound count for a tag: a map, its test, and the seconds to hear",
          [](CLI::App& app) {
            auto arguments = std::make_shared<ExplainArguments>();
            define(app, *arguments);
            return
                [arguments] { return run_profiled(arguments->compute, [&] { return explain(*arguments); }); };
          }};
}

}  // namespace sonograd::app
