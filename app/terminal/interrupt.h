// Ctrl-C: the first asks the running command to save and stop, the second leaves at once. Commands that have nothing to
// save leave it to the system, which ends them.
#pragma once

namespace sonograd::app {

/// Installs the handler for SIGINT and SIGTERM: for a command that asks `interrupted` now and then.
void catch_interrupts();
bool interrupted();

}  // namespace sonograd::app
