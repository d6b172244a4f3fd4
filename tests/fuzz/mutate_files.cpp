#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "tensor/io/crc32c.h"
#include "tensor/io/varint.h"
#include "tensor/io/zip_handle.h"
#include "tensor/support/error.h"
#include "tests/fuzz/mutators.h"

namespace sonograd::fuzz {
namespace {

template <class T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

// Beginning of each operation of the pickle at `at`, and of what comes behind it.
std::vector<std::size_t> operations(std::string_view bytes, std::size_t at) {
  std::vector<std::size_t> starts = {at};
  const auto length_at = [&](std::size_t place, std::size_t width) {
    std::uint32_t length = 0;
    if (place + width <= bytes.size()) std::memcpy(&length, bytes.data() + place, width);
    return width + length;
  };
  while (at < bytes.size()) {
    const char op = bytes[at++];
    if (std::string_view("KhqG\x80").find(op) != std::string_view::npos) at += op == 'G' ? 8 : 1;
    if (op == 'M') at += 2;
    if (op == 'J' || op == 'j' || op == 'r') at += 4;
    if (op == 'X' || op == '\x8b') at += length_at(at, 4);
    if (op == '\x8a' || op == '\x8c') at += length_at(at, 1);
    for (int lines = op == 'c' ? 2 : op == 'L' ? 1 : 0; lines > 0; --lines)
      at = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
    starts.push_back(std::min(at, bytes.size()));
    if (op == '.') break;
  }
  return starts;
}

std::string text(std::string_view value) {
  return concat('X', raw(static_cast<std::uint32_t>(value.size())), value);
}

std::string integer(Choices& choices) {
  constexpr std::int64_t kValues[] = {0,
                                      -1,
                                      1,
                                      2,
                                      6,
                                      7,
                                      64,
                                      INT32_MAX,
                                      INT32_MIN,
                                      INT64_MAX,
                                      INT64_MIN,
                                      std::int64_t{1} << 32,
                                      std::int64_t{1} << 61,
                                      1'000'000'000'000};
  return "\x8a\x08" + raw(choices.of<std::int64_t>(kValues));
}

std::string some_operations(Choices& choices) {
  const std::size_t depth = choices.depth();
  switch (choices.below(8)) {
    case 0:
      return integer(choices);
    case 1:
      return repeated("\x85", depth);  // tuples of one
    case 2:
      return repeated("]", depth) + repeated("a", depth - 1);
    case 3:
      return concat(repeated(concat('}', text("k")), depth), 'N', repeated("s", depth));
    case 4:
      return concat('c', choices.of<std::string>(
                             {"torch\nFloatStorage\n", "torch\nHalfStorage\n", "torch\nBoolStorage\n",
                              "collections\nOrderedDict\n", "torch._utils\n_rebuild_tensor_v2\n",
                              "torch._utils\n_rebuild_parameter\n", "numpy._core.multiarray\nscalar\n",
                              "os\nsystem\n", "lightning.fabric\nx\n"}));
    case 5:
      return text(
          choices.of<std::string>({"storage", "0", "cpu", "", "a.b", "\x1b[2J", std::string(2000, 'n')}));
    case 6:
      return concat('q', raw(std::uint8_t{9}), 'h', raw(std::uint8_t{9}));
    default:
      return choices.of<std::string>({"(", ")", "]", "}",    "t",    "\x85", "\x86", "\x87",
                                      "R", "b", "Q", "a",    "e",    "s",    "u",    "0",
                                      "1", "N", ".", "\x88", "\x89", "\x81"});
  }
}

// One operation of the pickle at `at` replaced, removed, repeated, or others put before it.
std::string mutate_pickle(std::string_view bytes, std::size_t at, Choices& choices) {
  const std::vector<std::size_t> starts = operations(bytes, at);
  const std::size_t chosen = choices.below(starts.size());
  const std::size_t begin = starts[chosen];
  const std::size_t end = chosen + 1 < starts.size() ? starts[chosen + 1] : begin;
  std::string result(bytes);
  const bool is_number =
      begin < bytes.size() && std::string_view("KMJ\x8a").find(bytes[begin]) != std::string_view::npos;
  switch (is_number ? 0 : choices.below(4)) {
    case 0:
      return result.replace(begin, end - begin, is_number ? integer(choices) : some_operations(choices));
    case 1:
      return result.erase(begin, end - begin);
    case 2:
      return result.insert(begin, result.substr(begin, end - begin));
    default:
      return result.insert(begin, some_operations(choices));
  }
}

std::string read_entry(zip_t* archive, zip_uint64_t index) {
  zip_stat_t status;
  if (zip_stat_index(archive, index, 0, &status) != 0 || status.size > (1 << 20)) return {};
  std::string content(status.size, '\0');
  const io::ZipFile file(zip_fopen_index(archive, index, 0));
  if (file) zip_fread(file.get(), content.data(), content.size());
  return content;
}

using ChangeEntry = std::function<std::string(const std::string& path, std::string content)>;

// The archive with the contents of its entries changed; written again, so that its checksums are right.
std::string rewrite_archive(std::string_view bytes, const ChangeEntry& change) {
  const io::ZipSource source = io::zip_source(std::as_bytes(std::span(bytes)));
  const io::Zip archive = io::open_zip(source, ZIP_RDONLY);
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  std::vector<std::pair<std::string, std::string>> entries;
  for (zip_uint64_t i = 0; i < count; ++i) {
    const char* const name = zip_get_name(archive.get(), i, ZIP_FL_ENC_RAW);
    entries.emplace_back(name == nullptr ? "" : name, read_entry(archive.get(), i));
    auto& [path, content] = entries.back();
    content = change(path, std::move(content));
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* const made = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [path, content] : entries) {
    zip_source_t* const data = zip_source_buffer(made, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(made, path.c_str(), data, ZIP_FL_OVERWRITE);
    if (index < 0) {
      zip_source_free(data);
    } else {
      zip_set_file_compression(made, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    }
  }
  std::string result;
  if (zip_close(made) != 0) zip_discard(made);
  zip_stat_t status;
  if (zip_source_stat(target, &status) == 0 && zip_source_open(target) == 0) {
    result.resize(status.size);
    zip_source_read(target, result.data(), result.size());
    zip_source_close(target);
  }
  zip_source_free(target);
  return result;
}

// data.pkl, or at times another entry.
std::string mutate_archive(std::string_view bytes, Choices& choices) {
  const bool changes_data = choices.one_in(6);
  return rewrite_archive(bytes, [&](const std::string& path, std::string content) {
    const bool is_object = path.ends_with("data.pkl");
    if (is_object && !changes_data) return mutate_pickle(content, 0, choices);
    return !is_object && changes_data && choices.one_in(2) ? mutate_bytes(content, choices) : content;
  });
}

// A text in the header of an array replaced by another.
std::string mutate_header(std::string content, Choices& choices) {
  const std::size_t begin = content.find('{'), end = content.find('}');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return content;
  const std::size_t at = begin + choices.below(end - begin + 1);
  const std::size_t length = choices.below(std::min<std::size_t>(12, end - at + 1));
  const std::string text = choices.one_in(2)
                               ? choices.number()
                               : choices.of<std::string>({"(", ")", "'", ",", ":", "}", "True", "'<f8'",
                                                          "'|O'", "'shape'", "fortran_order", " "});
  return content.replace(at, length, text);
}

/// Places of the blocks in a LevelDB table whose index is not compressed, the index among them: offset and size.
std::vector<std::pair<std::size_t, std::size_t>> blocks_of(std::string_view bytes) {
  constexpr std::size_t kFooter = 48;
  std::vector<std::pair<std::size_t, std::size_t>> blocks;
  if (bytes.size() < kFooter) return blocks;
  const auto all = std::as_bytes(std::span(bytes));
  const auto add = [&](io::ByteReader& in) {
    const std::uint64_t offset = io::read_varint(in), size = io::read_varint(in);
    if (size > 0 && offset < bytes.size() && size < bytes.size() && offset + size + 5 <= bytes.size())
      blocks.emplace_back(offset, size);
  };
  try {
    io::ByteReader footer(all.last(kFooter));
    io::read_varint(footer);
    io::read_varint(footer);
    add(footer);
    if (blocks.empty()) return blocks;
    io::ByteReader index(all.subspan(blocks[0].first, blocks[0].second));
    while (index.remaining() > 8) {
      io::read_varint(index);
      const std::uint64_t key = io::read_varint(index), value = io::read_varint(index);
      index.take(key);
      io::ByteReader place(index.take(value));
      add(place);
    }
  } catch (const FormatError&) {
    return blocks;
  }
  return blocks;
}

}  // namespace

std::string mutate_table(std::string_view bytes, Choices& choices) {
  const auto blocks = blocks_of(bytes);
  if (blocks.empty() || choices.one_in(8)) return mutate_bytes(bytes, choices);
  std::string result(bytes);
  const auto [offset, size] = blocks[choices.below(blocks.size())];
  for (std::size_t changes = 1 + choices.below(3); changes > 0; --changes)
    result[offset + choices.below(size)] =
        static_cast<char>(choices.of({0, 1, 2, 4, 8, 18, 0x7f, 0x80, 0xff}));
  const std::string checksum =
      raw(io::masked(io::crc32c(std::as_bytes(std::span(result)).subspan(offset, size + 1))));
  return result.replace(offset + size + 1, checksum.size(), checksum);
}

std::string mutate_npz(std::string_view bytes, Choices& choices) {
  try {
    return rewrite_archive(bytes, [&](const std::string&, std::string content) {
      if (!choices.one_in(3)) return content;
      return choices.one_in(2) ? mutate_header(std::move(content), choices) : mutate_bytes(content, choices);
    });
  } catch (const Error&) {
    return mutate_bytes(bytes, choices);
  }
}

std::string mutate_safetensors(std::string_view bytes, Choices& choices) {
  std::uint64_t length = 0;
  if (bytes.size() < sizeof(length) || choices.one_in(16)) return mutate_bytes(bytes, choices);
  std::memcpy(&length, bytes.data(), sizeof(length));
  if (length > bytes.size() - sizeof(length)) return mutate_bytes(bytes, choices);
  const std::string header = mutate_json(bytes.substr(sizeof(length), length), choices);
  return raw(std::uint64_t{header.size()}) + header + std::string(bytes.substr(sizeof(length) + length));
}

std::string mutate_pth(std::string_view bytes, Choices& choices) {
  try {
    if (bytes.starts_with("PK")) return mutate_archive(bytes, choices);
  } catch (const Error&) {
    return mutate_bytes(bytes, choices);
  }
  std::vector<std::size_t> pickles;
  std::size_t at = 0;
  for (int i = 0; i < 5 && at < bytes.size(); ++i) {
    pickles.push_back(at);
    at = operations(bytes, at).back();
  }
  if (pickles.empty()) return mutate_bytes(bytes, choices);
  return mutate_pickle(
      bytes, choices.one_in(4) ? choices.of<std::size_t>(pickles) : pickles[pickles.size() > 3 ? 3 : 0],
      choices);
}

}  // namespace sonograd::fuzz
