#include "train/config/config.h"

#include <algorithm>
#include <cctype>
#include <iomanip>
#include <sstream>
#include <toml++/toml.h>
#include <utility>

#include "models/core/registry.h"
#include "tensor/io/text_file.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "train/config/recipe.h"
#include "train/config/setting_table.h"

namespace sonograd::train {
namespace {

constexpr std::string_view kModelPrefix = "model.";

void assign_all(Settings& settings, const std::vector<Assignment>& assignments) {
  for (const Assignment& each : assignments) assign(settings, each);
}

/// Throws ConfigError for an option that the network does not have.
void check_model_options(const std::string& arch, const std::vector<Assignment>& assignments) {
  const std::span<const std::string_view> options = models::find_architecture(arch).options;
  for (const Assignment& each : assignments) {
    if (!each.key.starts_with(kModelPrefix)) continue;
    const std::string_view key = std::string_view(each.key).substr(kModelPrefix.size());
    if (key == "labels" || std::ranges::find(options, key) != options.end()) continue;
    std::string known;
    for (const std::string_view option : options) known += concat(known.empty() ? "" : ", ", option);
    const std::string_view nearest = *std::ranges::min_element(
        options, {}, [&](std::string_view option) { return edit_distance(key, option); });
    const std::string hint =
        edit_distance(key, nearest) <= 2 ? concat("; did you mean model.", nearest, '?') : "";
    throw ConfigError(concat(each.origin, ": ", arch, " has no option ", each.key, ", it has ", known, hint));
  }
}

/// Throws ConfigError for a value that is out of the option's range. Options that are not known here pass.
void check_model_range(const Assignment& each) {
  if (!each.key.starts_with(kModelPrefix)) return;
  const std::string key = each.key.substr(kModelPrefix.size());
  if (std::ranges::find(models::model_options(), key, &models::ModelOption::key) ==
      models::model_options().end())
    return;
  Settings one;
  assign(one, each);
  try {
    models::ModelConfig config;
    models::set_option(config, key, number_of(key, one.model.at(key)));
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

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

/// A key as TOML writes it: bare when it can be, else quoted.
std::string toml_key(const std::string& key) {
  const auto is_bare = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  return !key.empty() && std::ranges::all_of(key, is_bare) ? key : format_value(ModelOption(key));
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
  const std::string text = io::read_text_file(file);
  try {
    std::vector<Assignment> assignments;
    flatten(toml::parse(text), "", file.string(), assignments);
    return assignments;
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw ConfigError(concat(file.string(), ':', at.line, ": column ", at.column, ": ", error.description()));
  }
}

std::string environment_variable(std::string_view key) {
  std::string name = "SONOGRAD_" + upper_case(key);
  std::ranges::replace(name, '.', '_');
  return name;
}

std::vector<Assignment> read_environment(const char* const* environment) {
  const std::string model_prefix = environment_variable("model.");
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
    } else if (name.starts_with(model_prefix)) {
      assignments.push_back({"model." + lower_case(name.substr(model_prefix.size())), value, name});
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
    std::ranges::for_each(*layer, check_model_range);
  }
  if (!given.train.arch.empty()) {
    for (const auto* layer : {&layers.file, &layers.environment, &layers.flags}) {
      check_model_options(given.train.arch, *layer);
    }
  }

  Settings settings;
  if (layers.model_defaults) assign_all(settings, layers.model_defaults(given.train.arch));
  assign_all(settings, recipe_assignments(given.train.recipe));
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

std::string describe(const models::ModelOption& option) {
  return concat('[', option.low, " to ", option.high, "] ", option.help);
}

// The comment behind a model option; none for a key of no architecture.
std::string describe_model_option(const std::string& arch, const std::string& key, const ModelOption& value) {
  const auto option = std::ranges::find(models::model_options(), key, &models::ModelOption::key);
  if (option == models::model_options().end()) return {};
  if (arch.empty()) return describe(*option);
  const double usual = models::get_option(models::find_architecture(arch).defaults, *option);
  return describe(*option) + (number_of(key, value) == usual ? "" : concat("; default ", usual));
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
  out << "\n[model]\n";
  for (const auto& [key, option] : settings.model) {
    write_line(out, concat(toml_key(key), " = ", format_value(option)),
               describe_model_option(settings.train.arch, key, option));
  }
  if (!settings.train.arch.empty()) return out.str();
  for (const models::ModelOption& option : models::model_options()) {
    if (option.key == "labels" || settings.model.contains(std::string(option.key))) continue;
    write_line(out, concat("# ", option.key, " ="),
               concat(describe(option), "; default: that of train.arch"));
  }
  return out.str();
}

}  // namespace sonograd::train
