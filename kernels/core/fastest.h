// Choice of variants by measured time instead of the order of the table: `--kernels fastest`.
//
// Each op and problem has a timing run: its first calls are timed, and each call runs one candidate, in turn. After four
// calls each, the candidate with the shortest call serves all later calls. No call runs twice, so kernels that update in
// place take part. A call during which another timing run measured does not count.
// Candidates are all rows that support the problem, except `reference` and rows that run by name only.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "kernels/core/context.h"

namespace sonograd::kernels {

/// Result of one timing run.
struct FastestChoice {
  std::string timing_run;  ///< op, problem, device, precision and thread count in one line
  std::string variant;     ///< the fastest

  friend bool operator==(const FastestChoice&, const FastestChoice&) = default;
};

/// Chooses the fastest variant for all later calls in this process, unless one is pinned. The calls of `known` are not
/// measured; a choice that names no candidate is measured again.
void choose_fastest(const std::vector<FastestChoice>& known = {});
/// Returns to the order of the tables and drops all choices.
void choose_in_order();
bool chooses_fastest();
/// Choices so far in the order of `timing_run`: the known ones, and those that were measured since.
std::vector<FastestChoice> fastest_choices();

/// Number that identifies a call: a hash of all that the name of its timing run contains. It finds a finished run faster
/// than the name.
class CallKey {
 public:
  /// Problems that are not trivially copyable have no key: their bytes do not contain all of their state.
  template <class Problem>
  CallKey(std::string_view op, const Problem& problem, const Context& context, int threads) {
    if constexpr (std::is_trivially_copyable_v<Problem>) {
      add(&problem, sizeof(problem));
      const std::array<std::uint64_t, 3> rest = {reinterpret_cast<std::uintptr_t>(op.data()),
                                                 static_cast<std::uint64_t>(context.device.kind) << 32 |
                                                     static_cast<std::uint32_t>(context.device.index),
                                                 static_cast<std::uint64_t>(context.batch_invariant) << 48 |
                                                     static_cast<std::uint64_t>(context.precision) << 32 |
                                                     static_cast<std::uint32_t>(threads)};
      add(rest.data(), sizeof(rest));
      value_ |= 1;
    }
  }
  /// 0: no key.
  std::uint64_t value() const { return value_; }

 private:
  void add(const void* bytes, std::size_t count);
  std::uint64_t value_ = 0;
};

/// The fastest variant of a finished timing run that this thread has met under `key`; empty: look it up by name, with a
/// FastestTurn. Does not wait or allocate.
std::string_view known_fastest(const CallKey& key);

/// One call of a timing run.
class FastestTurn {
 public:
  /// Two `candidates` or more, whose names live as long as the process. If the run is over, its result is stored under `key`
  /// for this thread.
  FastestTurn(std::string timing_run, const CallKey& key, const std::vector<std::string_view>& candidates,
              Device device);

  /// The variant that runs this call: a position in `candidates`.
  std::size_t candidate() const { return candidate_; }
  /// Must be called when the kernel has returned: waits for the device and stores the time.
  void finish();
  /// Instead of `finish`, for a candidate that has no algorithm for the problem; it gets no more turns.
  void refuse();

 private:
  std::string timing_run_;
  Device device_;
  std::size_t candidate_ = 0;
  bool measuring_ = false;
  unsigned round_ = 0;  // of the choices that it belongs to
  std::uint64_t measurement_ = 0;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace sonograd::kernels
