#include "app/terminal/interrupt.h"

#include <atomic>
#include <csignal>
#include <unistd.h>

#include "app/terminal/exit_codes.h"

namespace sonograd::app {
namespace {

std::atomic<int> requests = 0;
static_assert(std::atomic<int>::is_always_lock_free, "signal handlers use it");

void on_signal(int) {
  if (++requests > 1) _exit(kInterrupted);
}

void catch_unless_ignored(int signal) {
  struct sigaction action = {};
  if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // reads and writes under way continue
  sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) catch_unless_ignored(signal);
}

void report_size_limits() {
  std::signal(SIGXFSZ, SIG_IGN);
}

bool interrupted() {
  return requests != 0;
}

}  // namespace sonograd::app
