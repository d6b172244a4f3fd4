#include "tensor/io/tensorflow_bundle.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "tensor/io/checked.h"
#include "tensor/io/context.h"
#include "tensor/io/crc32c.h"
#include "tensor/io/file_element.h"
#include "tensor/io/input_file.h"
#include "tensor/io/leveldb_table.h"
#include "tensor/io/varint.h"

namespace sonograd::io {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kIndex = ".index";
constexpr std::uint64_t kMostShards = 99999;

/// Fields of a message of Protocol Buffers, one after the other.
class MessageReader {
 public:
  explicit MessageReader(Bytes message) : in_(message) {}

  /// False at the end of the message.
  bool next() {
    if (in_.remaining() == 0) return false;
    const std::uint64_t tag = read_varint(in_);
    field_ = tag >> 3;
    content_ = {};
    number_ = 0;
    switch (tag & 7) {
      case 0:
        number_ = read_varint(in_);
        break;
      case 1:
        number_ = in_.number<std::uint64_t>();
        break;
      case 2:
        content_ = in_.take(read_varint(in_));
        break;
      case 5:
        number_ = in_.number<std::uint32_t>();
        break;
      default:
        throw FormatError(concat("field ", field_, " has wire type ", tag & 7));
    }
    return true;
  }
  std::uint64_t field() const { return field_; }
  std::uint64_t number() const { return number_; }
  Bytes content() const { return content_; }

 private:
  ByteReader in_;
  std::uint64_t field_ = 0, number_ = 0;
  Bytes content_;
};

/// BundleHeaderProto: returns the number of shards.
std::uint64_t shards_in(Bytes header) {
  std::uint64_t shards = 0, endianness = 0;
  for (MessageReader message(header); message.next();) {
    if (message.field() == 1) shards = message.number();
    if (message.field() == 2) endianness = message.number();
  }
  if (endianness != 0) throw FormatError("saved on a big-endian machine");
  if (shards < 1) throw FormatError("the header states no data file");
  return Checked(shards, "the number of data files").at_most(kMostShards).value();
}

/// BundleEntryProto.
struct BundleEntry {
  std::uint64_t dtype = 0, shard = 0, offset = 0, size = 0;
  std::uint32_t crc = 0;
  Shape shape;
};

void add_extent(Bytes dim, Shape& shape) {
  std::uint64_t extent = 0;
  for (MessageReader message(dim); message.next();) {
    if (message.field() == 1) extent = message.number();
  }
  shape.push_back(Checked(extent, "an extent").to<std::int64_t>());
}

void read_shape(Bytes proto, Shape& shape) {
  for (MessageReader message(proto); message.next();) {
    if (message.field() == 2) add_extent(message.content(), shape);
    if (message.field() == 3 && message.number() != 0) throw FormatError("a shape of unknown rank");
  }
}

BundleEntry entry_in(Bytes value) {
  BundleEntry entry;
  for (MessageReader message(value); message.next();) {
    switch (message.field()) {
      case 1:
        entry.dtype = message.number();
        break;
      case 2:
        read_shape(message.content(), entry.shape);
        break;
      case 3:
        entry.shard = message.number();
        break;
      case 4:
        entry.offset = message.number();
        break;
      case 5:
        entry.size = message.number();
        break;
      case 6:
        entry.crc = static_cast<std::uint32_t>(message.number());
        break;
      case 7:
        throw FormatError("a variable that is divided into slices is not supported");
      default:
        break;
    }
  }
  return entry;
}

/// The types of tensorflow/core/framework/types.proto; nothing for texts, which are no tensors here.
std::optional<FileElement> element_of(std::uint64_t dtype) {
  switch (dtype) {
    case 1:
      return FileElement::f32;
    case 2:
      return FileElement::f64;
    case 3:
      return FileElement::i32;
    case 4:
      return FileElement::u8;
    case 5:
      return FileElement::i16;
    case 6:
      return FileElement::i8;
    case 7:
      return std::nullopt;
    case 9:
      return FileElement::i64;
    case 10:
      return FileElement::boolean;
    case 14:
      return FileElement::bf16;
    case 19:
      return FileElement::f16;
    default:
      throw FormatError(concat("element type ", dtype, ": expected one of numbers"));
  }
}

std::string five_digits(std::uint64_t number) {
  std::string text = std::to_string(number);
  return text.insert(0, 5 - std::min<std::size_t>(5, text.size()), '0');
}

/// Tensors of an index and the shards that it names.
class BundleReader {
 public:
  BundleReader(const std::string& prefix, const FetchFile& fetch) : prefix_(prefix), fetch_(fetch) {}

