#include "kernels/core/fastest.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <mutex>

#include "kernels/core/select.h"
#include "tensor/device/stream.h"

namespace sonograd::kernels {
namespace {

// The first call also builds plans and reorders weights, so the best of several counts.
constexpr int kTurns = 4;

struct Score {
  std::string variant;
  int turns = 0;
  double seconds = std::numeric_limits<double>::infinity();
};

struct Contest {
  std::string winner;  // empty while it is measured
  std::vector<Score> scores;
};

std::atomic<bool> enabled = false;
std::mutex mutex;
std::map<std::string, Contest> contests;
thread_local std::uint64_t measurements = 0;

// Call with the mutex held.
void settle(const std::string& name) {
  Contest& contest = contests[name];
  if (std::ranges::min(contest.scores, {}, &Score::turns).turns < kTurns) return;
  contest.winner = std::ranges::min(contest.scores, {}, &Score::seconds).variant;
  if (logs_choices()) log_choice(name, contest.winner, "");
}

}  // namespace

void choose_fastest(const std::vector<FastestChoice>& known) {
  const std::lock_guard lock(mutex);
  for (const FastestChoice& choice : known) contests[choice.contest].winner = choice.variant;
  enabled = true;
}

void choose_in_order() {
  const std::lock_guard lock(mutex);
  contests.clear();
  enabled = false;
}

bool chooses_fastest() {
  return enabled;
}

std::vector<FastestChoice> fastest_choices() {
  const std::lock_guard lock(mutex);
  std::vector<FastestChoice> choices;
  for (const auto& [name, contest] : contests) {
    if (!contest.winner.empty()) choices.push_back({name, contest.winner});
  }
  return choices;
}

FastestTurn::FastestTurn(std::string contest, const std::vector<std::string_view>& candidates, Device device)
    : contest_(std::move(contest)), device_(device) {
  {
    const std::lock_guard lock(mutex);
    Contest& entry = contests[contest_];
    const auto winner = std::ranges::find(candidates, entry.winner);
    if (winner != candidates.end()) {
      candidate_ = static_cast<std::size_t>(winner - candidates.begin());
      return;
    }
    entry.winner.clear();
    if (entry.scores.empty()) {
      for (const std::string_view name : candidates) entry.scores.push_back({std::string(name)});
    }
    const auto next = std::ranges::min_element(entry.scores, {}, &Score::turns);
    candidate_ = static_cast<std::size_t>(next - entry.scores.begin());
  }
  measuring_ = true;
  measurement_ = ++measurements;
  Stream::current(device_).synchronize();
  begin_ = std::chrono::steady_clock::now();
}

void FastestTurn::finish() {
  if (!measuring_) return;
  Stream::current(device_).synchronize();
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin_;
  if (measurement_ != measurements) return;
  const std::lock_guard lock(mutex);
  Score& score = contests[contest_].scores[candidate_];
  score.seconds = std::min(score.seconds, time.count());
  ++score.turns;
  settle(contest_);
}

void FastestTurn::refuse() {
  if (!measuring_) return;
  const std::lock_guard lock(mutex);
  contests[contest_].scores[candidate_].turns = kTurns;
  settle(contest_);
}

}  // namespace sonograd::kernels
