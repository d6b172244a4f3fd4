#include "kernels/core/profile.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace sonograd::kernels {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<bool> enabled = false;
std::mutex mutex;
Clock::time_point origin;
std::vector<ProfileEvent> events;
std::map<RangeLabel, ProfileSum> sums;

thread_local std::string_view current_layer;
thread_local int open_ops = 0;

int thread_number() {
  static std::atomic<int> threads = 0;
  thread_local const int number = threads++;
  return number;
}

void add_to_sums(const ProfileEvent& event) {
  ProfileSum& sum = sums[event.label];
  if (sum.calls++ == 0)
    sum = {event.label, {.problem = event.work.problem, .channels = event.work.channels}, 1};
  sum.work.flops += event.work.flops;
  sum.work.bytes += event.work.bytes;
  sum.seconds += std::chrono::duration<double>(event.duration).count();
}

}  // namespace

std::string_view name_of(RangeKind kind) {
  switch (kind) {
    case RangeKind::op:
      return "op";
    case RangeKind::launch:
      return "launch";
    case RangeKind::phase:
      return "phase";
  }
  return "?";
}

bool Profile::on_cpu() const {
  return std::ranges::all_of(sums, [](const ProfileSum& sum) { return sum.label.device == DeviceKind::cpu; });
}

bool profiling() {
  return enabled.load(std::memory_order_relaxed);
}

void start_profile() {
  const std::lock_guard lock(mutex);
  events.clear();
  sums.clear();
  origin = Clock::now();
  enabled = true;
}

Profile finish_profile() {
  enabled = false;
  const std::lock_guard lock(mutex);
  Profile profile{std::exchange(events, {}), {}};
  for (const auto& [label, sum] : std::exchange(sums, {})) profile.sums.push_back(sum);
  std::ranges::stable_sort(profile.sums, std::greater(), &ProfileSum::seconds);
  return profile;
}

void ProfileRange::start(const RangeLabel& label) {
  label_ = label;
  label_.layer = current_layer;
  open_ops += label.kind == RangeKind::op;
  begin_ = Clock::now();
}

void ProfileRange::finish() noexcept {
  const auto end = Clock::now();
  open_ops -= label_.kind == RangeKind::op;
  const bool is_part_of_an_op = label_.kind == RangeKind::op && open_ops > 0;
  const std::lock_guard lock(mutex);
  if (!profiling()) return;
  try {
    const ProfileEvent event{label_, std::move(work_), begin_ - origin, end - begin_, thread_number()};
    if (!is_part_of_an_op) add_to_sums(event);
    if (events.size() < kMaxEvents) events.push_back(event);
  } catch (const std::bad_alloc&) {
    enabled = false;  // the events so far stay; a profile must not end the run
  }
}

LayerScope::LayerScope(std::string_view layer) : previous_(std::exchange(current_layer, layer)) {}
LayerScope::~LayerScope() {
  current_layer = previous_;
}
std::string_view LayerScope::current() {
  return current_layer;
}

std::string_view layer_label(const std::string& name) {
  static std::set<std::string> labels;
  const std::lock_guard lock(mutex);
  return *labels.insert(name).first;
}

}  // namespace sonograd::kernels
