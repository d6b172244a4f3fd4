#include "app/terminal/library_exit.h"

#include <atomic>
#include <cstdlib>
#include <unistd.h>

#include "app/terminal/exit_codes.h"
#include "app/terminal/output.h"

namespace sonograd::app {
namespace {

std::atomic<bool> is_running = false;

void on_exit() {
  if (!is_running) return;
  write_remark(
      "sonograd: cannot start a thread: the system allows no more (ulimit -u, pids of the container)\n");
  _exit(kRuntimeError);
}

}  // namespace

LibraryExit::LibraryExit() {
  std::atexit(on_exit);
  is_running = true;
}

LibraryExit::~LibraryExit() {
  is_running = false;
}

}  // namespace sonograd::app
