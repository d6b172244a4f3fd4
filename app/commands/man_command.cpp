// `sonograd man`: the manual page.
#include <CLI/CLI.hpp>

#include "app/commands/command.h"
#include "app/completion/completion.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"

namespace sonograd::app {

Command man_command() {
  return {"man", "print the manual page: sonograd man | man -l -", [](CLI::App& app) {
            return [&app]() -> int {
              write_data(manual_page(command_tree(app), "sonograd " SONOGRAD_VERSION));
              return kOk;
            };
          }};
}

}  // namespace sonograd::app
