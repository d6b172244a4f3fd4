#include "app/terminal/phase_clock.h"

#include <algorithm>

#include "app/terminal/output.h"

namespace sonograd::app {

PhaseClock::~PhaseClock() {
  if (!enabled_ || phases_.empty()) return;
  phases_[current_].time += Clock::now() - start_;
  for (const auto& [name, time] : phases_) print_remark("time: {} {:.3f} s\n", name, time.count());
}

void PhaseClock::begin(const std::string& name) {
  if (!phases_.empty() && phases_[current_].name == name) return;
  const Clock::time_point now = Clock::now();
  if (!phases_.empty()) phases_[current_].time += now - start_;
  start_ = now;
  const auto known = std::ranges::find(phases_, name, &Phase::name);
  current_ = static_cast<std::size_t>(known - phases_.begin());
  if (known == phases_.end()) phases_.push_back({name});
}

}  // namespace sonograd::app
