#include <fmt/format.h>
#include <map>

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

struct Example {
  const char *purpose, *command;
};
constexpr Example kExamples[] = {
    {"Train a network on a folder with labels.tsv, or with one sub-folder per label:",
     "sonograd train --arch short_chunk_cnn --data music --out run"},
    {"Continue it after an interruption:", "sonograd train --resume run"},
    {"Score it on its test clips, and look at it:",
     "sonograd evaluate run --data music; sonograd report run"},
    {"Tag all songs of a folder and its sub-folders, one JSON object per line:",
     "sonograd tag run songs -r --json"},
    {"Make a model of published PyTorch weights, and print what is in it:",
     "sonograd convert weights.pth model.safetensors --labels mtat; sonograd info model.safetensors"}};

std::string examples() {
  std::string text;
  for (const auto& [purpose, command] : kExamples)
    text += fmt::format(".TP\n{}\n{}\n", roff(purpose), bold(command));
  return text;
}

std::string variable_entry(const std::string& name, const std::string& text) {
  return fmt::format(".TP\n{}\n{}\n", bold(name), roff(text));
}

// Variables of settings, from the options that read them, and those of the machine.
std::string environment(const CommandInfo& root) {
  std::map<std::string, std::string> options;
  for (const CommandInfo* command : flatten(root)) {
    for (const OptionInfo& option : command->options) {
      if (!option.variable.empty()) options.emplace(option.variable, option.names.back());
    }
  }
  std::string text = variable_entry(
      "SONOGRAD_SECTION_KEY",
      "A setting of train: SONOGRAD_OPTIM_LR for optim.lr, SONOGRAD_MODEL_CHANNELS for model.channels. "
      "sonograd train --print-config lists the settings. A flag has precedence, and --resume reads none.");
  for (const auto& [variable, option] : options)
    text += variable_entry(variable, fmt::format("The value of {}, where it is not given.", option));
  text += variable_entry("XDG_CACHE_HOME",
                         "Folder of the caches of decoded clips and timed kernels (default: ~/.cache).");
  text += variable_entry("TMPDIR", "Folder for a sound file from standard input (default: /tmp).");
  text += variable_entry(
      "GOMP_SPINCOUNT, OMP_WAIT_POLICY",
      "Time for which waiting threads keep their cores (see libgomp; default: 300,000 spins, and 100 "
      "while other work is seen on the cores).");
  text += variable_entry("LOG_KERNELS", "1: print each choice of a kernel with its reasons.");
  text +=
      variable_entry("SONOGRAD_SIMD", "baseline: kernels without AVX-512, also where the processor has it.");
  return text;
}

}  // namespace

std::string manual_page(const CommandInfo& root, const std::string& version) {
  std::string page = fmt::format(
      ".TH SONOGRAD 1 \"\" \"{}\" \"User Commands\"\n.SH NAME\nsonograd - train music taggers, evaluate "
      "them, tag files\n"
      ".SH SYNOPSIS\n{}.SH DESCRIPTION\n{}\n.SH OPTIONS\n",
      roff(version), synopsis(root), roff(root.description));
  for (const OptionInfo& option : root.options) page += option_entry(option);
  page += ".SH COMMANDS\n";
  for (const CommandInfo* command : flatten(root)) {
    if (command->commands.empty()) page += section(*command);
  }
  page += ".SH EXAMPLES\n" + examples() + ".SH ENVIRONMENT\n" + environment(root);
  return page + ".SH EXIT STATUS\n" + roff(root.footer) + '\n';
}

}  // namespace sonograd::app
