// Emulated barrier in shared memory, for kernels/simt/mbarrier.h.
#pragma once

#include <cstdint>

#include "kernels/simt/place.h"

namespace sonograd::kernels::emulator {

/// Has the size of a barrier of the hardware. It has no constructor, because shared memory calls none; a barrier that was not
/// initialised contains poison.
class Mbarrier {
 public:
  void init(unsigned arrivals);
  /// Counts an arrival of the running thread, and expects `expected_bytes` more bytes.
  void arrive(std::int32_t expected_bytes, Place place);
  /// Counts `bytes` of a tile copy that have arrived.
  void complete(std::int32_t bytes);
  void wait(unsigned parity, Place place);

 private:
  void check_initialised(Place place) const;
  void end_phase_if_complete();

  std::uint16_t arrivals_;   // per phase
  std::uint16_t missing_;    // arrivals missing in this phase
  std::int32_t bytes_ : 31;  // expected and not yet arrived
  std::uint32_t parity_ : 1;
};
static_assert(sizeof(Mbarrier) == 8);

}  // namespace sonograd::kernels::emulator
