// Scripts that let a shell complete commands, options and their values.
#pragma once

#include <string>

#include "app/completion/command_tree.h"

namespace sonograd::app {

/// For ~/.local/share/bash-completion/completions/sonograd.
std::string bash_completion(const CommandInfo& root);
/// For a file `_sonograd` in a folder of $fpath.
std::string zsh_completion(const CommandInfo& root);
/// For ~/.config/fish/completions/sonograd.fish.
std::string fish_completion(const CommandInfo& root);

/// The manual page, section 1, in the man macros. `version` as in `sonograd 0.1.0`.
std::string manual_page(const CommandInfo& root, const std::string& version);

}  // namespace sonograd::app
