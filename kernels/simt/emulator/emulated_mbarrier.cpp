#include "kernels/simt/emulator/emulated_mbarrier.h"

#include "kernels/simt/emulator/emulator.h"
#include "kernels/simt/emulator/observer.h"

namespace sonograd::kernels::emulator {

void Mbarrier::init(unsigned arrivals) {
  arrivals_ = missing_ = static_cast<std::uint16_t>(arrivals);
  bytes_ = 0;
  parity_ = 0;
}

void Mbarrier::check_initialised(Place place) const {
  if (arrivals_ == 0 || arrivals_ > 1024) fail("this mbarrier has not been initialised", place);
}

void Mbarrier::arrive(std::int32_t expected_bytes, Place place) {
  check_initialised(place);
  if (missing_ == 0) fail("one arrival more than this phase of the mbarrier expects", place);
  if (observer != nullptr) observer->arrived(this);
  --missing_;
  bytes_ += expected_bytes;
  end_phase_if_complete();
}

void Mbarrier::complete(std::int32_t bytes) {
  bytes_ -= bytes;
  end_phase_if_complete();
}

void Mbarrier::end_phase_if_complete() {
  if (missing_ != 0 || bytes_ != 0) return;
  missing_ = arrivals_;
  parity_ ^= 1;
  progress();
}

void Mbarrier::wait(unsigned parity, Place place) {
  check_initialised(place);
  land_tiles(*this);
  while (parity_ == (parity & 1)) {
    spin("mbarrier wait", place);
    land_tiles(*this);
  }
  if (observer != nullptr) observer->waited(this);
}

}  // namespace sonograd::kernels::emulator
