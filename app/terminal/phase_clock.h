// Times of the phases of a command, for `--verbose`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace sonograd::app {

/// One phase at a time; phases may come back. Its end prints the time of each on stderr, unless it is off.
class PhaseClock {
 public:
  explicit PhaseClock(bool enabled) : enabled_(enabled) {}
  ~PhaseClock();
  PhaseClock(const PhaseClock&) = delete;
  PhaseClock& operator=(const PhaseClock&) = delete;

  /// Ends the phase before it. Nothing happens when `name` is the one under way.
  void begin(const std::string& name);

 private:
  using Clock = std::chrono::steady_clock;
  struct Phase {
    std::string name;
    std::chrono::duration<double> time{};
  };

  bool enabled_;
  std::vector<Phase> phases_;
  std::size_t current_ = 0;
  Clock::time_point start_;
};

}  // namespace sonograd::app
