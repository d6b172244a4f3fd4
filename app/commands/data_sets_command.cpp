// `sonograd data sets`: the published data sets that `data prepare` reads.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/command.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"
#include "app/terminal/table.h"
#include "train/data/sets/registry.h"

namespace sonograd::app {
namespace {

using nlohmann::ordered_json;

struct DataSetsOptions {
  std::string name;
  OutputFormat output;
};

ordered_json choices_of(std::span<const train::SetChoice> choices) {
  ordered_json list = ordered_json::array();
  for (const train::SetChoice& choice : choices)
    list.push_back({{"name", choice.name}, {"meaning", choice.meaning}});
  return list;
}

ordered_json description_of(const train::DataSet& set) {
  return {{"name", set.name},
          {"summary", set.summary},
          {"files", set.layout},
          {"subsets", choices_of(set.subsets)},
          {"splits", choices_of(set.splits)}};
}

void print_choices(std::string_view option, std::span<const train::SetChoice> choices) {
  for (const train::SetChoice& choice : choices)
    print_data("{:<9} {:<12} {}\n", option, choice.name, choice.meaning);
}

int describe(const train::DataSet& set, bool json) {
  if (json) {
    print_data("{}\n", description_of(set).dump());
    return kOk;
  }
  print_data("{}\nfiles     {}\n", set.summary, set.layout);
  print_choices("--subset", set.subsets);
  print_choices("--split", set.splits);
  return kOk;
}

int data_sets(const DataSetsOptions& options) {
  const std::vector<train::DataSet> sets = train::all_data_sets();
  for (const train::DataSet& set : sets)
    if (set.name == options.name) return describe(set, options.output.json);
  if (options.output.json) {
    ordered_json list = ordered_json::array();
    for (const train::DataSet& set : sets) list.push_back(description_of(set));
    print_data("{}\n", ordered_json{{"data_sets", list}}.dump());
    return kOk;
  }
  Table table({"name", "data set"}, options.output.format);
  for (const train::DataSet& set : sets) table.add({std::string(set.name), std::string(set.summary)});
  table.finish();
  return kOk;
}

}  // namespace

Command data_sets_command() {
  return {"data sets", "list the published data sets that data prepare reads", [](CLI::App& app) {
            auto options = std::make_shared<DataSetsOptions>();
            app.add_option("NAME", options->name, "one of them: its files, subsets and splits")
                ->check(CLI::IsMember(train::data_set_names()));
            options->output.add_to(app);
            return [options] { return data_sets(*options); };
          }};
}

}  // namespace sonograd::app
