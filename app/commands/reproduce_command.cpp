// `sonograd reproduce`: a published table of scores with ours beside it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/published_table.h"
#include "app/commands/test_scores.h"
#include "app/options/kernel_choices.h"
#include "app/options/model_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "models/core/architecture.h"
#include "tensor/support/utf8.h"
#include "train/data/test_set.h"
#include "train/run/json_entry.h"

namespace sonograd::app {
namespace {

namespace fs = std::filesystem;

struct ReproduceOptions {
  std::string table, folder;
  ComputeOptions compute;
  OutputFormat output;
  TestOptions test;
};

/// Our scores of one row, or the reason for which there are none.
struct OwnScores {
  std::optional<double> roc_auc, pr_auc;
  std::size_t clips = 0;
  std::string gap;
};

bool has_network(std::string_view name) {
  return std::ranges::any_of(models::all_architectures(),
                             [&](const models::Architecture& each) { return each.name == name; });
}

/// The model of a row: NAME.safetensors or the run folder NAME; empty when neither is there.
fs::path model_of(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  for (const fs::path& path : {folder / (name + ".safetensors"), folder / name}) {
    if (fs::exists(path, ignored)) return path;
  }
  return {};
}

std::string missing_model(const fs::path& folder, const PublishedScores& row) {
  std::error_code ignored;
  const std::string weights = row.file + ".pth";
  if (fs::exists(folder / weights, ignored))
    return concat(weights, " is not converted: sonograd convert ", weights, ' ', row.file, ".safetensors");
  return concat("no model: expected ", row.file, ".safetensors or the run folder ", row.file);
}

/// Throws Error when the model does not fit the row or the data set. Nothing when the user interrupts.
std::optional<OwnScores> evaluate_row(const PublishedScores& row, const fs::path& file, const fs::path& data,
                                      Device device, const ReproduceOptions& options) {
  const auto model = open_model(file, device, options.compute);
  if (model->about().arch != row.network)
    return OwnScores{.gap = concat("the model is a ", model->about().arch, ", not a ", row.network)};
  const train::Dataset dataset =
      train::open_test_set({.folder = data, .split = "", .run_split = run_split_of(file)}, model->about());
  const auto scores = score_test_clips(*model, dataset, options.test, options.compute, file);
  if (!scores) return std::nullopt;
  if (scores->clips() == 0) return OwnScores{.gap = "no test clip can be read"};
  return OwnScores{scores->roc_auc(), scores->pr_auc(), scores->clips(), ""};
}

std::optional<OwnScores> own_scores(const PublishedScores& row, Device device,
                                    const ReproduceOptions& options) {
  std::error_code ignored;
  const fs::path folder = options.folder, data = folder / row.data, model = model_of(folder, row.file);
  if (!has_network(row.network))
    return OwnScores{.gap = concat("the network ", row.network, " is not built in")};
  if (model.empty()) return OwnScores{.gap = missing_model(folder, row)};
  if (!fs::is_directory(data, ignored))
    return OwnScores{.gap = concat("no data: expected the folder ", row.data, " with labels.tsv and sounds")};
  try {
    return evaluate_row(row, model, data, device, options);
  } catch (const Error& error) {
    return OwnScores{.gap = error.what()};
  }
}

std::string difference_cell(const std::optional<double>& own, double published) {
  return own ? fmt::format("{:+.4f}", *own - published) : "-";
}

nlohmann::ordered_json row_to_json(const PublishedScores& row, const OwnScores& own) {
  return {{"data", row.data},
          {"model", row.model},
          {"network", row.network},
          {"published", {{"roc_auc", row.roc_auc}, {"pr_auc", row.pr_auc}}},
          {"own",
           {{"roc_auc", train::or_null(own.roc_auc)},
            {"pr_auc", train::or_null(own.pr_auc)},
            {"clips", own.clips}}},
          {"gap", to_utf8_lossy(own.gap)}};
}

int reproduce(const ReproduceOptions& options) {
  const std::vector<PublishedTable> tables = published_tables();
  const auto table = std::ranges::find(tables, options.table, &PublishedTable::name);
  std::error_code ignored;
  if (!fs::is_directory(options.folder, ignored))
    throw ConfigError(concat("--in ", options.folder, ": expected a folder with data sets and models"));
  const Device device = options.compute.apply();
  const KernelChoices choices(options.compute);
  catch_interrupts();
  Table rows(
      {"data", "model", "ROC-AUC", "ours", "difference", "PR-AUC", "ours", "difference", "clips", "gap"},
      options.output.format);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const PublishedScores& row : rows_of(*table)) {
    const std::optional<OwnScores> own = own_scores(row, device, options);
    if (!own) return kInterrupted;
    list.push_back(row_to_json(row, *own));
    if (options.output.json) continue;
    rows.add({row.data, row.model, score_text(row.roc_auc), score_text(own->roc_auc),
              difference_cell(own->roc_auc, row.roc_auc), score_text(row.pr_auc), score_text(own->pr_auc),
              difference_cell(own->pr_auc, row.pr_auc), own->clips > 0 ? std::to_string(own->clips) : "-",
              to_utf8_lossy(own->gap)});
  }
  if (options.output.json) {
    const nlohmann::ordered_json object = {
        {"table", table->name}, {"source", source_of(*table)}, {"rows", list}};
    print_data("{}\n", object.dump());
    return kOk;
  }
  rows.finish();
  if (options.output.format == "table") print_data("\n{}\n", source_of(*table));
  return kOk;
}

std::vector<std::string> table_names() {
  std::vector<std::string> names;
  for (const PublishedTable& table : published_tables()) names.emplace_back(table.name);
  return names;
}

}  // namespace

Command reproduce_command() {
  return {
      "reproduce", "print a published table of scores with ours beside it", [](CLI::App& app) {
        auto options = std::make_shared<ReproduceOptions>();
        std::string footer = "Tables:";
        for (const PublishedTable& table : published_tables())
          footer += fmt::format("\n  {:<10} {}", table.name, source_of(table));
        app.add_option("TABLE", options->table, "table of a paper")
            ->required()
            ->check(CLI::IsMember(table_names()));
        app.add_option("--in", options->folder,
                       "folder with data sets (mtat, msd, jamendo, mtt: labels.tsv and sounds) and models "
                       "(mtat-fcn.safetensors, or a run folder mtat-fcn)")
            ->required();
        app.footer(concat(footer,
                          "\n\nA row without a model or data keeps its published scores; the column `gap` "
                          "states what is missing. Test clips: the column split of labels.tsv."));
        options->test.add_to(app);
        options->output.add_to(app);
        options->compute.add_to(app);
        return [options] { return reproduce(*options); };
      }};
}

}  // namespace sonograd::app
