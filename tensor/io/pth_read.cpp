#include <algorithm>
#include <map>

#include "tensor/io/checked.h"
#include "tensor/io/context.h"
#include "tensor/io/input_file.h"
#include "tensor/io/pth.h"
#include "tensor/io/torch_objects.h"
#include "tensor/io/zip_handle.h"

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

void read_all(zip_file_t* file, std::span<std::byte> bytes) {
  const auto read_some = [&](std::span<std::byte> part) {
    const zip_int64_t count = zip_fread(file, part.data(), part.size());
    if (count < 0) throw FormatError(zip_file_strerror(file));
    return static_cast<std::size_t>(count);
  };
  while (!bytes.empty()) {
    const std::size_t count = read_some(bytes);
    if (count == 0) throw FormatError("ends early");
    bytes = bytes.subspan(count);
  }
  // libzip compares the checksum at the end of the entry.
  std::byte past_the_end;
  if (read_some({&past_the_end, 1}) != 0) throw FormatError("longer than its stated size");
}

// The newer layout: PREFIX/data.pkl is the object, PREFIX/data/KEY the elements of a storage. Entries must be
// stored, not compressed, as torch.save does it: then no entry can be larger than the file.
class ZipLayout {
 public:
  explicit ZipLayout(Bytes bytes)
      : file_size_(bytes.size()), source_(zip_source(bytes)), archive_(open_zip(source_, ZIP_RDONLY)) {
    prefix_ = find_prefix();
    if (has("byteorder") && as_text(entry("byteorder")) != "little") throw FormatError("saved as big-endian");
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
    for (zip_int64_t i = 0; i < zip_get_num_entries(archive_.get(), 0); ++i) {
      const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
      if (name != nullptr && std::string_view(name).ends_with(kObject)) {
        return std::string(name, std::string_view(name).size() - kObject.size() + 1);
      }
    }
    throw FormatError("the zip archive has no data.pkl: not a file of torch.save");
  }

  bool has(const std::string& name) const {
    return zip_name_locate(archive_.get(), (prefix_ + name).c_str(), ZIP_FL_ENC_RAW) >= 0;
  }

  // Kept for as long as this object: pickled text and storages are views of it.
  Bytes entry(const std::string& name) {
    const auto place = entries_.try_emplace(name);
    if (place.second)
      within(concat("zip entry ", prefix_, name), [&] { place.first->second = read(prefix_ + name); });
    return place.first->second;
  }

  std::vector<std::byte> read(const std::string& name) {
    zip_stat_t status;
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_INDEX;
    if (zip_stat(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW, &status) != 0) throw FormatError("missing");
    if ((status.valid & kNeeded) != kNeeded || status.comp_method != ZIP_CM_STORE) {
      throw FormatError("compressed, expected stored");
    }
    bytes_read_ = (Checked(status.size, "the size of all entries") + bytes_read_).at_most(file_size_).value();
    const ZipFile file(zip_fopen_index(archive_.get(), status.index, 0));
    if (!file) throw FormatError(zip_strerror(archive_.get()));
    std::vector<std::byte> bytes(status.size);
    read_all(file.get(), bytes);
    return bytes;
  }

  std::uint64_t file_size_;
  ZipSource source_;
  Zip archive_;
  std::string prefix_;
  std::uint64_t bytes_read_ = 0;
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
