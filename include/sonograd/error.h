// The exceptions of the library. A message contains the operation, file or argument, what was expected and what arrived.
// The library never prints, exits or aborts.
#pragma once

#include <stdexcept>

namespace sonograd {

/// Base of all exceptions of this library. The standard library may throw others, such as std::bad_alloc.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Extents that do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// An element type that an operation does not support.
class DTypeError : public Error {
 public:
  using Error::Error;
};

/// A device, or a kernel on it, that cannot run.
class DeviceError : public Error {
 public:
  using Error::Error;
};

/// A kernel that failed while it ran: a fault on a GPU, or a broken rule of CUDA on the emulated device.
class KernelError : public Error {
 public:
  using Error::Error;
};

/// A file whose contents break its format, or do not fit.
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
