// A stack of its own that can be left and entered again: what one thread of an emulated kernel runs on.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <span>

namespace sonograd::kernels::emulator {

/// Must not move once it has run, and stays on one host thread.
class Fiber {
 public:
  /// Stands for the stack that calls `switch_to` on it.
  Fiber() = default;
  /// Calls `entry` when it is first switched to. `entry` must not return. Subnormals are flushed on this
  /// stack. `stack` outlives the fiber.
  Fiber(std::span<std::byte> stack, void (*entry)());
  Fiber(Fiber&&) = default;

  /// Leaves this stack for `to`; returns when something switches back.
  void switch_to(Fiber& to);

 private:
  using Transfer = boost::context::detail::transfer_t;
  static void start(Transfer transfer);
  static void finish_switch(Transfer transfer, void* fake_stack);

  boost::context::detail::fcontext_t context_ = nullptr;
  void (*entry_)() = nullptr;
  const void* bottom_ = nullptr;  // of the stack, for AddressSanitizer
  std::size_t size_ = 0;
};

}  // namespace sonograd::kernels::emulator
