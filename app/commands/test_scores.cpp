#include "app/commands/test_scores.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/options/number_range.h"
#include "app/options/setting_flags.h"
#include "app/options/word_list.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/progress.h"
#include "kernels/core/launch.h"
#include "tensor/support/text.h"
#include "tensor/support/utf8.h"
#include "train/config/config.h"
#include "train/config/setting_table.h"
#include "train/data/prepare/description.h"
#include "train/eval/embedding_evaluator.h"
#include "train/run/json_entry.h"
#include "train/run/run_folder.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

double cache_limit(const TestOptions& options, const std::filesystem::path& origin) {
  if (options.cache_max) return *options.cache_max;
  const train::RunFolder run(origin);
  return std::filesystem::exists(run.config()) ? run.settings().data.cache_max
                                               : train::Settings().data.cache_max;
}

void warn(const std::string& sentence) {
  print_remark("warning: {}\n", to_utf8_lossy(sentence));
}

std::string one_class_sentence(const train::TagMetrics& metrics, const std::vector<std::string>& labels) {
  constexpr std::size_t kShownLabels = 3;
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (metrics.tags[i].support == 0) absent.push_back(labels[i]);
  return concat(metrics.one_class_tags, " of ", counted(labels.size(), "label"),
                metrics.one_class_tags == 1 ? " has" : " have", " one class only and ",
                metrics.one_class_tags == 1 ? "is" : "are", " not in the means",
                absent.empty() ? "" : concat("; no clip has ", listed(absent, kShownLabels)));
}

std::optional<train::Evaluation> evaluate_model(const models::Model& model, const train::ClipList& clips,
                                                const train::ClipReader& reader,
                                                const train::EvaluateOptions& options,
                                                const std::optional<train::MetricRecord>& metric,
                                                const std::filesystem::path& origin) try {
  if (metric) return train::evaluate_embedding(model.network(), *metric, clips, reader, options);
  return train::evaluate(model.network(), model.about(), clips, reader, options);
} catch (const train::OutputsNotFinite& error) {
  throw Error(concat(origin.string(), ": ", error.what()));
}

ordered_json retrieval_to_json(const train::Evaluation& scores) {
  ordered_json object = {{"clips", scores.clips()}, {"queries", scores.retrieval->queries}};
  for (const RetrievalScore& score : retrieval_list(scores)) object[score.key] = train::or_null(score.value);
  return object;
}

}  // namespace

void TestOptions::add_to(CLI::App& app) {
  chunks.add_to(app);
  const train::Setting& setting = *train::find_setting("data.cache_max");
  app.add_option("--cache-max", cache_max,
                 help_of(setting.key, concat("the run's, else ", train::Settings().data.cache_max)))
      ->type_name(std::string(setting.unit))
      ->envname(train::environment_variable(setting.key))
      ->check(number_from(setting.limits));
}

void TestOptions::add_level_to(CLI::App& app) {
  app.add_option_function<std::string>(
         "--level", [this](const std::string& word) { level = *parse_word<train::Level>(word); },
         "examples of the scores; song: clips, whose chunks are combined, instance: chunks, each with the "
         "labels of its clip (default: song)")
      ->check(CLI::IsMember(word_list<train::Level>()));
  app.add_option(
         "--embedding", embedding,
         "output of the network: scores of the distances between clips in it, in the place of those of "
         "labels (default: the embedding of a model that was trained by triplets)")
      ->type_name("NAME");
}

std::optional<train::MetricRecord> TestOptions::metric_of(const models::Model& model) const {
  std::optional<train::MetricRecord> metric = train::MetricRecord::of(model.about());
  if (embedding.empty()) return metric;
  const std::vector<std::string>& names = model.about().outputs;
  if (std::ranges::find(names, embedding) == names.end())
    throw ConfigError(concat("--embedding ", embedding, ": ",
                             names.empty() ? concat(model.about().arch, " has no output beside its logits")
                                           : concat("expected ", listed(names, names.size()))));
  if (!metric) metric = {.margin = train::Settings().triplet.margin};
  metric->output = embedding;
  return metric;
}

std::filesystem::path run_split_of(const std::filesystem::path& model) {
  const std::filesystem::path split = model / "split.tsv";
  std::error_code none;
  return std::filesystem::exists(split, none) ? split : std::filesystem::path();
}

