// Ctrl-C: the first asks the running command to save and stop, the second leaves at once.
#pragma once

namespace sonograd::app {

/// Installs the handler for SIGINT and SIGTERM.
void catch_interrupts();
bool interrupted();

}  // namespace sonograd::app
