// A library that is opened on first use: programs start without it, and run everything that does not need it.
#pragma once

#include <string>

namespace sonograd {

/// Stays open as long as the process.
class SharedLibrary {
 public:
  /// `file`: its name with the version of the headers, `libcublas.so.13`. Looked for on the library path.
  explicit SharedLibrary(const std::string& file);

  /// Reason for which it cannot be used: the file is missing, or lacks a function that was looked up. nullptr when it can.
  const char* why_not() const { return reason_.empty() ? nullptr : reason_.c_str(); }

  /// The function called `name`; nullptr when there is none, which `why_not` then reports.
  template <class Function>
  Function* find(const char* name) {
    return reinterpret_cast<Function*>(address_of(name));
  }

 private:
  void* address_of(const char* name);

  std::string file_, reason_;
  void* handle_ = nullptr;
};

/// A member of a struct of a library's functions, with the name and the type of the declaration in the library's header.
/// The struct has a member `library` before it.
#define SONOGRAD_LIBRARY_FUNCTION(name) decltype(::name)* name = library.find<decltype(::name)>(#name)

}  // namespace sonograd
