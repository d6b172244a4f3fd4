#include "kernels/core/profile.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "tensor/error.h"

namespace sonograd::kernels {
namespace {

using Clock = std::chrono::steady_clock;

struct Event {
  std::string_view name;
  std::string_view detail;
  Clock::time_point begin;
  Clock::time_point end;
  std::thread::id thread;
};

std::atomic<bool> enabled = false;
std::mutex mutex;
std::vector<Event> events;
Clock::time_point origin;

double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

}  // namespace

bool profiling() {
  return enabled.load(std::memory_order_relaxed);
}

void start_profile() {
  const std::lock_guard lock(mutex);
  events.clear();
  origin = Clock::now();
  enabled = true;
}

void ProfileRange::finish() noexcept {
  const Event event{name_, detail_, begin_, Clock::now(), std::this_thread::get_id()};
  const std::lock_guard lock(mutex);
  try {
    events.push_back(event);
  } catch (const std::bad_alloc&) {
    enabled = false;  // keep what fits; a profile must not end the run
  }
}

void write_profile(const std::string& path) {
  enabled = false;
  const std::lock_guard lock(mutex);
  std::ofstream out(path);
  out << "[";
  for (const Event& event : events) {
    out << (&event == events.data() ? "\n" : ",\n") << R"({"ph":"X","pid":0,"tid":)"
        << std::hash<std::thread::id>()(event.thread) % 100000 << R"(,"ts":)"
        << microseconds(event.begin - origin) << R"(,"dur":)" << microseconds(event.end - event.begin)
        << R"(,"name":")" << event.name << R"(","args":{"variant":")" << event.detail << R"("}})";
  }
  out << "\n]\n";
  if (!out.flush()) throw IoError(concat("cannot write the profile to ", path));
}

std::vector<ProfileSum> finish_profile() {
  enabled = false;
  const std::lock_guard lock(mutex);
  std::map<std::pair<std::string_view, std::string_view>, ProfileSum> sums;
  for (const Event& event : events) {
    ProfileSum& sum = sums[{event.name, event.detail}];
    sum.name = event.name;
    sum.detail = event.detail;
    ++sum.calls;
    sum.seconds += std::chrono::duration<double>(event.end - event.begin).count();
  }
  std::vector<ProfileSum> result;
  for (const auto& [key, sum] : sums) result.push_back(sum);
  std::ranges::sort(result, std::greater(), &ProfileSum::seconds);
  return result;
}

}  // namespace sonograd::kernels
