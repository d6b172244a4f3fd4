// Sizes, counts and offsets that come from a file.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

#include "tensor/support/error.h"

namespace sonograd::io {

/// A number >= 0 from a file. A result out of range throws FormatError with the name of the quantity: a
/// negative start, a sum, product or difference outside 64 bits, a value above a limit or too large for a
/// type.
class Checked {
 public:
  /// `what` names the quantity in messages: a string literal.
  template <std::integral T>
  Checked(T value, const char* what) : value_(static_cast<std::uint64_t>(value)), what_(what) {
    if (!std::in_range<std::uint64_t>(value)) throw FormatError(concat(what, " is negative: ", value));
  }

  std::uint64_t value() const { return value_; }

  /// The value as `T`.
  template <std::integral T>
  T to() const {
    if (!std::in_range<T>(value_)) throw FormatError(concat(what_, " is too large: ", value_));
    return static_cast<T>(value_);
  }

  /// This number, which must not exceed `limit`.
  Checked at_most(std::uint64_t limit) const {
    if (value_ > limit) throw FormatError(concat(what_, " is ", value_, ", at most ", limit, " is possible"));
    return *this;
  }

  template <std::integral T>
  Checked operator+(T other) const {
    std::uint64_t result = 0;
    if (__builtin_add_overflow(value_, other, &result)) out_of_range("+", other);
    return {result, what_};
  }
  template <std::integral T>
  Checked operator-(T other) const {
    std::uint64_t result = 0;
    if (__builtin_sub_overflow(value_, other, &result)) out_of_range("-", other);
    return {result, what_};
  }
  template <std::integral T>
  Checked operator*(T other) const {
    std::uint64_t result = 0;
    if (__builtin_mul_overflow(value_, other, &result)) out_of_range("*", other);
    return {result, what_};
  }
  Checked operator+(const Checked& other) const { return *this + other.value_; }
  Checked operator-(const Checked& other) const { return *this - other.value_; }
  Checked operator*(const Checked& other) const { return *this * other.value_; }

 private:
  template <class T>
  [[noreturn]] void out_of_range(const char* operation, T other) const {
    throw FormatError(concat(what_, " is out of range: ", value_, ' ', operation, ' ', other));
  }

  std::uint64_t value_;
  const char* what_;
};

}  // namespace sonograd::io
