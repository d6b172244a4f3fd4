// A library that is opened when it is first wanted, so that programs start, and run what they can, without it.
#pragma once

#include <string>

namespace sonograd {

/// Stays open as long as the process.
class SharedLibrary {
 public:
  /// `file`: its name with the version that the headers describe, `libcublas.so.13`. Looked for on the library path.
  explicit SharedLibrary(const std::string& file);

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

/// A member of a struct of a library's functions, called and typed like the declaration in the library's header. Wants the
/// member `library` before it.
#define SONOGRAD_LIBRARY_FUNCTION(name) decltype(::name)* name = library.find<decltype(::name)>(#name)

}  // namespace sonograd
