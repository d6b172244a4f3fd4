// Folder of files that the program can make again.
#pragma once

#include <filesystem>
#include <string_view>

namespace sonograd {

/// `sonograd/NAME` below $XDG_CACHE_HOME, else below ~/.cache; empty when neither variable is set.
std::filesystem::path cache_folder(std::string_view name);

}  // namespace sonograd
