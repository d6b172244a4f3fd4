// `sonograd`: parses the command line, runs one command, turns errors into exit codes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "app/commands/command.h"
#include "app/terminal/empty_values.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/library_exit.h"
#include "app/terminal/output.h"
#include "app/terminal/usage_hint.h"
#include "models/core/model_error.h"
#include "tensor/device/arena.h"
#include "tensor/io/read_error.h"
#include "tensor/support/text.h"

namespace sonograd::app {
namespace {

constexpr const char* kDescription =
    "Music tagging: train networks on a folder of audio, evaluate them, tag files.\n"
    "Data go to stdout, everything else to stderr.";
constexpr const char* kExitCodes =
    "Exit codes: 0 ok, 1 runtime error, 2 wrong usage, 3 model or weights, 4 input unreadable, 5 some files "
    "failed "
    "(listed), 6 device unavailable, 7 benchmark regression, 130 interrupted with state saved; "
    "of data prepare --part also 65 every try fails, 75 try again.";

ExitCode report(ExitCode code, const char* message) {
  print_remark("sonograd: {}\n", message);
  return code;
}

// Help goes to stdout; a message about arguments, which may contain anything, to stderr.
ExitCode report(const CLI::App& root, const std::vector<std::string>& words, const CLI::ParseError& error) {
  std::ostringstream unused;
  if (error.get_exit_code() == 0) {
    root.exit(error, std::cout, unused);
    return std::cout.flush() ? kOk : kRuntimeError;
  }
  const std::string misspelt = misspelt_word(root, words);
  if (!misspelt.empty()) return report(kUsageError, misspelt.c_str());
  for (const std::string& remark : usage_remarks(root, words, error.what())) {
    for (const std::string_view line : text_lines(remark)) print_remark("sonograd: {}\n", line);
  }
  return kUsageError;
}

// The words behind the name of the program; `help tag` is `tag --help`.
std::vector<std::string> command_words(int argc, char** argv) {
  std::vector<std::string> words =
      with_empty_values(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  words.emplace_back("--help");
  return words;
}

// Parses the words. Help for a command that is none is refused, as the command is.
void parse(CLI::App& root, std::vector<std::string> words, bool is_help) {
  if (is_help && !misspelt_word(root, words).empty()) throw CLI::ExtrasError(words);
  std::ranges::reverse(words);  // CLI11 takes them from the end
  root.parse(std::move(words));
  refuse_empty_values(root);
}

// The sub-command at the end of "data synth", made along with its group.
CLI::App& add_command(CLI::App& root, std::map<std::string, CLI::App*>& groups, const Command& command) {
  const std::size_t space = command.name.find(' ');
  if (space == std::string::npos) return *root.add_subcommand(command.name, command.summary);
  const std::string group = command.name.substr(0, space);
  CLI::App*& parent = groups[group];
  if (parent == nullptr) {
    parent = root.add_subcommand(group, fmt::format("commands on {}", group));
    parent->require_subcommand(1);
  }
  return *parent->add_subcommand(command.name.substr(space + 1), command.summary);
}

int run(int argc, char** argv) {
  reserve_standard_streams();
  silence_libraries();
  report_size_limits();
  const LibraryExit watched;
  CLI::App root(kDescription, "sonograd");
  root.set_version_flag("--version", "sonograd " SONOGRAD_VERSION);
  root.footer(kExitCodes);
  root.require_subcommand(1);
  std::map<std::string, CLI::App*> groups;
  std::function<int()> chosen;
  for (const Command& command : all_commands()) {
    CLI::App& sub = add_command(root, groups, command);
    sub.callback([&chosen, action = command.define(sub)] { chosen = action; });
    // CLI11 takes the variables of every command from the environment, chosen or not, unless it has a callback of this kind.
    sub.parse_complete_callback([] {});
    sub.preparse_callback([&sub](std::size_t) { sub.parse_complete_callback({}); });
  }
  const std::vector<std::string> words = command_words(argc, argv);
  try {
    parse(root, words, !words.empty() && words.back() == "--help");
  } catch (const CLI::ParseError& error) {
    return report(root, words, error);
  }
  try {
    const int code = chosen();
    flush_data();
    return code;
  } catch (const OutOfMemory& error) {
    return report(kRuntimeError, error.what());
  } catch (const DeviceError& error) {
    return report(kDeviceUnavailable, error.what());
  } catch (const ConfigError& error) {
    return report(kUsageError, error.what());
  } catch (const models::ModelError& error) {
    return report(kModelError, error.what());
  } catch (const io::ReadError& error) {
    return report(kInputUnreadable, error.what());
  } catch (const FormatError& error) {
    return report(kInputUnreadable, error.what());
  } catch (const std::bad_alloc&) {
    return report(kRuntimeError, "out of memory");
  } catch (const std::exception& error) {
    return report(kRuntimeError, error.what());
  }
}

}  // namespace
}  // namespace sonograd::app

int main(int argc, char** argv) {
  return sonograd::app::run(argc, argv);
}
