#include "tensor/support/waiting.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <limits>
#include <memory>
#include <mutex>
#include <omp.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

#include "tensor/support/compute_thread.h"
#include "tensor/support/start_threads.h"

namespace sonograd {
namespace {

constexpr std::chrono::nanoseconds kInterval = std::chrono::milliseconds(20);
constexpr std::chrono::nanoseconds kIntervalOfThread = std::chrono::milliseconds(2);

// Threads of OpenMP that sleep. Where libgomp manages more threads than there are cores, those that wait spin 100 times instead
// of 300,000 (its manual, at GOMP_SPINCOUNT): these are the threads too many. A team ends with the thread that made it.
class SleepingTeam {
 public:
  // Where the system refuses the threads, all goes on as before.
  void start(int size) {
    if (maker_.joinable() || omp_get_thread_limit() < size || startable_threads(size) < size) return;
    auto makers = start_threads(1, [this, size](std::size_t) {
      std::atomic<int> members = 0;  // a region without any work would be left out by the compiler
#pragma omp parallel num_threads(size)
      ++members;
      std::unique_lock lock(mutex_);
      dismissed_.wait(lock, [this] { return is_dismissed_; });
    });
    if (!makers.empty()) maker_ = std::move(makers.front());
  }

  void dismiss() {
    if (!maker_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      is_dismissed_ = true;
    }
    dismissed_.notify_one();
    maker_.join();
    is_dismissed_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable dismissed_;
  bool is_dismissed_ = false;
  std::jthread maker_;
};

// Never destroyed: at exit, threads may still compute, and after a fork the team is not there.
SleepingTeam& sleeping_team() {
  static SleepingTeam& team = *new SleepingTeam;
  return team;
}

struct Delay {
  std::chrono::nanoseconds total{};  // of all threads
  int threads = 0;
  bool is_known = true;
};

// Time for which the threads of this process could have run and had no core, from the second number of
// /proc/self/task/ID/schedstat.
Delay delay_of_threads() {
  Delay delay;
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(opendir("/proc/self/task"), closedir);
  if (!tasks) return {.is_known = false};
  while (const dirent* const task = readdir(tasks.get())) {
    if (task->d_name[0] == '.') continue;
    std::array<char, 64> path{}, text{};
    std::snprintf(path.data(), path.size(), "/proc/self/task/%.20s/schedstat", task->d_name);
    const int file = open(path.data(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;  // the thread has ended
    const ssize_t length = read(file, text.data(), text.size() - 1);
    close(file);
    long long running = 0, waiting = 0;
    if (length <= 0 || std::sscanf(text.data(), "%lld %lld", &running, &waiting) != 2) continue;
    delay.total += std::chrono::nanoseconds(waiting);
    ++delay.threads;
  }
  delay.is_known = delay.threads > 0;
  return delay;
}

}  // namespace

bool CrowdMeter::add(std::chrono::nanoseconds delay, std::chrono::nanoseconds time) {
  const std::chrono::duration<double> duration = time - time_, more = delay - delay_;
  if (!is_first_ && more >= kCrowded * duration) {
    is_crowded_ = true;
    last_crowded_ = time;
  } else if (time - last_crowded_ >= kCalm) {
    is_crowded_ = false;
  }
  is_first_ = false;
  delay_ = delay;
  time_ = time;
  return is_crowded_;
}

namespace waiting {

constinit std::atomic<std::int64_t> next_look = 0;

void look(std::int64_t now) {
  static std::mutex mutex;
  static CrowdMeter meter;
  const std::unique_lock lock(mutex, std::try_to_lock);
  if (!lock) return;
  if (*waiting_variable() != '\0') {
    next_look = std::numeric_limits<std::int64_t>::max();
    return;
  }
  const int size = threads();
  if (size == 1) return;  // there are no threads that wait
  const Delay delay = delay_of_threads();
  next_look = now + std::max(kInterval, kIntervalOfThread * delay.threads).count();
  const bool is_crowded = meter.add(delay.total, std::chrono::nanoseconds(now));
  if (is_crowded || !delay.is_known) {
    sleeping_team().start(std::max(2, omp_get_num_procs() - size + 2));
  } else {
    sleeping_team().dismiss();
  }
}

}  // namespace waiting

const char* waiting_variable() {
  static const std::string variable = [] {
    for (const char* name : {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"}) {
      if (const char* value = std::getenv(name)) return std::string(name) + '=' + value;
    }
    return std::string();
  }();
  return variable.c_str();
}

}  // namespace sonograd