std::optional<train::Evaluation> score_test_clips(const models::Model& model, const train::Dataset& dataset,
                                                  const TestOptions& options, const ComputeOptions& compute,
                                                  const std::filesystem::path& origin) {
  if (!compute.quiet) std::ranges::for_each(dataset.warnings(), warn);
  train::EvaluateOptions work;
  work.rule = options.chunks.rule(model);
  work.aggregate = options.chunks.aggregate_of(model.about());
  work.level = options.level;
  work.device = model.device();
  work.batch = options.chunks.batch_of(model);
  work.workers = kernels::threads();
  Progress progress("evaluating", "clips", std::ssize(dataset.split.test),
                    !compute.quiet && !compute.no_progress);
  work.progress = [&](std::size_t done, std::size_t) {
    progress.update(static_cast<std::int64_t>(done));
    return !interrupted();
  };
  const std::unique_ptr<train::PcmCache> cache = train::PcmCache::open(cache_limit(options, origin));
  const auto limits =
      audio::LoadLimits::shared_by(train::clips_at_a_time(work.workers), options.chunks.memory() / 2);
  const std::string resampled =
      train::resampling_warning(dataset.table.folder(), static_cast<int>(work.rule.sample_rate));
  if (!resampled.empty() && !compute.quiet) warn(resampled);
  const train::ClipReader reader(work.rule.sample_rate, model.about().pcm, cache.get(), limits);
  auto scores = evaluate_model(model, dataset.clips(dataset.split.test), reader, work,
                               options.metric_of(model), origin);
  progress.clear();
  if (!scores) return std::nullopt;

  if (!compute.quiet) {
    if (cache && !cache->warning().empty()) warn(cache->warning());
    for (const train::ClipProblem& clip : scores->damaged) warn(concat(clip.path, ": ", clip.reason));
  }
  for (const train::ClipProblem& clip : scores->unreadable) {
    print_remark("skipped {}: {}\n", to_utf8_lossy(clip.path), to_utf8_lossy(clip.reason));
  }
  if (scores->clips() > 0 && scores->tags.one_class_tags != 0 && !compute.quiet) {
    warn(one_class_sentence(scores->tags, model.about().labels));
  }
  return scores;
}

std::string score_text(const std::optional<double>& score) {
  return score ? fmt::format("{:.4f}", *score) : "-";
}

std::vector<RetrievalScore> retrieval_list(const train::Evaluation& scores) {
  const train::RetrievalScores& retrieval = *scores.retrieval;
  std::vector<RetrievalScore> list;
  for (std::size_t k = 0; k < train::kRecallAt.size(); ++k)
    list.push_back({fmt::format("recall@{}", train::kRecallAt[k]),
                    fmt::format("recall_{}", train::kRecallAt[k]), retrieval.recall[k]});
  list.push_back({"triplets", "triplet_accuracy", retrieval.triplet_accuracy});
  list.push_back({"loss", "loss", scores.loss});
  return list;
}

ordered_json scores_to_json(const train::Evaluation& scores, const std::vector<std::string>& labels,
                            models::Aggregate aggregate) {
  if (scores.retrieval) return retrieval_to_json(scores);
  ordered_json object = {{scores.has_steps ? "steps" : "clips", scores.clips()},
                         {"aggregate", models::name_of(aggregate)},
                         {"roc_auc", train::or_null(scores.roc_auc())},
                         {"pr_auc", train::or_null(scores.pr_auc())}};
  if (scores.confusion) object["accuracy"] = train::or_null(scores.accuracy());
  object["f1"] = train::or_null(scores.f1());
  object["f1_fitted"] = train::or_null(scores.f1_fitted());
  object["tags"] = ordered_json::array();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const train::TagScores& tag = scores.tags.tags[i];
    ordered_json entry = {{"tag", labels[i]},
                          {"support", tag.support},
                          {"roc_auc", train::or_null(tag.roc_auc)},
                          {"pr_auc", train::or_null(tag.average_precision)},
                          {"f1", train::or_null(scores.confusion ? scores.confusion->f1(i) : tag.f1)}};
    if (scores.fitted) {
      entry["threshold"] = scores.fitted->thresholds[i];
      entry["f1_fitted"] = train::or_null(scores.fitted->f1[i]);
    }
    object["tags"].push_back(std::move(entry));
  }
  return object;
}

}  // namespace sonograd::app
