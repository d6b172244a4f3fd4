// Ctrl-C: the first makes the running command save and stop, the second ends it at once. Commands with nothing to
// save keep the action of the system.
#pragma once

namespace sonograd::app {

/// Installs the handler for SIGINT and SIGTERM: for a command that polls `interrupted`.
void catch_interrupts();
bool interrupted();

}  // namespace sonograd::app
