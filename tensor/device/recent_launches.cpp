#include "tensor/device/recent_launches.h"

#include <algorithm>
#include <mutex>

#include "tensor/support/error.h"

namespace sonograd {
namespace {

struct Kept {
  LaunchRecord launch;
  alignas(16) std::array<std::byte, 512> problem;
};

std::mutex mutex;
std::array<Kept, kRecentLaunches> ring;
std::size_t launches = 0;  // so far

std::string line(const Kept& kept) {
  const auto& [name, blocks, threads, op, problem, summary] = kept.launch;
  std::string text = concat(name, ": ", blocks[0], 'x', blocks[1], 'x', blocks[2], " blocks of ", threads[0],
                            'x', threads[1], 'x', threads[2], " threads");
  if (!op.empty()) text += concat("; ", op);
  if (summary != nullptr) text += concat(' ', summary(kept.problem.data()));
  return text + '\n';
}

}  // namespace

void note_launch(const LaunchRecord& launch) {
  const std::lock_guard lock(mutex);
  Kept& kept = ring[launches++ % ring.size()];
  kept.launch = launch;
  kept.launch.problem = {};
  if (launch.problem.size() > kept.problem.size()) kept.launch.summary = nullptr;
  if (kept.launch.summary != nullptr) std::ranges::copy(launch.problem, kept.problem.begin());
}

std::string recent_launches() {
  const std::lock_guard lock(mutex);
  std::string text;
  for (std::size_t age = 1; age <= std::min(launches, ring.size()); ++age) {
    text += line(ring[(launches - age) % ring.size()]);
  }
  return text;
}

}  // namespace sonograd
