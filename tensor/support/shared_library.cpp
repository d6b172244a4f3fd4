#include "tensor/support/shared_library.h"

#include <dlfcn.h>

#include "tensor/support/error.h"

namespace sonograd {

SharedLibrary::SharedLibrary(const std::string& file)
    : file_(file), handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    reason_ =
        concat("cannot open ", file, ": install it, or set LD_LIBRARY_PATH to its folder (", dlerror(), ')');
  }
}

void* SharedLibrary::address_of(const char* name) {
  if (handle_ == nullptr) return nullptr;
  void* address = dlsym(handle_, name);
  if (address == nullptr) reason_ = concat(file_, " has no ", name);
  return address;
}

}  // namespace sonograd
