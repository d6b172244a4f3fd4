#include <fmt/format.h>

#include "app/completion/completion.h"

namespace sonograd::app {
namespace {

// Text of a roff document: no character is a request or a hyphenation point.
std::string roff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) result += "\\&";
      result += c;
    }
  }
  return result;
}

std::string bold(const std::string& text) {
  return fmt::format("\\fB{}\\fR", roff(text));
}
std::string italic(const std::string& text) {
  return fmt::format("\\fI{}\\fR", roff(text));
}

std::string synopsis(const CommandInfo& command) {
  std::string line = bold(command.path.empty() ? "sonograd" : "sonograd " + command.path);
  for (const OptionInfo& option : command.options) {
    if (!option.is_positional) continue;
    const std::string name = italic(option.names.front()) + (option.is_repeatable ? "..." : "");
    line += option.is_required ? ' ' + name : fmt::format(" [{}]", name);
  }
  const std::string subcommand = command.commands.empty() ? "" : fmt::format(" {}", italic("COMMAND"));
  return fmt::format("{}{} [{}]\n", line, subcommand, italic("OPTIONS"));
}

std::string option_entry(const OptionInfo& option) {
  std::string head;
  for (const std::string& name : option.names) {
    head += (head.empty() ? "" : ", ") + (option.is_positional ? italic(name) : bold(name));
  }
  if (!option.value.empty()) {
    head += ' ' + (option.choices.empty() ? italic(option.value)
                                          : roff(fmt::format("{}", fmt::join(option.choices, "|"))));
  }
  std::string text = roff(option.description);
  if (!option.default_value.empty() && !option.value.empty())
    text += fmt::format(" (default: {})", roff(option.default_value));
  return fmt::format(".TP\n{}\n{}\n", head, text);
}

std::string section(const CommandInfo& command) {
  std::string text =
      fmt::format(".SS {}\n{}\n.PP\n{}", bold(command.path), roff(command.description), synopsis(command));
  for (const OptionInfo& option : command.options) {
    if (option.names.back() != "--help") text += option_entry(option);
  }
  return text;
}

}  // namespace

std::string manual_page(const CommandInfo& root, const std::string& version) {
  std::string page = fmt::format(
      ".TH SONOGRAD 1 \"\" \"{}\" \"User Commands\"\n.SH NAME\nsonograd \\- train music taggers, evaluate "
      "them, tag files\n"
      ".SH SYNOPSIS\n{}.SH DESCRIPTION\n{}\n.SH OPTIONS\n",
      roff(version), synopsis(root), roff(root.description));
  for (const OptionInfo& option : root.options) page += option_entry(option);
  page += ".SH COMMANDS\n";
  for (const CommandInfo* command : flatten(root)) {
    if (command->commands.empty()) page += section(*command);
  }
  return page + ".SH EXIT STATUS\n" + roff(root.footer) + '\n';
}

}  // namespace sonograd::app
