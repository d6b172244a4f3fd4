// The emulated barrier in shared memory: what kernels/simt/mbarrier.h stands on.
#pragma once

#include <cstdint>

#include "kernels/simt/place.h"

namespace sonograd::kernels::emulator {

/// As large as the hardware's. No constructor: shared memory has none, and what was not initialised is poison.
class Mbarrier {
 public:
  void init(unsigned arrivals);
  /// Counts an arrival of the running thread, and `expected_bytes` more to come.
  void arrive(std::int32_t expected_bytes, Place place);
  /// `bytes` of a tile copy have landed.
  void complete(std::int32_t bytes);
  void wait(unsigned parity, Place place);

 private:
  void check_initialised(Place place) const;
  void end_phase_if_complete();

  std::uint16_t arrivals_;   // of a phase
  std::uint16_t missing_;    // in this phase
  std::int32_t bytes_ : 31;  // expected and not landed
  std::uint32_t parity_ : 1;
};
static_assert(sizeof(Mbarrier) == 8);

}  // namespace sonograd::kernels::emulator
