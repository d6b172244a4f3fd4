// `sonograd evaluate`: scores of a model on clips whose labels are known.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/profile_report.h"
#include "app/commands/test_scores.h"
#include "app/options/loaded_model.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "train/data/test_set.h"
#include "train/run/run_folder.h"

namespace sonograd::app {
namespace {

struct EvaluateCommandOptions {
  ComputeOptions compute;
  OutputFormat output;
  std::string model, data, split;
  TestOptions test;
};

std::vector<std::string> cells_of(const train::Evaluation& scores, const std::string& label, std::size_t i) {
  const train::TagScores& tag = scores.tags.tags[i];
  const std::optional<double> f1 = scores.confusion ? scores.confusion->f1(i) : tag.f1;
  return {label, std::to_string(tag.support), score_text(tag.roc_auc), score_text(tag.average_precision),
          score_text(f1)};
}

std::string_view examples_of(const train::Evaluation& scores, train::Level level) {
  if (scores.has_steps) return "steps";
  return level == train::Level::song ? "clips" : "chunks";
}

// F1 with the threshold of the model, and that threshold.
std::vector<std::string> fitted_cells_of(const train::ThresholdScores& fitted, std::size_t i) {
  return {score_text(fitted.f1[i]), score_text(fitted.thresholds[i])};
}

void print_table(const train::Evaluation& scores, const std::vector<std::string>& labels,
                 std::string_view examples) {
  std::vector<std::string> columns = {"tag", "support", "ROC-AUC", "PR-AUC", "F1"};
  if (scores.fitted) columns.insert(columns.end(), {"F1 fitted", "threshold"});
  Table table(std::move(columns), "table");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::vector<std::string> cells = cells_of(scores, labels[i], i);
    if (scores.fitted) std::ranges::move(fitted_cells_of(*scores.fitted, i), std::back_inserter(cells));
    table.add(std::move(cells));
  }
  table.finish();
  print_data("\n{} {}\nROC-AUC {}\nPR-AUC {}\n", examples, scores.clips(), score_text(scores.roc_auc()),
             score_text(scores.pr_auc()));
  if (scores.confusion) print_data("accuracy {}\n", score_text(scores.accuracy()));
  print_data("F1 {}{}\n", score_text(scores.f1()), scores.confusion ? "" : " with a threshold of 0.5");
  if (scores.fitted) print_data("F1 {} with the thresholds of the model\n", score_text(scores.f1_fitted()));
}

// The first row, `all`, has the number of clips and the means over tags; only there is an accuracy. The last two columns are empty
// for a model without thresholds.
void print_rows(const train::Evaluation& scores, const std::vector<std::string>& labels,
                const std::string& format) {
  Table table({"tag", "support", "ROC-AUC", "PR-AUC", "F1", "accuracy", "F1 fitted", "threshold"}, format);
  table.add({"all", std::to_string(scores.clips()), score_text(scores.roc_auc()), score_text(scores.pr_auc()),
             score_text(scores.f1()), scores.confusion ? score_text(scores.accuracy()) : "",
             scores.fitted ? score_text(scores.f1_fitted()) : "", ""});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::vector<std::string> cells = cells_of(scores, labels[i], i);
    cells.emplace_back();
    if (scores.fitted) std::ranges::move(fitted_cells_of(*scores.fitted, i), std::back_inserter(cells));
    cells.resize(8);
    table.add(std::move(cells));
  }
  table.finish();
}

void print_retrieval(const train::Evaluation& scores, const std::string& format) {
  Table table({"measure", "value"}, format);
  table.add({"clips", std::to_string(scores.clips())});
  table.add({"queries", std::to_string(scores.retrieval->queries)});
  for (const RetrievalScore& score : retrieval_list(scores)) table.add({score.name, score_text(score.value)});
  table.finish();
}

