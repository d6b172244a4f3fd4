// Decoded clips as 16-bit samples on disk: only the first epoch decodes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "audio/load.h"
#include "tensor/io/input_file.h"
#include "train/data/cache_ledger.h"

namespace sonograd::train {

/// Mono samples of a clip, in memory or in a file of the cache; copies share them.
class PcmClip {
 public:
  PcmClip() = default;
  /// In memory that `owner` keeps.
  PcmClip(std::shared_ptr<const void> owner, std::span<const std::int16_t> samples, std::int64_t clipped,
          std::string warning)
      : owner_(std::move(owner)),
        samples_(samples),
        size_(samples.size()),
        clipped_(clipped),
        warning_(std::move(warning)) {}
  /// `size` samples of a file, from byte `offset` on.
  PcmClip(std::shared_ptr<const io::InputFile> file, std::uint64_t offset, std::size_t size,
          std::int64_t clipped, std::string warning)
      : file_(std::move(file)),
        offset_(offset),
        size_(size),
        clipped_(clipped),
        warning_(std::move(warning)) {}

  std::size_t size() const { return size_; }
  /// All samples, as after decoding; empty for those of a file.
  std::span<const std::int16_t> in_memory() const { return samples_; }
  /// Copies the samples from `first` on; all of them must exist. Throws ReadError when the file has been cut short.
  void copy(std::size_t first, std::span<std::int16_t> out) const;
  /// Number of samples outside the range of 16 bits, which were clipped.
  std::int64_t clipped() const { return clipped_; }
  /// Damage of the file; empty: none.
  const std::string& warning() const { return warning_; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::int16_t> samples_;
  std::shared_ptr<const io::InputFile> file_;  // null: in memory
  std::uint64_t offset_ = 0;
  std::size_t size_ = 0;
  std::int64_t clipped_ = 0;
  std::string warning_;
};

/// Decodes without a cache. Throws as audio::load_mono_pcm16 does.
PcmClip decode_pcm(const std::filesystem::path& clip, int sample_rate, audio::LoadLimits limits = {});

/// A folder of decoded clips with a limit on its size. An entry belongs to the path, size and time of change
/// of its clip, the sample rate and the version of the decoder. It is checked against its checksum when first
/// used and replaced when it is damaged. A clip that cannot be written is decoded on every use
/// instead. Safe to use from several threads, and from several processes at once. Other users have no access: clips may
/// lie where only their owner can read them.
class PcmCache {
 public:
  /// `cache_folder("pcm")`.
  static std::filesystem::path default_folder();

  /// `max_bytes` limits all entries together: those unused for longest go first, those in use by this object
  /// never. What killed processes have left of entries is deleted.
  PcmCache(std::filesystem::path folder, std::uint64_t max_bytes);
  /// In the default folder, of so many GiB at most; null for 0.
  static std::unique_ptr<PcmCache> open(double max_gib);

  /// The samples of a clip at `sample_rate` Hz. Throws as audio::load_mono_pcm16 does.
  PcmClip get(const std::filesystem::path& clip, int sample_rate, audio::LoadLimits limits = {});

  /// Reason for which the first uncached clip is not cached; empty: all clips are.
  std::string warning() const;

 private:
  PcmClip find(const std::filesystem::path& file, const std::string& key);
  void store(const std::filesystem::path& file, const std::string& key, const PcmClip& clip);
  bool reserve(std::uint64_t bytes);
  void make_folder(const std::filesystem::path& folder) const;
  void scan();

  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  CacheLedger ledger_;  // guarded by mutex_, as is what follows
  std::string warning_;
};

}  // namespace sonograd::train
