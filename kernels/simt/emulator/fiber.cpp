#include "kernels/simt/emulator/fiber.h"

#include "kernels/core/launch.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace sonograd::kernels::emulator {
namespace {

namespace context = boost::context::detail;

struct Switch {
  Fiber* from;
  Fiber* to;
};

// AddressSanitizer must be notified of the stack that the thread uses.
#if defined(__SANITIZE_ADDRESS__)
void announce_switch(void** fake_stack, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
}
void announce_arrival(void* fake_stack, const void** bottom, std::size_t* size) {
  __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
}
void forget_frames(std::span<std::byte> stack) {
  __asan_unpoison_memory_region(stack.data(), stack.size());
}
#else
void announce_switch(void**, const void*, std::size_t) {}
void announce_arrival(void*, const void**, std::size_t*) {}
void forget_frames(std::span<std::byte>) {}
#endif

}  // namespace

Fiber::Fiber(std::span<std::byte> stack, void (*entry)())
    : context_(context::make_fcontext(stack.data() + stack.size(), stack.size(), start)),
      entry_(entry),
      bottom_(stack.data()),
      size_(stack.size()) {
  forget_frames(stack);  // left by a fiber that was abandoned here
}

void Fiber::switch_to(Fiber& to) {
  Switch here{this, &to};
  void* fake_stack = nullptr;
  announce_switch(&fake_stack, to.bottom_, to.size_);
  finish_switch(context::jump_fcontext(to.context_, &here), fake_stack);
}

void Fiber::start(Transfer transfer) {
  Fiber& self = *static_cast<Switch*>(transfer.data)->to;
  finish_switch(transfer, nullptr);
  flush_subnormals();  // a new context starts with the defaults of the processor
  self.entry_();
}

void Fiber::finish_switch(Transfer transfer, void* fake_stack) {
  Fiber& from = *static_cast<Switch*>(transfer.data)->from;
  from.context_ = transfer.fctx;
  announce_arrival(fake_stack, &from.bottom_, &from.size_);
}

}  // namespace sonograd::kernels::emulator
