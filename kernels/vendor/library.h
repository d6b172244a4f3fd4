// A vendor's shared library, opened when its first row is asked about: the binary links none, and starts without any.
#pragma once

#include <string>

namespace sonograd::kernels::vendor {

/// Stays open as long as the process.
class Library {
 public:
  /// `file`: its name with the version that the headers describe, `libcublas.so.13`. Looked for on the library path.
  explicit Library(const std::string& file);

  /// Why it cannot be used: the file is missing, or one of the functions asked for is. nullptr when it can.
  const char* why_not() const { return reason_.empty() ? nullptr : reason_.c_str(); }

  /// The function called `name`; nullptr, and a reason, when there is none.
  template <class Function>
  Function* find(const char* name) {
    return reinterpret_cast<Function*>(address_of(name));
  }

 private:
  void* address_of(const char* name);

  std::string file_, reason_;
  void* handle_ = nullptr;
};

/// A member of a library's struct of functions, called and typed like the declaration in the vendor's header. Wants the
/// member `library` before it.
#define SONOGRAD_VENDOR_FUNCTION(name) decltype(::name)* name = library.find<decltype(::name)>(#name)

}  // namespace sonograd::kernels::vendor