  NamedTensors read() {
    within(concat(prefix_, kIndex), [&] {
      for_each_entry(fetch_(concat(prefix_, kIndex)), [&](std::string_view key, Bytes value) {
        if (!shards_) {
          if (!key.empty())
            throw FormatError("expected the header of a checkpoint bundle as its first entry");
          shards_ = within("header", [&] { return shards_in(value); });
          return;
        }
        within(concat("variable '", key, "'"), [&] { add(std::string(key), entry_in(value)); });
      });
      if (!shards_) throw FormatError("expected the header of a checkpoint bundle, got an empty table");
    });
    return std::move(tensors_);
  }

 private:
  void add(const std::string& name, const BundleEntry& entry) {
    const std::optional<FileElement> element = element_of(entry.dtype);
    if (!element) return;
    if (entry.shard >= *shards_)
      throw FormatError(concat("data file ", entry.shard, ": expected one below ", *shards_));
    const std::string file =
        concat(prefix_, ".data-", five_digits(entry.shard), "-of-", five_digits(*shards_));
    const Bytes shard = shard_of(file);
    const Checked end = Checked(entry.offset, "the end of its bytes") + entry.size;
    const Bytes bytes = shard.subspan(0, within(file, [&] { return end.at_most(shard.size()); }).value())
                            .subspan(entry.offset);
    // No tensor is allocated twice from the same bytes.
    bytes_left_ -= Checked(entry.size, "the size of all variables").at_most(bytes_left_).value();
    if (masked(crc32c(bytes)) != entry.crc) throw FormatError(concat(file, ": the checksum does not match"));
    tensors_.set(name, tensor_from(*element, entry.shape, bytes));
  }

  Bytes shard_of(const std::string& file) {
    const auto [place, is_new] = fetched_.try_emplace(file);
    if (is_new) {
      place->second = fetch_(file);
      bytes_left_ += place->second.size();
    }
    return place->second;
  }

  const std::string& prefix_;
  const FetchFile& fetch_;
  std::optional<std::uint64_t> shards_;
  std::uint64_t bytes_left_ = 0;
  std::map<std::string, Bytes> fetched_;
  NamedTensors tensors_;
};

bool is_optimizer_state(std::string_view name, const NamedTensors& variables) {
  if (name == "global_step" || name == "beta1_power" || name == "beta2_power") return true;
  const std::size_t slash = name.rfind('/');
  return slash != std::string_view::npos && variables.contains(name.substr(0, slash));
}

}  // namespace

NamedTensors read_tensorflow_bundle(const std::string& prefix, const FetchFile& fetch) {
  return BundleReader(prefix, fetch).read();
}

NamedTensors read_tensorflow_bundle(const std::filesystem::path& index) {
  const std::string path = index.string();
  if (!path.ends_with(kIndex)) throw FormatError(concat(path, ": expected a file called NAME.index"));
  std::vector<std::unique_ptr<FileBytes>> files;
  return read_tensorflow_bundle(path.substr(0, path.size() - kIndex.size()), [&](const std::string& name) {
    return files.emplace_back(std::make_unique<FileBytes>(InputFile(name)))->bytes();
  });
}

NamedTensors without_optimizer(const NamedTensors& variables) {
  NamedTensors rest;
  for (const auto& [name, tensor] : variables) {
    if (!is_optimizer_state(name, variables)) rest.set(name, tensor);
  }
  return rest;
}

}  // namespace sonograd::io
