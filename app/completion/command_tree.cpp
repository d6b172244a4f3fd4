#include "app/completion/command_tree.h"

#include <CLI/CLI.hpp>
#include <set>
#include <sstream>

#include "kernels/core/variant.h"
#include "models/core/architecture.h"
#include "tensor/support/error.h"
#include "train/config/setting_table.h"

namespace sonograd::app {
namespace {

// The words in `TEXT:{table,csv,tsv}`, which CLI11 prints for an option with a fixed set of values.
std::vector<std::string> choices_of(const std::string& type) {
  const std::size_t open = type.find('{'), close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  std::istringstream list(type.substr(open + 1, close - open - 1));
  std::vector<std::string> choices;
  for (std::string choice; std::getline(list, choice, ',');) choices.push_back(choice);
  return choices;
}

// `conv2d=onednn`, each once.
std::vector<std::string> kernel_names() {
  std::set<std::string> names;
  for (const kernels::TableList& list : kernels::all_tables()) {
    for (const kernels::TableInfo& table : list) {
      for (const kernels::TableInfo::Row& row : table.rows) names.insert(concat(table.op, '=', row.name));
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> op_names() {
  std::set<std::string> names;
  for (const kernels::TableList& list : kernels::all_tables()) {
    for (const kernels::TableInfo& table : list) names.emplace(table.op);
  }
  return {names.begin(), names.end()};
}

// `front_end.hop_length=`: the options of all networks, and with `all` the other settings too.
std::vector<std::string> setting_names(bool all) {
  std::set<std::string> names;
  for (const models::Architecture& network : models::all_architectures()) {
    for (const models::Option& option : network.options) names.insert(concat(option.path(), '='));
  }
  if (all) {
    for (const train::Setting& setting : train::all_settings()) names.insert(concat(setting.key, '='));
  }
  return {names.begin(), names.end()};
}

// Values of options that are names of this program.
std::vector<std::string> known_names(const CLI::Option& option, const std::string& command) {
  const std::string name = option.get_name();
  if (name == "--arch" || (name == "NAME" && command == "models")) return models::architecture_names();
  if (name == "NAME" && command == "kernels") return op_names();
  if (name == "--set") return setting_names(command == "train");
  if (name == "--threshold") return {"fitted"};
  if (name == "--device") return {"auto", "cpu", "cuda:0", "emulated"};
  if (name == "--kernel") return kernel_names();
  if (name == "--labels") return {"mtat", "msd", "jamendo"};
  return {};
}

OptionInfo option_info(const CLI::Option& option, const std::string& command) {
  OptionInfo info{.completions = known_names(option, command),
                  .variable = option.get_envname(),
                  .description = option.get_description(),
                  .default_value = option.get_default_str(),
                  .is_positional = option.get_positional(),
                  .is_required = option.get_required(),
                  .is_repeatable = option.get_expected_max() > 1};
  info.choices = choices_of(option.get_type_name());
  if (!info.choices.empty()) info.completions = info.choices;
  if (info.is_positional) {
    info.names = {option.get_name(true)};
    return info;
  }
  for (const std::string& name : option.get_snames()) info.names.push_back(concat('-', name));
  for (const std::string& name : option.get_lnames()) info.names.push_back(concat("--", name));
  if (option.get_items_expected_max() == 0) return info;
  const std::string type = option.get_type_name();
  info.value = info.choices.empty() ? type.substr(0, type.find_first_of(": ")) : "WORD";
  return info;
}

CommandInfo command_info(const CLI::App& app, const std::string& path) {
  CommandInfo info{app.get_name(), path, app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options())
    info.options.push_back(option_info(*option, app.get_name()));
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::string name = command->get_name();
    info.commands.push_back(command_info(*command, path.empty() ? name : concat(path, ' ', name)));
  }
  return info;
}

}  // namespace

CommandInfo command_tree(const CLI::App& app) {
  const CLI::App* root = &app;
  while (root->get_parent() != nullptr) root = root->get_parent();
  return command_info(*root, "");
}

std::vector<const CommandInfo*> flatten(const CommandInfo& root) {
  std::vector<const CommandInfo*> all = {&root};
  for (const CommandInfo& command : root.commands) {
    for (const CommandInfo* below : flatten(command)) all.push_back(below);
  }
  return all;
}

}  // namespace sonograd::app
