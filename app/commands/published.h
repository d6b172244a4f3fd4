// Public sources of weights and data sets.
#pragma once

#include <string>
#include <string_view>

#include "app/terminal/table.h"

namespace sonograd::app {

/// Prints repositories, files, networks and checksums; with `--json` as an object with `weights` and `data`. Returns the exit code.
int list_published(const OutputFormat& output);

/// Repository and file of published weights with that SHA-256; empty when there are none.
std::string published_file_of(std::string_view sha256);

}  // namespace sonograd::app
