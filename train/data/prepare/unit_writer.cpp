#include "train/data/prepare/unit_writer.h"

#include <span>
#include <vector>

#include "tensor/io/crc32c.h"
#include "tensor/io/tar.h"
#include "tensor/support/error.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

std::string shard_name(const std::string& unit, std::size_t shard) {
  return shard == 0 ? concat(unit, audio::kShardExtension) : concat(unit, '-', shard, audio::kShardExtension);
}

}  // namespace

struct UnitWriter::OpenShard {
  explicit OpenShard(const fs::path& target) : file(target) {}

  void write(std::span<const std::byte> block) {
    file.write(block);
    hash.add(block);
    bytes += block.size();
  }
  /// Returns the byte at which the file begins.
  std::uint64_t add_entry(const std::string& name, std::span<const std::byte> contents) {
    static constexpr std::byte kZeros[io::kTarBlock] = {};
    write(io::tar_header(name, contents.size()));
    const std::uint64_t offset = bytes;
    write(contents);
    write(std::span(kZeros).first(io::tar_padding(contents.size())));
    return offset;
  }

  io::AtomicFile file;
  io::Sha256 hash;
  std::uint64_t bytes = 0;
};

fs::path unit_index(const fs::path& folder, std::size_t unit) {
  return folder / concat(audio::unit_name(unit), audio::kShardIndexExtension);
}

UnitWriter::UnitWriter(fs::path folder, std::size_t unit, int sample_rate, std::string origin,
                       std::uint64_t shard_bytes)
    : folder_(std::move(folder)), name_(audio::unit_name(unit)), shard_bytes_(shard_bytes) {
  index_.sample_rate = sample_rate;
  index_.origin = std::move(origin);
}

UnitWriter::~UnitWriter() = default;

void UnitWriter::open_shard() {
  index_.shards.push_back({.name = shard_name(name_, index_.shards.size()), .bytes = 0, .sha256 = {}});
  shard_ = std::make_unique<OpenShard>(folder_ / index_.shards.back().name);
}

void UnitWriter::close_shard() {
  shard_->write(std::vector<std::byte>(io::kTarEnd));
  shard_->file.commit();
  index_.shards.back().bytes = shard_->bytes;
  index_.shards.back().sha256 = shard_->hash.digest();
  shard_ = nullptr;
}

void UnitWriter::add(std::size_t row, const std::string& key, const audio::Clip<std::int16_t>& clip,
                     std::string_view json) {
  const auto samples = std::as_bytes(std::span(clip.samples));
  const std::uint64_t more = io::tar_entry_bytes(samples.size()) + io::tar_entry_bytes(json.size());
  if (shard_ != nullptr && shard_->bytes + more + io::kTarEnd > shard_bytes_) close_shard();
  if (shard_ == nullptr) open_shard();
  const std::uint64_t offset = shard_->add_entry(concat(key, audio::kShardClipExtension), samples);
  shard_->add_entry(key + ".json", std::as_bytes(std::span(json)));
  index_.clips.push_back({.row = row,
                          .key = key,
                          .shard = index_.shards.size() - 1,
                          .offset = offset,
                          .samples = clip.samples.size(),
                          .clipped = clip.clipped,
                          .crc32c = io::crc32c(samples),
                          .warning = clip.warning});
}

void UnitWriter::commit() {
  if (shard_ != nullptr) close_shard();
  io::replace_file(folder_ / concat(name_, audio::kShardIndexExtension), index_.format());
  std::error_code ignored;
  for (std::size_t shard = index_.shards.size(); fs::remove(folder_ / shard_name(name_, shard), ignored);
       ++shard)
    continue;
}

}  // namespace sonograd::train
