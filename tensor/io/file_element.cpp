#include "tensor/io/file_element.h"

#include <cstring>
#include <functional>

#include "tensor/io/checked.h"
#include "tensor/io/narrow_types.h"

namespace sonograd::io {
namespace {

template <class From, class To, class Convert>
void convert_all(std::span<const std::byte> from, std::span<To> to, Convert convert) {
  const std::byte* at = from.data();
  for (To& element : to) {
    From value;
    std::memcpy(&value, at, sizeof(From));
    element = convert(value);
    at += sizeof(From);
  }
}

}  // namespace

DType dtype_of(FileElement element) {
  switch (element) {
    case FileElement::f16:
    case FileElement::f32:
      return DType::f32;
    case FileElement::f64:
      return DType::f64;
    case FileElement::bf16:
      return DType::bf16;
    case FileElement::i8:
    case FileElement::i16:
      return DType::i16;
    case FileElement::i32:
      return DType::i32;
    case FileElement::i64:
      return DType::i64;
    case FileElement::u8:
    case FileElement::boolean:
      break;
  }
  return DType::u8;
}

std::size_t size_of(FileElement element) {
  const bool is_half = element == FileElement::f16 || element == FileElement::i8;
  return sonograd::size_of(dtype_of(element)) / (is_half ? 2 : 1);
}

std::uint64_t bytes_of(FileElement element, const Shape& shape) {
  return (Checked(shape.numel(), "the number of elements") * size_of(element)).value();
}

Tensor tensor_from(FileElement element, const Shape& shape, std::span<const std::byte> bytes) {
  if (const std::uint64_t expected = bytes_of(element, shape); bytes.size() != expected)
    throw FormatError(concat("expected ", expected, " bytes for ", shape, ", got ", bytes.size()));
  Tensor result = Tensor::empty(shape, dtype_of(element));
  if (element == FileElement::f16) {
    convert_all<std::uint16_t>(bytes, result.span<float>(), from_half);
  } else if (element == FileElement::i8) {
    convert_all<std::int8_t>(bytes, result.span<std::int16_t>(), std::identity());
  } else if (element == FileElement::boolean) {
    convert_all<std::uint8_t>(bytes, result.span<std::uint8_t>(), from_bool);
  } else if (!bytes.empty()) {
    std::memcpy(result.view().pointer, bytes.data(), bytes.size());
  }
  return result;
}

}  // namespace sonograd::io
