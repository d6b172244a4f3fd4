#include "train/config/config.h"

#include <algorithm>
#include <cctype>
#include <iomanip>
#include <set>
#include <sstream>
#include <toml++/toml.h>
#include <utility>

#include "models/core/architecture.h"
#include "tensor/io/text_file.h"
#include "tensor/support/ascii.h"
#include "tensor/support/error.h"
#include "tensor/support/nesting.h"
#include "tensor/support/text.h"
#include "train/config/recipe.h"
#include "train/config/setting_table.h"

namespace sonograd::train {
namespace {

void assign_all(Settings& settings, const std::vector<Assignment>& assignments) {
  for (const Assignment& each : assignments) assign(settings, each);
}

const models::Option* find_option(const std::vector<models::Architecture>& architectures,
                                  std::string_view key) {
  for (const models::Architecture& architecture : architectures) {
    if (const models::Option* const option = architecture.options.find(key)) return option;
  }
  return nullptr;
}

/// The comment of `--print-config` on an option: of this network, or of the first that has it when none is chosen.
std::vector<models::Architecture> candidates(const std::string& arch) {
  if (arch.empty()) return models::all_architectures();
  return {models::find_architecture(arch)};
}

[[noreturn]] void refuse_unknown(const Assignment& each, std::string_view key,
                                 const models::Architecture& network) {
  std::vector<std::string> keys, paths;
  for (const models::Option& option : network.options) {
    keys.emplace_back(option.key);
    paths.push_back(option.path());
  }
  throw ConfigError(concat(each.origin, ": ", network.name, " has no option ", each.key, ", it has ",
                           network.options.paths(), did_you_mean(key, keys, paths)));
}

/// Throws ConfigError for an option that the network lacks, or whose value it refuses. With no network chosen, options that
/// no network has pass.
void check_option(const std::string& arch, const Assignment& each) {
  const std::optional<models::OptionPath> path = models::parse_option_path(each.key);
  if (!path || path->key == "labels") return;
  const std::vector<models::Architecture> networks = candidates(arch);
  const models::Option* const option = find_option(networks, path->key);
  const bool is_misplaced = option != nullptr && path->section == models::OptionSection::front_end &&
                            option->section != path->section;
  if (!arch.empty() && (option == nullptr || is_misplaced)) refuse_unknown(each, path->key, networks.front());
  if (option == nullptr) return;
  Settings one;
  assign(one, each);
  try {
    option->checked(one.model.find(path->key)->second);
  } catch (const ConfigError& error) {
    throw ConfigError(concat(each.origin, ": ", error.what()));
  }
}

/// The text of a TOML value as `assign` reads it: strings without their quotes.
std::string plain_text(const toml::node& node) {
  if (const auto* const text = node.as_string()) return text->get();
  std::ostringstream out;
  out << toml::node_view(node);
  return out.str();
}

void flatten(const toml::table& table, const std::string& prefix, const std::string& file,
             std::vector<Assignment>& assignments) {
  for (const auto& [name, node] : table) {
    const std::string key = concat(prefix, name.str());
    if (const auto* const group = node.as_table()) {
      flatten(*group, key + '.', file, assignments);
    } else {
      assignments.push_back({key, plain_text(node), concat(file, ':', node.source().begin.line)});
    }
  }
}

/// Throws ConfigError for a variable that begins as those of the settings do, or is spelt nearly as one of them.
void refuse_misspelt(const std::string& name) {
  if (const std::string problem = misspelt_variable(name); !problem.empty()) throw ConfigError(problem);
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

/// A key as TOML writes it: bare when it can be, else quoted.
std::string toml_key(const std::string& key) {
  const auto is_bare = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  return !key.empty() && std::ranges::all_of(key, is_bare) ? key : format_value(models::OptionValue(key));
}

}  // namespace

Assignment parse_assignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw ConfigError(concat("--set: expected KEY=VALUE, got '", text, '\''));
  }
  return {std::string(trim(text.substr(0, equals))), std::string(trim(text.substr(equals + 1))), "--set"};
}

std::vector<Assignment> read_config(const std::filesystem::path& file) {
  return parse_config(io::read_text_file(file), file.string());
}

std::vector<Assignment> parse_config(std::string_view text, const std::string& name) {
  try {
    std::vector<Assignment> assignments;
    check_toml_nesting(text);
    flatten(toml::parse(text), "", name, assignments);
    return assignments;
  } catch (const FormatError& error) {
    throw ConfigError(concat(name, ": ", error.what()));
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw ConfigError(concat(name, ':', at.line, ": column ", at.column, ": ", error.description()));
  }
}

std::string environment_variable(std::string_view key) {
  std::string name = "SONOGRAD_" + upper_case(key);
  std::ranges::replace(name, '.', '_');
  return name;
}

