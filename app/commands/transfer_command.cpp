// `sonograd transfer`: linear classifiers on the features of a model, for another task than its own.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

#include "app/commands/command.h"
#include "app/commands/profile_report.h"
#include "app/commands/test_scores.h"
#include "app/options/chunk_options.h"
#include "app/options/compute_options.h"
#include "app/options/loaded_model.h"
#include "app/options/number_range.h"
#include "app/options/setting_flags.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "app/terminal/table.h"
#include "kernels/core/launch.h"
#include "tensor/support/utf8.h"
#include "train/run/json_entry.h"
#include "train/transfer/probe.h"

namespace sonograd::app {
namespace {

constexpr double kLeastC = 1e-9, kMostC = 1e9;

constexpr std::pair<const char*, std::string_view> kDataSettings[] = {
    {"--task", "data.task"}, {"--split", "data.split"}, {"--labels", "data.labels"}};

struct TransferOptions {
  ComputeOptions compute;
  SettingFlags data;
  OutputFormat output;
  ChunkOptions chunks;
  std::string model, folds;
  std::vector<std::string> features;
  std::vector<double> grid = {std::begin(train::kProbeGrid), std::end(train::kProbeGrid)};
};

// One row: features, and their scores on every split.
struct Outcome {
  std::string features;
  std::size_t width = 0;
  std::vector<train::ProbeScores> scores;
};

using Score = std::optional<double> train::ProbeScores::*;

// Mean over the splits; none when one lacks it.
std::optional<double> mean_of(const Outcome& outcome, Score score) {
  double sum = 0;
  for (const train::ProbeScores& each : outcome.scores) {
    if (!(each.*score)) return std::nullopt;
    sum += *(each.*score);
  }
  return sum / static_cast<double>(outcome.scores.size());
}

// "2", or the values of the splits: "0.1 2 8".
std::string values_of_c(const Outcome& outcome) {
  std::string text;
  for (const train::ProbeScores& each : outcome.scores)
    text += fmt::format("{}{:g}", text.empty() ? "" : " ", each.c);
  return text;
}

void print_table(const std::vector<Outcome>& outcomes, const std::string& format) {
  Table table({"features", "width", "C", "clips", "accuracy", "ROC-AUC", "PR-AUC"}, format);
  for (const Outcome& outcome : outcomes) {
    std::size_t clips = 0;
    for (const train::ProbeScores& each : outcome.scores) clips += each.test;
    table.add({outcome.features, std::to_string(outcome.width), values_of_c(outcome), std::to_string(clips),
               score_text(mean_of(outcome, &train::ProbeScores::accuracy)),
               score_text(mean_of(outcome, &train::ProbeScores::roc_auc)),
               score_text(mean_of(outcome, &train::ProbeScores::pr_auc))});
  }
  table.finish();
}

void print_json(const std::vector<Outcome>& outcomes) {
  for (const Outcome& outcome : outcomes) {
    nlohmann::ordered_json line = {
        {"features", outcome.features},
        {"width", outcome.width},
        {"accuracy", train::or_null(mean_of(outcome, &train::ProbeScores::accuracy))},
        {"roc_auc", train::or_null(mean_of(outcome, &train::ProbeScores::roc_auc))},
        {"pr_auc", train::or_null(mean_of(outcome, &train::ProbeScores::pr_auc))},
        {"splits", nlohmann::ordered_json::array()}};
    for (const train::ProbeScores& each : outcome.scores) {
      line["splits"].push_back({{"c", each.c},
                                {"train", each.train},
                                {"test", each.test},
                                {"accuracy", train::or_null(each.accuracy)},
                                {"roc_auc", train::or_null(each.roc_auc)},
                                {"pr_auc", train::or_null(each.pr_auc)}});
    }
    print_data("{}\n", line.dump());
  }
}

// Features of all clips of the table that a split has; nothing when the user interrupts.
std::optional<train::ClipFeatures> compute_features(const TransferOptions& options,
                                                    const models::Model& model, const std::string& name,
                                                    const train::ClipList& clips,
                                                    const train::ClipReader& reader) {
  Progress progress(name, "clips", std::ssize(clips.rows),
                    !options.compute.quiet && !options.compute.no_progress);
  train::FeatureOptions work{.rule = options.chunks.rule(model),
                             .batch = options.chunks.batch_of(model),
                             .workers = kernels::threads(),
                             .progress = [&](std::size_t done, std::size_t) {
                               progress.update(static_cast<std::int64_t>(done));
                               return !interrupted();
                             }};
  train::ClipFeatures features =
      train::clip_features(model.network(), model.device(), name, clips, reader, work);
  progress.clear();
  if (interrupted()) return std::nullopt;
  return features;
}

// Rows of the splits, each once.
std::vector<std::size_t> all_rows(const std::vector<train::Split>& splits) {
  std::set<std::size_t> rows;
  for (const train::Split& split : splits) {
    const std::vector<std::size_t> own = split.rows();
    rows.insert(own.begin(), own.end());
  }
  return {rows.begin(), rows.end()};
}

void require_known(const std::vector<std::string>& names, const models::Model& model) {
  const std::vector<std::string> known = train::feature_names(model);
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    throw ConfigError(
        concat("--features ", name, ": expected ", listed(known, known.size()), did_you_mean(name, known)));
  }
}

int transfer(TransferOptions options) {
  LoadedModel loaded(options.model, options.compute);
  const models::Model& model = loaded.model();
  if (options.features.empty()) options.features = train::feature_names(model);
  require_known(options.features, model);
  loaded.clock().begin("listing clips");
  options.data.settings.train.seed = options.compute.settings().seed;
  const train::Dataset dataset = options.folds.empty() ? train::Dataset::open(options.data.settings)
                                                       : train::Dataset::open_to_check(options.data.settings);
  if (dataset.labels.targets_of() == train::TargetsOf::step)
    throw ConfigError(
        concat(dataset.table.name(),
               ": expected labels of clips (the columns tags or label); those of segments have times"));
  const std::vector<train::Split> splits =
      options.folds.empty()
          ? std::vector<train::Split>{dataset.split}
          : train::splits_by_column(dataset, options.folds,
                                    static_cast<std::uint64_t>(options.data.settings.train.seed));
  catch_interrupts();
  options.compute.announce(model.device());
  loaded.clock().begin("computing features");
  if (!options.compute.quiet) {
    for (const std::string& sentence : dataset.warnings())
      print_remark("warning: {}\n", to_utf8_lossy(sentence));
  }
  const std::unique_ptr<train::PcmCache> cache = train::PcmCache::open(options.data.settings.data.cache_max);
  const train::ClipReader reader(
      static_cast<int>(model.network().input().sample_rate), model.about().pcm, cache.get(),
      audio::LoadLimits::shared_by(train::clips_at_a_time(kernels::threads()), options.chunks.memory() / 2));
  const train::ClipList clips = dataset.clips(all_rows(splits));
  std::vector<Outcome> outcomes;
  std::size_t unreadable = 0;
  for (const std::string& name : options.features) {
    const auto features = compute_features(options, model, name, clips, reader);
    if (!features) return kInterrupted;
    if (outcomes.empty()) {
      unreadable = features->unreadable.size();
      for (const train::ClipProblem& clip : features->unreadable)
        print_remark("skipped {}: {}\n", to_utf8_lossy(clip.path), to_utf8_lossy(clip.reason));
    }
    Outcome& outcome = outcomes.emplace_back(Outcome{name, features->width, {}});
    for (const train::Split& split : splits) {
      const auto scores =
          train::probe(dataset, split, *features, options.grid, [] { return !interrupted(); });
      if (!scores) return kInterrupted;
      outcome.scores.push_back(*scores);
    }
  }
  if (options.output.json) {
    print_json(outcomes);
  } else {
    print_table(outcomes, options.output.format);
  }
  return unreadable == 0 ? kOk : kPartial;
}

}  // namespace

