// `sonograd evaluate`: scores of a model on clips whose labels are known.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/exit_codes.h"
#include "app/kernel_choices.h"
#include "app/model_argument.h"
#include "app/output.h"
#include "app/phase_clock.h"
#include "app/profile_report.h"
#include "app/table.h"
#include "app/test_scores.h"
#include "train/test_set.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct EvaluateCommandOptions {
  ComputeOptions compute;
  OutputFormat output;
  std::string model, data, split;
  TestOptions test;
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

int evaluate(const EvaluateCommandOptions& options) {
  const Device device = options.compute.apply();
  const KernelChoices choices(options.compute);
  PhaseClock clock(options.compute.verbose);
  clock.begin("loading the model");
  models::Model model = models::load_model(model_file_of(options.model), device);
  clock.begin("listing clips");
  const train::Dataset dataset = train::open_test_set(
      {.folder = options.data, .split = options.split, .run_split = run_split_of(options.model)},
      model.about);

  clock.begin("evaluating");
  const auto scores = score_test_clips(model, dataset, options.test, options.compute, device);
  if (!scores) return kInterrupted;
  if (scores->clips() == 0) return kInputUnreadable;
  if (options.output.json) {
    print_json(*scores, model.about.labels, models::name_of(options.test.chunks.aggregate_of(model.about)));
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
            options->test.add_to(app);
            options->output.add_to(app);
            options->compute.add_to(app);
            return [options] { return run_profiled(options->compute, [&] { return evaluate(*options); }); };
          }};
}

}  // namespace sonograd::app
