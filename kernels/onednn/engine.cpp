#include "kernels/onednn/engine.h"

#include <string>

#include "kernels/onednn/convolution.h"
#include "tensor/device/arena.h"

namespace sonograd::kernels::onednn {
namespace {

thread_local std::size_t primitives_of_thread = 0;

std::string text(dnnl_status_t status, const char* message) {
  return concat("[oneDNN] ", message, " (status ", static_cast<int>(status), ")");
}

}  // namespace

dnnl::engine& engine() {
  static dnnl::engine instance = [] {
#if defined(__SANITIZE_THREAD__)
    // oneDNN shares primitives between threads by its own cache, whose order of accesses ThreadSanitizer cannot see.
    dnnl::set_primitive_cache_capacity(0);
#endif
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return instance;
}

dnnl::stream& stream() {
  thread_local dnnl::stream instance = prepared([] { return dnnl::stream(engine()); });
  return instance;
}

void throw_refusal(const dnnl::error& error) {
  const std::string message = text(error.status, error.what());
  if (error.status == dnnl_out_of_memory) throw OutOfMemory(message);
  throw DeviceError(message);
}

void check_run(dnnl_status_t status) {
  if (status == dnnl_success) return;
  const std::string message = text(status, "a primitive failed");
  if (status == dnnl_out_of_memory) throw OutOfMemory(message);
  throw KernelError(message);
}

void count_built_primitive() {
  ++primitives_of_thread;
}

std::size_t built_primitives() {
  return primitives_of_thread;
}

}  // namespace sonograd::kernels::onednn
