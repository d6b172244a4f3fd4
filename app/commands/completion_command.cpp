// `sonograd completion SHELL`.
#include <CLI/CLI.hpp>

#include "app/commands/command.h"
#include "app/completion/completion.h"
#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"

namespace sonograd::app {

Command completion_command() {
  return {"completion", "print the script that completes this command line in bash, zsh or fish",
          [](CLI::App& app) {
            auto shell = std::make_shared<std::string>();
            app.add_option("SHELL", *shell, "bash, zsh or fish")
                ->required()
                ->check(CLI::IsMember({"bash", "zsh", "fish"}));
            return [shell, &app]() -> int {
              const CommandInfo root = command_tree(app);
              write_data(*shell == "bash"  ? bash_completion(root)
                         : *shell == "zsh" ? zsh_completion(root)
                                           : fish_completion(root));
              return kOk;
            };
          }};
}

}  // namespace sonograd::app
