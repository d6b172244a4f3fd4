// Choosing by the clock instead of by the order of the table: `--kernels fastest`.
//
// The first calls of each op and problem go to the candidates in turn, each call to one of them, and are timed. When all have
// had their turns, the one with the fastest call takes the rest. No call runs twice, so kernels that update in place take part.
// A call inside which another contest was still measuring does not count.
// Candidates are all rows without an objection, but those named `reference` and those whose equal runs may differ.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/device/device.h"

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

/// One call in a contest.
class FastestTurn {
 public:
  /// Of two candidates or more.
  FastestTurn(std::string contest, const std::vector<std::string_view>& candidates, Device device);

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
