// The exception family of the library. A message reads `[op] expectation, what arrived, full shapes`, or
// names the file or argument that is wrong. Libraries never print, exit or abort.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace sonograd {

/// Base of everything this library throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Extents that do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// An element type that an operation does not take.
class DTypeError : public Error {
 public:
  using Error::Error;
};

/// A device, or a kernel on it, that cannot run.
class DeviceError : public Error {
 public:
  using Error::Error;
};

/// A kernel that went wrong while it ran: a fault on a GPU, or a rule that it broke on the emulated device.
class KernelError : public Error {
 public:
  using Error::Error;
};

/// Bytes of a file that are not what the format promises.
class FormatError : public Error {
 public:
  using Error::Error;
};

/// The operating system refused: missing file, no permission, no space.
class IoError : public Error {
 public:
  using Error::Error;
};

/// An option or setting outside its valid range, or one that does not exist.
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// `concat("[conv2d] wants ", 3, " channels")`: one string of everything that has an `operator<<`.
template <class... Args>
std::string concat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

}  // namespace sonograd
