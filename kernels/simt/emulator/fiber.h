// Fibers: each has a stack of its own that can be left and entered again, for one thread of an emulated kernel.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <span>

namespace sonograd::kernels::emulator {

/// Must not be moved after it has run, and must stay on one host thread.
class Fiber {
 public:
  /// Represents the stack that calls `switch_to` on it.
  Fiber() = default;
  /// Calls `entry` at the first switch to it. `entry` must not return. Subnormals are flushed on this stack. `stack` must
  /// outlive the fiber.
  Fiber(std::span<std::byte> stack, void (*entry)());
  Fiber(Fiber&&) = default;

  /// Continues on the stack of `to`; returns at the next switch to this fiber.
  void switch_to(Fiber& to);

 private:
  using Transfer = boost::context::detail::transfer_t;
  static void start(Transfer transfer);
  static void finish_switch(Transfer transfer, void* fake_stack);

  boost::context::detail::fcontext_t context_ = nullptr;
  void (*entry_)() = nullptr;
  const void* bottom_ = nullptr;  // bottom of the stack, for AddressSanitizer
  std::size_t size_ = 0;
};

}  // namespace sonograd::kernels::emulator
