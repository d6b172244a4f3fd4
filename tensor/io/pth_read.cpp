#include <algorithm>
#include <map>

#include "tensor/io/checked.h"
#include "tensor/io/context.h"
#include "tensor/io/input_file.h"
#include "tensor/io/pth.h"
#include "tensor/io/torch_objects.h"
#include "tensor/io/zip_archive.h"

namespace sonograd::io {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr std::string_view kLegacyMagic =
    "\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19";  // an integer, little-endian
constexpr std::int64_t kLegacyProtocol = 1001;
// Most memory for tensors, as a multiple of the file: float16 doubles, tensors may share
// storages.
constexpr std::uint64_t kMaxExpansion = 8;

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool holds(const pickle::Value& value, std::int64_t number) {
  const auto* held = value.as<std::int64_t>();
  return held != nullptr && *held == number;
}

// The older layout: five pickles (magic number, protocol, machine, object, storage keys), then for each key
// the number of elements and the elements.
class LegacyFile {
 public:
  explicit LegacyFile(Bytes bytes) : in_(bytes) {
    check_magic();
    if (!holds(*next().root, kLegacyProtocol)) throw FormatError("not protocol 1001 of torch.save");
    check_byte_order();
    object_ = next();
    find_storages();
  }

  const pickle::Value& root() const { return *object_.root; }
  Bytes storage(const torch::StorageId& id) const { return storages_.at(id.key); }

 private:
  pickle::Document next() { return pickle::load(in_, torch::allow_global); }

  void check_magic() {
    const pickle::Document magic = next();
    const auto* number = magic.root->as<pickle::BigInteger>();
    if (number == nullptr || as_text(number->bytes) != kLegacyMagic) {
      throw FormatError("neither a zip archive nor the older layout of torch.save");
    }
  }

  void check_byte_order() {
    const pickle::Document machine = next();
    const auto* facts = machine.root->as<pickle::Dict>();
    if (facts == nullptr) throw FormatError("the description of the machine is not a dictionary");
    for (const auto& [key, value] : facts->items) {
      const auto* name = key->as<std::string_view>();
      if (name == nullptr || *name != "little_endian") continue;
      if (const bool* little = value->as<bool>(); little != nullptr && *little) return;
    }
    throw FormatError("saved on a big-endian machine");
  }

  // Element types stand in the object, the data behind the list of keys.
  void find_storages() {
    std::map<std::string_view, torch::StorageId> ids;
    for (const pickle::Value& value : object_.values) {
      const auto* persistent = value.as<pickle::Persistent>();
      if (persistent == nullptr) continue;
      const torch::StorageId id = torch::storage_id(*persistent);
      const torch::StorageId& first = ids.try_emplace(id.key, id).first->second;
      if (first.type != id.type || first.count != id.count) {
        throw FormatError(concat("storage '", id.key, "' has two types or sizes"));
      }
    }
    keys_ = next();
    const auto* list = keys_.root->as<pickle::List>();
    if (list == nullptr) throw FormatError("the list of storages is missing");
    for (const pickle::Value* item : list->items) {
      const auto* key = item->as<std::string_view>();
      const auto id = key == nullptr ? ids.end() : ids.find(*key);
      if (id == ids.end()) throw FormatError("the list of storages names one that no tensor has");
      within(concat("storage '", *key, "'"), [&] {
        const Checked count(in_.number<std::int64_t>(), "the number of elements");
        if (count.value() != id->second.count) {
          throw FormatError(concat(count.value(), " elements, the tensors expect ", id->second.count));
        }
        if (!storages_.emplace(*key, in_.take(id->second.bytes())).second) throw FormatError("listed twice");
      });
    }
    if (storages_.size() != ids.size()) throw FormatError("the data of a storage are missing");
    if (in_.remaining() != 0) throw FormatError(concat(in_.remaining(), " bytes too many at the end"));
  }

  ByteReader in_;
  pickle::Document object_;
  pickle::Document keys_;
  std::map<std::string_view, Bytes> storages_;
};

// The newer layout: PREFIX/data.pkl is the object, PREFIX/data/KEY the elements of a storage. Entries must be
// stored, not compressed, as torch.save does it: then no entry can be larger than the file.
class ZipLayout {
 public:
  explicit ZipLayout(Bytes bytes) : archive_(bytes, ZipArchive::Entries::stored) {
    prefix_ = find_prefix();
    if (archive_.contains(prefix_ + "byteorder") && as_text(entry("byteorder")) != "little")
      throw FormatError("saved as big-endian");
    ByteReader in(entry("data.pkl"));
    object_ = pickle::load(in, torch::allow_global);
  }

  const pickle::Value& root() const { return *object_.root; }

  Bytes storage(const torch::StorageId& id) {
    const Bytes bytes = entry(concat("data/", id.key));
    if (bytes.size() != id.bytes()) {
      throw FormatError(
          concat("storage '", id.key, "' has ", bytes.size(), " bytes, the tensors expect ", id.bytes()));
    }
    return bytes;
  }

 private:
  std::string find_prefix() const {
    constexpr std::string_view kObject = "/data.pkl";
    for (const std::string& name : archive_.names()) {
      if (name.ends_with(kObject)) return name.substr(0, name.size() - kObject.size() + 1);
    }
    throw FormatError("the zip archive has no data.pkl: not a file of torch.save");
  }

  // Kept for as long as this object: pickled text and storages are views of it.
  Bytes entry(const std::string& name) {
    const auto place = entries_.try_emplace(name);
    if (place.second)
      within(concat("zip entry ", prefix_, name),
             [&] { place.first->second = archive_.read(prefix_ + name); });
    return place.first->second;
  }

  ZipArchive archive_;
  std::string prefix_;
  std::map<std::string, std::vector<std::byte>> entries_;
  pickle::Document object_;
};

template <class Layout>
NamedTensors read_layout(Bytes bytes, std::string_view prefix) {
  Layout layout(bytes);
  return torch::collect_tensors(
      layout.root(), prefix, [&](const torch::StorageId& id) { return layout.storage(id); },
      kMaxExpansion * bytes.size());
}

// Looks at the beginning, before the rest is read: a file of another kind may be huge. Pickles of torch.save start with their
// protocol.
bool is_zip(const InputFile& input) {
  constexpr char kPickle = '\x80';
  std::array<std::byte, kZipMagic.size()> start{};
  input.read(0, std::span(start).first(std::min<std::uint64_t>(input.size(), start.size())));
  const bool zip = as_text(start) == kZipMagic;
  if (!zip && as_text(start).front() != kPickle) {
    throw FormatError("neither a zip archive nor the older layout of torch.save");
  }
  return zip;
}

}  // namespace

NamedTensors read_pth(const std::filesystem::path& path, std::string_view prefix) {
  const InputFile input(path);
  return within(path.string(), [&] {
    const bool zip = is_zip(input);
    const FileBytes file(input);
    return zip ? read_layout<ZipLayout>(file.bytes(), prefix) : read_layout<LegacyFile>(file.bytes(), prefix);
  });
}

}  // namespace sonograd::io
