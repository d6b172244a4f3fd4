// `--profile FILE`.
#pragma once

#include <functional>
#include <optional>

#include "app/options/compute_options.h"
#include "bench/chrome_trace.h"
#include "bench/peak.h"
#include "tensor/io/atomic_file.h"

namespace sonograd::app {

/// Runs a command. With `--profile` it then prints where the time went, by phase, op and layer, to stderr,
/// and writes a Chrome trace. Throws IoError before the command starts when the file cannot be written. The
/// exit code is the command's.
int run_profiled(const ComputeOptions& options, const std::function<int()>& command);

/// Prints the tables and writes the trace.
void report_profiles(const std::vector<bench::NamedProfile>& profiles, const std::optional<bench::Peak>& peak,
                     io::AtomicFile& file);

}  // namespace sonograd::app
