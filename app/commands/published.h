// Public sources of weights and data sets.
#pragma once

#include "app/terminal/table.h"

namespace sonograd::app {

/// Prints repositories, files, networks and checksums; with `--json` as an object with `weights` and `data`. Returns the exit code.
int list_published(const OutputFormat& output);

}  // namespace sonograd::app