Command transfer_command() {
  return {
      "transfer", "score linear classifiers on the features of a model, for another task", [](CLI::App& app) {
        auto options = std::make_shared<TransferOptions>();
        app.add_option("MODEL", options->model, "model file or run folder")->required();
        options->data.add(app, "--data", "data.dir").required();
        for (const auto& [flag, key] : kDataSettings) options->data.add(app, flag, key);
        app.add_option("--folds", options->folds,
                       "column whose values are tested on in turn; scores are means (default: one split)")
            ->type_name("COLUMN")
            ->excludes(app.get_option("--split"));
        app.add_option("--features", options->features,
                       "outputs of the network, by name, and mfcc: means and deviations of cepstra and their "
                       "derivatives (default: all)")
            ->type_name("NAME")
            ->expected(1, -1);
        app.add_option("--c", options->grid,
                       "weights of the losses beside the squares of the weights of a classifier; the best on "
                       "the validation clips is used (default: 0.1 2 8 32)")
            ->type_name("C")
            ->expected(1, -1)
            ->check(number_from(kLeastC, kMostC));
        for (CLI::Option* option : app.get_options()) option->envname("");
        options->chunks.add_to(app);
        options->output.add_to(app);
        options->compute.add_to(app);
        app.footer(
            "The weights of the network do not change. Classes: support vector machines, one against the "
            "others; tags: logistic regressions (liblinear). Features are averaged over the chunks of a "
            "clip, "
            "and each is scaled to mean 0 and deviation 1 on the training clips.");
        return [options] { return run_profiled(options->compute, [&] { return transfer(*options); }); };
      }};
}

}  // namespace sonograd::app
