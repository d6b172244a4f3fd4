// `sonograd evaluate`: scores of a model on clips whose labels are known.
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/chunk_options.h"
#include "app/command.h"
#include "app/compute_options.h"
#include "app/exit_codes.h"
#include "app/interrupt.h"
#include "app/model_argument.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/table.h"
#include "audio/utf8.h"
#include "kernels/core/launch.h"
#include "train/evaluator.h"
#include "train/test_set.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct EvaluateCommandOptions {
  ComputeOptions compute;
  OutputFormat output;
  std::string model, data, split;
  ChunkOptions chunks;
  double cache_max = 50;
};

ordered_json value_or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

std::string text_of(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

void print_json(const train::Evaluation& scores, const std::vector<std::string>& labels,
                std::string_view aggregate) {
  ordered_json object = {{"clips", scores.clips()},
                         {"aggregate", aggregate},
                         {"roc_auc", value_or_null(scores.roc_auc())},
                         {"pr_auc", value_or_null(scores.pr_auc())}};
  if (scores.confusion) object["accuracy"] = value_or_null(scores.accuracy());
  object["f1"] = value_or_null(scores.f1());
  object["tags"] = ordered_json::array();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const train::TagScores& tag = scores.tags.tags[i];
    object["tags"].push_back({{"tag", labels[i]},
                              {"support", tag.support},
                              {"roc_auc", value_or_null(tag.roc_auc)},
                              {"pr_auc", value_or_null(tag.average_precision)}});
  }
  print_data("{}\n", object.dump());
}

void print_table(const train::Evaluation& scores, const std::vector<std::string>& labels,
                 const std::string& format) {
  Table table({"tag", "support", "ROC-AUC", "PR-AUC", "F1"}, format);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const train::TagScores& tag = scores.tags.tags[i];
    const std::optional<double> f1 = scores.confusion ? scores.confusion->f1(i) : tag.f1;
    table.add({labels[i], std::to_string(tag.support), text_of(tag.roc_auc), text_of(tag.average_precision),
               text_of(f1)});
  }
  table.finish();
  if (format != "table") return;
  print_data("\nclips {}\nROC-AUC {}\nPR-AUC {}\n", scores.clips(), text_of(scores.roc_auc()),
             text_of(scores.pr_auc()));
  if (scores.confusion) print_data("accuracy {}\n", text_of(scores.accuracy()));
  print_data("F1 {}\n", text_of(scores.f1()));
}

std::filesystem::path run_split_of(const std::filesystem::path& model) {
  const std::filesystem::path split = model / "split.tsv";
  return std::filesystem::is_directory(model) && std::filesystem::exists(split) ? split
                                                                                : std::filesystem::path();
}

int evaluate(const EvaluateCommandOptions& options) {
  const Device device = options.compute.apply();
  const ProfileOnExit profile(options.compute);
  models::Model model = models::load_model(model_file_of(options.model));
  const train::Dataset dataset = train::open_test_set(
      {.folder = options.data, .split = options.split, .run_split = run_split_of(options.model)},
      model.about);

  train::EvaluateOptions work;
  work.rule = options.chunks.rule(model.about);
  work.aggregate = options.chunks.aggregate_of(model.about);
  work.device = device;
  work.batch = options.chunks.batch_of(model.about);
  work.workers = kernels::threads();
  Progress progress("evaluating", "clips", std::ssize(dataset.split.test),
                    !options.compute.quiet && !options.compute.no_progress);
  work.progress = [&](std::size_t done, std::size_t) {
    progress.update(static_cast<std::int64_t>(done));
    return !interrupted();
  };
  train::PcmCache cache(train::PcmCache::default_folder(),
                        static_cast<std::uint64_t>(options.cache_max * 1024 * 1024 * 1024));
  const train::ClipReader reader(work.rule.sample_rate, model.about.pcm, &cache);
  const auto scores = train::evaluate(model, dataset.clips(dataset.split.test), reader, work);
  progress.clear();
  if (!scores) return kInterrupted;

  if (const std::string warning = cache.warning(); !warning.empty() && !options.compute.quiet)
    print_remark("warning: {}\n", warning);
  for (const train::UnreadableClip& clip : scores->unreadable) {
    print_remark("skipped {}: {}\n", audio::to_utf8_lossy(clip.path), audio::to_utf8_lossy(clip.reason));
  }
  if (scores->clips() == 0) return kInputUnreadable;
  if (scores->tags.one_class_tags != 0 && !options.compute.quiet) {
    print_remark("warning: {} of {} labels have one class only; they are not in the means\n",
                 scores->tags.one_class_tags, model.about.labels.size());
  }
  if (options.output.json) {
    print_json(*scores, model.about.labels, models::name_of(work.aggregate));
  } else {
    print_table(*scores, model.about.labels, options.output.format);
  }
  return scores->unreadable.empty() ? kOk : kPartial;
}

}  // namespace

Command evaluate_command() {
  return {"evaluate", "score a model on a labelled data set", [](CLI::App& app) {
            auto options = std::make_shared<EvaluateCommandOptions>();
            app.add_option("MODEL", options->model, "model file or run folder")->required();
            app.add_option("--data", options->data, "folder with labels.tsv, or one sub-folder per label")
                ->required();
            app.add_option(
                "--split", options->split,
                "test rows: split, or COLUMN=VALUE (default: the run's, else the column split, else all)");
            options->chunks.add_to(app);
            app.add_option("--cache-max", options->cache_max, "limit of the cache of decoded clips in GiB")
                ->check(CLI::NonNegativeNumber)
                ->capture_default_str();
            options->output.add_to(app);
            options->compute.add_to(app);
            return [options] { return evaluate(*options); };
          }};
}

}  // namespace sonograd::app