void print(const train::Evaluation& scores, const EvaluateCommandOptions& options,
           const train::Dataset& dataset, const models::ModelDescription& about) {
  if (options.output.json) {
    auto object = scores_to_json(scores, about.labels, options.test.chunks.aggregate_of(about));
    if (!scores.retrieval) object["level"] = scores.has_steps ? "step" : word_of(options.test.level);
    object["left_out"] = {{"clips", dataset.unused_clips}, {"labels", dataset.unused_labels.size()}};
    print_data("{}\n", object.dump());
  } else if (scores.retrieval) {
    print_retrieval(scores, options.output.format);
  } else if (options.output.format == "table") {
    print_table(scores, about.labels, examples_of(scores, options.test.level));
  } else {
    print_rows(scores, about.labels, options.output.format);
  }
}

// Throws ConfigError for a data set in the place of the model and a run in that of the data set.
void require_order(const EvaluateCommandOptions& options) {
  std::error_code none;
  const auto is_run = [](const std::string& folder) { return train::RunFolder(folder).is_run(); };
  const bool is_folder = std::filesystem::is_directory(options.model, none);
  if (!is_folder || is_run(options.model) || !is_run(options.data)) return;
  throw ConfigError(concat("--data ", options.data, " is a run and ", options.model,
                           " is none; expected: sonograd evaluate ", options.data, " --data ",
                           options.model));
}

int evaluate(const EvaluateCommandOptions& options) {
  require_order(options);
  LoadedModel loaded(options.model, options.compute);
  const models::Model& model = loaded.model();
  loaded.clock().begin("listing clips");
  const train::Dataset dataset = train::open_test_set(
      {.folder = options.data, .split = options.split, .run_split = run_split_of(options.model)},
      model.about());

  if (dataset.labels.targets_of() == train::TargetsOf::step && options.test.level == train::Level::instance)
    throw ConfigError("--level instance: the labels of this model have times, and examples are steps");
  if (options.test.metric_of(model) && options.test.level == train::Level::instance)
    throw ConfigError("--level instance: embeddings are compared clip by clip");
  catch_interrupts();  // not before: nothing above looks at them
  options.compute.announce(model.device());
  loaded.clock().begin("evaluating");
  const auto scores = score_test_clips(model, dataset, options.test, options.compute, options.model);
  if (!scores) return kInterrupted;
  if (scores->clips() == 0) {
    print_remark("sonograd: no test clip can be read{}\n",
                 scores->has_steps ? " that has a step with a label of the model" : "");
    return kInputUnreadable;
  }
  print(*scores, options, dataset, model.about());
  return scores->unreadable.empty() ? kOk : kPartial;
}

}  // namespace

Command evaluate_command() {
  return {
      "evaluate", "score a model on a labelled data set", [](CLI::App& app) {
        auto options = std::make_shared<EvaluateCommandOptions>();
        app.add_option("MODEL", options->model, "model file or run folder")->required();
        app.add_option("--data", options->data, "folder with labels.tsv, or one sub-folder per label")
            ->required();
        app.add_option(
            "--split", options->split,
            "test rows: split, COLUMN=VALUE, or all (default: the run's, else the column split, else all)");
        app.footer(
            "F1 fitted: with the thresholds that gave the highest F1 on the validation clips, where the "
            "model "
            "has them; F1: with a threshold of 0.5 for every tag.\nIn csv and tsv the first row, `all`, has "
            "the number of clips and the means over tags.\nA model that was trained on labels with times "
            "(the column segments) is scored on every step of its network.\nA model that was trained by "
            "triplets is "
            "scored by the distances of its embeddings: recall@K is the share of the labels of a clip that "
            "one "
            "of its K nearest clips has, triplets the share of clips with a label in common that are nearer "
            "than one without.");
        options->test.add_to(app);
        options->test.add_level_to(app);
        options->output.add_to(app);
        options->compute.add_to(app);
        return [options] { return run_profiled(options->compute, [&] { return evaluate(*options); }); };
      }};
}

}  // namespace sonograd::app