std::string misspelt_variable(const std::string& name) {
  if (!name.starts_with("SONOGRAD_")) return "";
  for (const models::OptionSection section : models::kOptionSections) {
    if (name.starts_with(environment_variable(models::path_of(section, "")))) return "";
  }
  bool is_in_group = false;
  std::vector<std::string> variables;
  for (const Setting& setting : all_settings()) {
    variables.push_back(environment_variable(setting.key));
    if (variables.back() == name) return "";
    is_in_group |= name.starts_with(environment_variable(setting.key.substr(0, setting.key.find('.') + 1)));
  }
  constexpr std::size_t kMostErrors = 2;  // outside of the groups, where other variables of sonograd may be
  const bool is_near = std::ranges::any_of(
      variables, [&](const std::string& each) { return edit_distance(name, each) <= kMostErrors; });
  if (!is_in_group && !is_near) return "";
  const std::string suggestion = did_you_mean(name, variables);
  return concat("environment: ", name, " is not a setting", suggestion);
}

std::vector<Assignment> read_environment(const char* const* environment) {
  std::vector<Assignment> assignments;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const std::string name(entry.substr(0, equals));
    const std::string value(entry.substr(std::min(equals + 1, entry.size())));
    const auto setting = std::ranges::find(
        all_settings(), name, [](const Setting& each) { return environment_variable(each.key); });
    if (setting != all_settings().end()) {
      assignments.push_back({std::string(setting->key), value, name});
      continue;
    }
    refuse_misspelt(name);
    for (const models::OptionSection section : models::kOptionSections) {
      const std::string prefix = environment_variable(models::path_of(section, ""));
      if (!name.starts_with(prefix)) continue;
      assignments.push_back(
          {models::path_of(section, in_lower_case(name.substr(prefix.size()))), value, name});
    }
  }
  return assignments;
}

Settings merge_config(const ConfigLayers& layers) {
  const auto apply_given = [&](Settings& settings) {
    assign_all(settings, layers.file);
    assign_all(settings, layers.environment);
    assign_all(settings, layers.flags);
  };
  Settings given;
  apply_given(given);
  for (const auto* layer : {&layers.file, &layers.environment, &layers.flags}) {
    for (const Assignment& each : *layer) check_option(given.train.arch, each);
  }

  Settings settings;
  if (layers.model_defaults) assign_all(settings, layers.model_defaults(given.train.arch));
  assign_all(settings, recipe_assignments(given.train.recipe.name));
  apply_given(settings);
  return settings;
}

namespace {

constexpr int kCommentColumn = 28;

// `key = value  # comment`, in columns.
void write_line(std::ostream& out, const std::string& assignment, const std::string& comment) {
  out << std::left << std::setw(kCommentColumn) << assignment << (comment.empty() ? "" : "  # ") << comment
      << '\n';
}

// The note behind a value that differs from the default.
std::string default_note(const std::string& value, const std::string& usual) {
  return value == usual ? "" : concat("; default ", usual);
}

std::string describe(const models::Option& option) {
  return concat('[', option.range(), "] ", option.help);
}

// The options of one section. An option that no network has is in the section `model`.
void write_options(std::ostream& out, const Settings& settings, models::OptionSection section) {
  out << "\n[" << name_of(section) << "]\n";
  const std::vector<models::Architecture> networks = candidates(settings.train.arch);
  for (const auto& [key, value] : settings.model) {
    const models::Option* const option = find_option(networks, key);
    if (section != (option != nullptr ? option->section : models::OptionSection::model)) continue;
    std::string comment = option != nullptr ? describe(*option) : "";
    if (option != nullptr && !settings.train.arch.empty())
      comment += default_note(models::to_text(value), models::to_text(option->default_value));
    write_line(out, concat(toml_key(key), " = ", format_value(value)), comment);
  }
  if (!settings.train.arch.empty()) return;
  std::set<std::string_view> listed;
  for (const models::Architecture& network : networks) {
    for (const models::Option& option : network.options) {
      if (option.section != section || settings.model.contains(option.key)) continue;
      if (!listed.insert(option.key).second) continue;
      write_line(out, concat("# ", option.key, " ="),
                 concat(describe(option), "; default: that of train.arch"));
    }
  }
}

}  // namespace

std::string format_config(const Settings& settings) {
  std::ostringstream out;
  std::string_view group;
  for (const Setting& setting : all_settings()) {
    const std::size_t dot = setting.key.find('.');
    if (group != setting.key.substr(0, dot)) {
      out << (group.empty() ? "[" : "\n[") << setting.key.substr(0, dot) << "]\n";
      group = setting.key.substr(0, dot);
    }
    const std::string value = format_value(settings, setting);
    write_line(out, concat(setting.key.substr(dot + 1), " = ", value),
               concat('[', setting.range(), "] ", setting.help,
                      default_note(value, format_value(Settings(), setting))));
  }
  for (const models::OptionSection section : models::kOptionSections) write_options(out, settings, section);
  return out.str();
}

}  // namespace sonograd::train
