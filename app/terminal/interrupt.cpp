#include "app/terminal/interrupt.h"

#include <csignal>
#include <unistd.h>

#include "app/terminal/exit_codes.h"

namespace sonograd::app {
namespace {

volatile std::sig_atomic_t requests = 0;

void on_signal(int) {
  requests = requests + 1;
  if (requests > 1) _exit(kInterrupted);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // reads and writes under way continue
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
  return requests != 0;
}

}  // namespace sonograd::app
