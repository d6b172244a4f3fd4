// Pickle protocol 2, the part of it that saved weights use, read without executing anything: a call is kept
// as the name of the function and its arguments, and the reader of the file interprets or ignores it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tensor/io/byte_reader.h"

namespace sonograd::io::pickle {

struct Value;

struct None {};
/// Wider than 64 bits: little-endian two's complement.
struct BigInteger {
  std::span<const std::byte> bytes;
};
struct Global {
  std::string_view module;
  std::string_view name;
};
struct Tuple {
  std::vector<const Value*> items;
};
struct List {
  std::vector<const Value*> items;
};
/// Entries in insertion order. Equal keys are all kept.
struct Dict {
  std::vector<std::pair<const Value*, const Value*>> items;
};
/// A call of a function or a class. Items that the stream then adds to or sets in the result are dropped.
struct Call {
  const Value* function;
  const Value* arguments;
};
/// An object outside the stream, named by its id.
struct Persistent {
  const Value* id;
};

struct Value : std::variant<None, bool, std::int64_t, double, std::string_view, BigInteger, Global, Tuple,
                            List, Dict, Call, Persistent> {
  using variant::variant;

  int depth = 0;  ///< containers inside, one in another

  /// nullptr when it holds another type.
  template <class T>
  const T* as() const {
    return std::get_if<T>(this);
  }
};

/// Owns every value of one stream, flat, so that values may share and form cycles. Text and bytes point into the stream.
struct Document {
  std::deque<Value> values;
  const Value* root = nullptr;
};

/// True when a class or function of this name is expected in the file. All others are refused.
using AllowGlobal = bool (*)(const Global&);

/// Bounds the memory that a stream can take; published weights take a few thousand operations.
inline constexpr int kMaxOperations = 1 << 22;

/// Reads one stream and leaves `in` behind it. `collections.OrderedDict()` becomes a Dict. Throws
/// FormatError, with the byte offset, for an operation or a global that is not allowed, for containers that nest deeper than
/// kMaxNesting, and for a malformed stream.
Document load(ByteReader& in, AllowGlobal allow);

}  // namespace sonograd::io::pickle
