// `sonograd`: parses the command line, runs one command, turns errors into exit codes.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <sstream>

#include "app/commands/command.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/interrupt.h"
#include "app/terminal/library_exit.h"
#include "app/terminal/output.h"
#include "app/terminal/spin_limit.h"
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
    "(listed), 6 device unavailable, 7 benchmark regression, 130 interrupted with state saved.";

ExitCode report(ExitCode code, const char* message) {
  print_remark("sonograd: {}\n", message);
  return code;
}

// Help goes to stdout; a message about arguments, which may contain anything, to stderr.
ExitCode report(const CLI::App& root, const CLI::ParseError& error) {
  std::ostringstream message;
  if (root.exit(error, std::cout, message) == 0) return std::cout.flush() ? kOk : kRuntimeError;
  const std::string text = message.str();
  for (const std::string_view line : text_lines(text)) print_remark("{}\n", line);
  return kUsageError;
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
    // A callback of this kind keeps CLI11 from reading the variables of commands that were not chosen.
    sub.parse_complete_callback([&chosen, action = command.define(sub)] { chosen = action; });
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const ExitCode code = report(root, error);
    const std::string hint = code == kUsageError ? usage_hint(root, argc, argv, error.what()) : "";
    return hint.empty() ? code : report(kUsageError, hint.c_str());
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
  sonograd::app::limit_spinning(argv);
  return sonograd::app::run(argc, argv);
}
