// `sonograd info MODEL`: the contents of a model file.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/commands/flat_json.h"
#include "app/options/model_argument.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "models/core/used_options.h"
#include "tensor/support/utf8.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct InfoOptions {
  std::string model;
  OutputFormat output;
};

double seconds_of(const models::Model& model, std::int64_t samples) {
  return static_cast<double>(samples) / static_cast<double>(model.network().input().sample_rate);
}

std::int64_t hop_of(const models::Model& model) {
  const std::int64_t hop = model.about().hop_samples;
  return hop > 0 ? hop : model.network().input().hop;
}

// All entries but the labels and their thresholds; options by their path, in its order.
ordered_json entries_of(const models::Model& model, const std::filesystem::path& file) {
  const models::ModelDescription& about = model.about();
  const models::Input& input = model.network().input();
  ordered_json entries = {{"file", to_utf8_lossy(file.string())},
                          {"network", about.arch},
                          {"parameters", model.network().parameter_count()},
                          {"outputs", about.labels.size()},
                          {"task", about.output == models::Output::sigmoid ? "tags" : "label"},
                          {"sample_rate", input.sample_rate},
                          {"input_seconds", seconds_of(model, input.samples)},
                          {"hop_seconds", seconds_of(model, hop_of(model))},
                          {"chunks", about.chunks},
                          {"aggregate", models::name_of(about.aggregate)},
                          {"pad", word_of(about.pad)},
                          {"pcm", word_of(about.pcm)},
                          {"filter_bank", models::name_of(about.filter_bank)},
                          {"licence", about.licence}};
  std::map<std::string, ordered_json> options;
  for (const auto& [option, value] : used_options(models::find_architecture(about.arch), about.options))
    options[option.path()] = models::json_of<ordered_json>(value);
  for (const auto& [path, value] : options) entries[path] = value;
  for (const auto& [prefix, text] :
       {std::pair("training", &about.training), std::pair("metrics", &about.metrics)}) {
    add_flat(entries, prefix, ordered_json::parse(*text));
  }
  return entries;
}

void print_info_json(const models::Model& model, const std::filesystem::path& file) {
  const models::ModelDescription& about = model.about();
  ordered_json object = entries_of(model, file);
  object["labels"] = about.labels;
  object["thresholds"] = about.thresholds;
  print_data("{}\n", object.dump());
}

void print_info_tables(const models::Model& model, const std::filesystem::path& file,
                       const std::string& format) {
  const models::ModelDescription& about = model.about();
  Table table({"entry", "value"}, format);
  const ordered_json entries = entries_of(model, file);
  for (const auto& [entry, value] : entries.items()) table.add({entry, value_text(value)});
  const bool has_thresholds = !about.thresholds.empty();
  const auto threshold = [&](std::size_t i) { return fmt::format("{:.4f}", about.thresholds[i]); };
  if (format != "table") {
    for (std::size_t i = 0; i < about.labels.size(); ++i) {
      table.add({"label", about.labels[i]});
      if (has_thresholds) table.add({"threshold", threshold(i)});
    }
    return table.finish();
  }
  table.finish();
  print_data("\n");
  Table labels(
      has_thresholds ? std::vector<std::string>{"label", "threshold"} : std::vector<std::string>{"label"},
      format);
  for (std::size_t i = 0; i < about.labels.size(); ++i) {
    std::vector<std::string> row = {about.labels[i]};
    if (has_thresholds) row.push_back(threshold(i));
    labels.add(std::move(row));
  }
  labels.finish();
}

int info(const InfoOptions& options) {
  const std::filesystem::path file = model_file_of(options.model);
  const std::shared_ptr<const models::Model> model = models::load_model(file);
  print_warnings(*model, file);
  options.output.json ? print_info_json(*model, file)
                      : print_info_tables(*model, file, options.output.format);
  return kOk;
}

}  // namespace

Command info_command() {
  return {"info", "print what a model file contains: network, options, input, labels, thresholds, training",
          [](CLI::App& app) {
            auto options = std::make_shared<InfoOptions>();
            app.add_option("MODEL", options->model, "model file or run folder")->required();
            options->output.add_to(app);
            return [options] { return info(*options); };
          }};
}

}  // namespace sonograd::app
