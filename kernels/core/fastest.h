// Choosing by the clock instead of by the order of the table: `--kernels fastest`.
//
// The first calls of each op and problem go to the candidates in turn, each call to one of them, and are timed. When all have
// had their turns, the one with the fastest call takes the rest. No call runs twice, so kernels that update in place take part.
// A call inside which another contest was still measuring does not count.
// Candidates are all rows without an objection, but those named `reference` and those whose equal runs may differ.
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

/// The outcome for one `contest`: op, problem, device, precision and thread count in one line.
struct FastestChoice {
  std::string contest;
  std::string variant;

  friend bool operator==(const FastestChoice&, const FastestChoice&) = default;
};

/// From now on the fastest variant of this process is chosen, unless one is pinned. `known` saves measuring; a choice that
/// names no candidate is measured again.
void choose_fastest(const std::vector<FastestChoice>& known = {});
/// Back to the order of the tables; forgets all choices.
void choose_in_order();
bool chooses_fastest();
/// The choices made so far, by contest: those known from the start and those measured since.
std::vector<FastestChoice> fastest_choices();

/// Recognises a call whose contest is over, without its name: a number made from all that a contest is named by.
class CallKey {
 public:
  /// Problems whose bytes do not say everything, because they point elsewhere, have no key.
  template <class Problem>
  CallKey(std::string_view op, const Problem& problem, const Context& context, int threads) {
    if constexpr (std::is_trivially_copyable_v<Problem>) {
      add(&problem, sizeof(problem));
      const std::array<std::uint64_t, 3> rest = {
          reinterpret_cast<std::uintptr_t>(op.data()),
          static_cast<std::uint64_t>(context.device.kind) << 32 |
              static_cast<std::uint32_t>(context.device.index),
          static_cast<std::uint64_t>(context.precision) << 32 | static_cast<std::uint32_t>(threads)};
      add(rest.data(), sizeof(rest));
      value_ |= 1;
    }
  }
  /// 0: none.
  std::uint64_t value() const { return value_; }

 private:
  void add(const void* bytes, std::size_t count);
  std::uint64_t value_ = 0;
};

/// The winner of the contest that this thread has last seen under `key`; empty when it must be asked for by name. Neither
/// waits nor allocates.
std::string_view known_winner(const CallKey& key);

/// One call in a contest.
class FastestTurn {
 public:
  /// Of two candidates or more, whose names live as long as the process. A winner is remembered under `key`.
  FastestTurn(std::string contest, const CallKey& key, const std::vector<std::string_view>& candidates,
              Device device);

  /// Who runs this call: a position in `candidates`.
  std::size_t candidate() const { return candidate_; }
  /// To be called when the kernel has returned.
  void finish();
  /// Instead of `finish`: the candidate cannot run after all, and is not asked again.
  void refuse();

 private:
  std::string contest_;
  Device device_;
  std::size_t candidate_ = 0;
  bool measuring_ = false;
  std::uint64_t measurement_ = 0;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace sonograd::kernels
