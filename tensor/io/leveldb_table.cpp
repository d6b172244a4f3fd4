#include "tensor/io/leveldb_table.h"

#include <algorithm>
#include <snappy.h>
#include <vector>

#include "tensor/io/byte_reader.h"
#include "tensor/io/checked.h"
#include "tensor/io/context.h"
#include "tensor/io/crc32c.h"
#include "tensor/io/varint.h"

namespace sonograd::io {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t kTableMagic = 0xdb4775248b80fb57u;
constexpr std::size_t kFooter = 48,
                      kTrailer = 5;  // of the table; of a block: its compression and its checksum
constexpr std::size_t kMostBlock = std::size_t{16} << 20, kMostKey = 1024, kMostEntries = 1 << 17;
constexpr std::size_t kMostCompression = 32;  // Snappy copies at most 64 bytes by 3

struct BlockPlace {
  std::uint64_t offset, size;

  static BlockPlace read(ByteReader& in) {
    const std::uint64_t offset = read_varint(in);
    return {offset, read_varint(in)};
  }
};

// A block without its trailer, uncompressed.
class Block {
 public:
  Block(Bytes table, const BlockPlace& place) {
    const Checked end = Checked(place.offset, "the end of a block") + place.size + kTrailer;
    const Bytes all = table.subspan(0, end.at_most(table.size()).value()).subspan(place.offset);
    ByteReader trailer(all.subspan(place.size));
    const auto compression = trailer.number<std::uint8_t>();
    if (trailer.number<std::uint32_t>() != masked(crc32c(all.first(place.size + 1))))
      throw FormatError("the checksum does not match");
    content_ = all.first(place.size);
    if (compression > 1)
      throw FormatError(concat("compression ", static_cast<int>(compression), ": expected none or Snappy"));
    Checked(place.size, "the size of a block").at_most(kMostBlock);
    if (compression == 1) uncompress();
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  // Entries in front of the list of restarts.
  Bytes entries() const {
    if (content_.size() < sizeof(std::uint32_t))
      throw FormatError("ends early: expected a number of restarts");
    ByteReader last(content_.subspan(content_.size() - sizeof(std::uint32_t)));
    const Checked restarts =
        (Checked(last.number<std::uint32_t>(), "the list of restarts") + 1) * sizeof(std::uint32_t);
    return content_.first(content_.size() - restarts.at_most(content_.size()).value());
  }

 private:
  void uncompress() {
    const char* const compressed = reinterpret_cast<const char*>(content_.data());
    std::size_t size = 0;
    if (!snappy::GetUncompressedLength(compressed, content_.size(), &size))
      throw FormatError("damaged compression");
    Checked(size, "the size of a block").at_most(std::min(kMostBlock, kMostCompression * content_.size()));
    uncompressed_.resize(size);
    if (!snappy::RawUncompress(compressed, content_.size(), reinterpret_cast<char*>(uncompressed_.data())))
      throw FormatError("damaged compression");
    content_ = uncompressed_;
  }

  Bytes content_;
  std::vector<std::byte> uncompressed_;
};

// Entries of blocks, with the checks that hold for a whole table.
class EntryReader {
 public:
  template <class Visit>
  void read(Bytes entries, const Visit& visit) {
    ByteReader in(entries);
    std::string key;  // a block begins with a whole one
    while (in.remaining() > 0) {
      if (++count_ > kMostEntries) throw FormatError(concat("more than ", kMostEntries, " entries"));
      const std::uint64_t shared = read_varint(in), added = read_varint(in), size = read_varint(in);
      if (shared > key.size()) throw FormatError("a key shares more than the one before it has");
      (Checked(shared, "the length of a key") + added).at_most(kMostKey);
      key.resize(shared);
      key += in.text(added);
      if (count_ > 1 && key <= previous_) throw FormatError("the keys are not in order");
      previous_ = key;
      visit(std::string_view(key), in.take(size));
    }
  }

 private:
  std::size_t count_ = 0;
  std::string previous_;
};

}  // namespace

void for_each_entry(Bytes table, const VisitEntry& visit) {
  if (table.size() < kFooter)
    throw FormatError(concat("expected a LevelDB table, got ", table.size(), " bytes"));
  ByteReader footer(table.last(kFooter));
  BlockPlace::read(footer);  // of other blocks, which these tables do not use
  const BlockPlace index_place = BlockPlace::read(footer);
  ByteReader magic(table.last(sizeof(kTableMagic)));
  if (magic.number<std::uint64_t>() != kTableMagic)
    throw FormatError("expected a LevelDB table: its last 8 bytes are others");

  EntryReader index_entries, data_entries;
  std::uint64_t covered = 0;
  const auto visit_block = [&](std::string_view, Bytes value) {
    ByteReader in(value);
    const BlockPlace place = BlockPlace::read(in);
    within(concat("block at byte ", place.offset), [&] {
      if (place.offset < covered) throw FormatError("overlaps the one before it");
      const Block block(table, place);
      covered = place.offset + place.size + kTrailer;
      data_entries.read(block.entries(), visit);
    });
  };
  within("index of blocks", [&] { index_entries.read(Block(table, index_place).entries(), visit_block); });
}

std::string snappy_version() {
  return concat(SNAPPY_MAJOR, '.', SNAPPY_MINOR, '.', SNAPPY_PATCHLEVEL);
}

}  // namespace sonograd::io
