#include "tensor/support/start_threads.h"

#include <atomic>
#include <chrono>
#include <string>
#include <unistd.h>

namespace sonograd {
namespace {

/// Waits until the system has let go of a thread that has been joined: it counts towards the limits a moment longer.
void wait_for_end(pid_t thread) {
  const std::string entry = "/proc/self/task/" + std::to_string(thread);
  for (int tries = 0; tries < 20'000 && access(entry.c_str(), F_OK) == 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

}  // namespace

int startable_threads(int count) {
  std::atomic<bool> ends = false;
  std::vector<pid_t> ids(static_cast<std::size_t>(count));
  std::vector<std::jthread> threads = start_threads(ids.size(), [&](std::size_t i) {
    ids[i] = gettid();
    ends.wait(false);
  });
  ends = true;
  ends.notify_all();
  ids.resize(threads.size());
  threads.clear();
  for (const pid_t id : ids) wait_for_end(id);
  return static_cast<int>(ids.size());
}

}  // namespace sonograd
