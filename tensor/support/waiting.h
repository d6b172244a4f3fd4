// How long threads of OpenMP that wait for their team keep their cores: long on an idle machine, briefly beside other work.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sonograd {

/// Whether other work shares the cores, from the time for which the threads of this process could have run and had no core. There,
/// a thread that waits by spinning takes the core from the threads that it waits for.
class CrowdMeter {
 public:
  static constexpr double kCrowded =
      0.1;  ///< threads without a core, on average, from which on the cores are shared
  static constexpr std::chrono::milliseconds kCalm{
      1000};  ///< after so long without them, they are not any more

  /// `delay`: the time without a core since the start of the process, of all threads together; `time`: of the steady clock,
  /// in ascending order. Returns whether the cores are shared now; after the first call: no.
  bool add(std::chrono::nanoseconds delay, std::chrono::nanoseconds time);

 private:
  bool is_first_ = true, is_crowded_ = false;
  std::chrono::nanoseconds delay_{}, time_{}, last_crowded_{};
};

namespace waiting {

/// Time of the next look at the cores, in nanoseconds of the steady clock.
extern constinit std::atomic<std::int64_t> next_look;
void look(std::int64_t now);

}  // namespace waiting

/// Looks at the cores when the last look is 20 ms ago (2 ms for each thread of the process), and changes how long the threads of
/// all teams keep their cores while they wait: 300,000 spins, the default of libgomp, or 100 while other work shares the cores, or
/// where the system does not tell. Does nothing where GOMP_SPINCOUNT or OMP_WAIT_POLICY is set. To be called before a parallel region; it costs a look at the clock.
inline void adapt_waiting() {
  const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch().count();
  if (now >= waiting::next_look.load(std::memory_order_relaxed)) waiting::look(now);
}

/// The variable that sets the waiting, `NAME=VALUE`, or an empty text where `adapt_waiting` does.
const char* waiting_variable();

}  // namespace sonograd
