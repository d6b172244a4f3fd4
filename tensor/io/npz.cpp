#include "tensor/io/npz.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "tensor/io/byte_reader.h"
#include "tensor/io/checked.h"
#include "tensor/io/context.h"
#include "tensor/io/file_element.h"
#include "tensor/io/input_file.h"
#include "tensor/io/zip_archive.h"

namespace sonograd::io {
namespace {

constexpr std::string_view kNumPyMagic = "\x93NUMPY", kExtension = ".npy";

/// Reads the header, a dictionary as Python writes it: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  struct Header {
    FileElement element = FileElement::f32;
    bool is_fortran = false;
    Shape shape;
  };

  Header read() {
    Header header;
    bool has_type = false, has_order = false, has_shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        header.element = element_of(quoted());
        has_type = true;
      } else if (key == "fortran_order") {
        header.is_fortran = boolean();
        has_order = true;
      } else if (key == "shape") {
        header.shape = extents();
        has_shape = true;
      } else {
        throw FormatError(concat("the header has a key '", key, "'"));
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (!rest_.empty()) throw FormatError("the header has text behind its dictionary");
    if (!has_type || !has_order || !has_shape)
      throw FormatError("the header: expected descr, fortran_order and shape");
    return header;
  }

 private:
  static FileElement element_of(std::string_view type) {
    struct Named {
      std::string_view name;
      FileElement element;
    };
    constexpr Named kTypes[] = {
        {"<f2", FileElement::f16}, {"<f4", FileElement::f32}, {"<f8", FileElement::f64},
        {"|i1", FileElement::i8},  {"<i2", FileElement::i16}, {"<i4", FileElement::i32},
        {"<i8", FileElement::i64}, {"|u1", FileElement::u8},  {"|b1", FileElement::boolean}};
    std::string known;
    for (const Named& each : kTypes) {
      if (each.name == type) return each.element;
      known += concat(known.empty() ? "" : ", ", each.name);
    }
    throw FormatError(concat("element type '", type, "': expected one of ", known));
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size())); }
  bool take(char symbol) {
    skip_blanks();
    if (!rest_.starts_with(symbol)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char symbol) {
    if (!take(symbol))
      throw FormatError(concat("the header: expected '", symbol, "', got '", rest_.substr(0, 8), '\''));
  }
  std::string_view quoted() {
    expect('\'');
    const std::size_t end = rest_.find('\'');
    if (end == std::string_view::npos) throw FormatError("the header: a text has no end");
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool boolean() {
    skip_blanks();
    for (const auto& [word, value] : {std::pair<std::string_view, bool>("True", true), {"False", false}}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    throw FormatError("the header: expected True or False");
  }
  Shape extents() {
    Shape shape;
    expect('(');
    while (!take(')')) {
      skip_blanks();
      std::int64_t extent = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error != std::errc() || extent < 0) throw FormatError("the header: expected extents from 0 on");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      shape.push_back(extent);
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }

  std::string_view rest_;
};

// Elements in the order of Fortran, in which the first index moves fastest, in that of C.
template <class T>
void reorder(std::span<const T> from, const Shape& shape, std::span<T> to) {
  std::array<std::int64_t, kMaxRank> index{};
  for (T& element : to) {
    std::int64_t position = 0;
    for (int axis = shape.rank() - 1; axis >= 0; --axis)
      position = position * shape[axis] + index[static_cast<std::size_t>(axis)];
    element = from[static_cast<std::size_t>(position)];
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      std::int64_t& place = index[static_cast<std::size_t>(axis)];
      if (++place < shape[axis]) break;
      place = 0;
    }
  }
}

Tensor in_c_order(const Tensor& fortran) {
  const Tensor result = Tensor::empty(fortran.shape(), fortran.dtype());
  visit(result.dtype(), [&](auto tag) {
    using T = decltype(tag);
    reorder<T>(fortran.span<T>(), result.shape(), result.span<T>());
  });
  return result;
}

Tensor array_in(std::span<const std::byte> bytes) {
  ByteReader in(bytes);
  if (bytes.size() < kNumPyMagic.size() || in.text(kNumPyMagic.size()) != kNumPyMagic)
    throw FormatError("expected an array of NumPy (.npy)");
  const auto version = in.number<std::uint8_t>();
  in.number<std::uint8_t>();
  if (version < 1 || version > 3)
    throw FormatError(concat("version ", static_cast<int>(version), " of .npy: expected 1 to 3"));
  const std::uint64_t length = version == 1 ? in.number<std::uint16_t>() : in.number<std::uint32_t>();
  const HeaderReader::Header header = HeaderReader(in.text(length)).read();
  const Tensor array = tensor_from(header.element, header.shape, in.take(in.remaining()));
  return header.is_fortran && header.shape.rank() > 1 ? in_c_order(array) : array;
}

}  // namespace

Tensor read_npy(const std::filesystem::path& path) {
  const InputFile input(path);
  return within(path.string(), [&] { return array_in(FileBytes(input).bytes()); });
}

NamedTensors read_npz(const std::filesystem::path& path) {
  const InputFile input(path);
  return within(path.string(), [&] {
    const FileBytes file(input);
    ZipArchive archive(file.bytes(), ZipArchive::Entries::deflated);
    NamedTensors arrays;
    for (const std::string& entry : archive.names()) {
      if (!entry.ends_with(kExtension)) continue;
      within(concat("zip entry ", entry), [&] {
        arrays.set(entry.substr(0, entry.size() - kExtension.size()), array_in(archive.read(entry)));
      });
    }
    if (arrays.empty()) throw FormatError("the zip archive has no .npy file: not one of numpy.savez");
    return arrays;
  });
}

}  // namespace sonograd::io
