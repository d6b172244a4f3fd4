// The exception family of the library. A message reads `[op] expectation, what arrived, full shapes`, or
// names the file or argument that is wrong. The library never prints, exits or aborts.
#pragma once

#include <stdexcept>

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

}  // namespace sonograd
