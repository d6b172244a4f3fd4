#include "app/options/setting_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/ranges.h>

#include "train/config/config.h"
#include "train/config/setting_table.h"

namespace sonograd::app {
namespace {

void describe(CLI::Option& option, const train::Setting& setting) {
  const std::vector<std::string_view> words = setting.words();
  option.type_name(setting.is_number() ? "N"
                   : words.empty()     ? "TEXT"
                                       : fmt::format("WORD:{{{}}}", fmt::join(words, ",")));
  option.description(setting.is_number() ? concat(setting.help, " (", setting.range(), ')')
                                         : std::string(setting.help));
  std::string usual = train::format_value(train::Settings(), setting);
  std::erase_if(usual, [](char c) { return std::string_view("'\"[]").find(c) != std::string_view::npos; });
  option.default_str(usual);
}

}  // namespace

CLI::Option& SettingFlags::add(CLI::App& app, const std::string& name, std::string_view key) {
  const train::Setting& setting = *train::find_setting(key);
  const auto take = [this, name, &setting](const std::string& text) {
    const train::Assignment assignment{std::string(setting.key), text, name};
    try {
      train::assign(settings, assignment);
    } catch (const ConfigError& error) {
      throw CLI::ValidationError(error.what());
    }
    given.push_back(assignment);
  };
  const bool is_list = std::holds_alternative<train::Setting::Field<std::vector<std::string>>>(setting.field);
  CLI::Option* option = nullptr;
  if (is_list) {
    const auto take_list = [take](const std::vector<std::string>& texts) {
      take(fmt::format("{}", fmt::join(texts, ",")));
    };
    option = app.add_option_function<std::vector<std::string>>(name, take_list)->allow_extra_args(false);
  } else {
    option = app.add_option_function<std::string>(name, take);
  }
  describe(*option, setting);
  return *option->envname(train::environment_variable(key));
}

std::string help_of(std::string_view key, std::string_view usual, bool takes_zero) {
  const std::string_view help = train::find_setting(key)->help;
  return concat(takes_zero ? help : help.substr(0, help.find("; 0: ")), " (default: ", usual, ')');
}

}  // namespace sonograd::app
