// Ctrl-C: the first makes the running command save and stop, the second ends it at once. Commands with nothing to
// save keep the action of the system.
#pragma once

namespace sonograd::app {

/// Installs the handler for SIGINT, SIGTERM and SIGHUP (a terminal that closes): for a command that polls `interrupted`. A
/// signal that the caller of this program has set to be ignored, as nohup and shells do, stays ignored.
void catch_interrupts();
bool interrupted();

/// From now on a write beyond the limit on the size of files (ulimit -f) fails, with an error that names the file, instead of
/// ending the process with SIGXFSZ.
void report_size_limits();

}  // namespace sonograd::app
