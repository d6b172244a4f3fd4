#include "train/data/prepare/prepare.h"

#include <algorithm>
#include <optional>

#include "audio/shard_index.h"
#include "tensor/io/atomic_file.h"
#include "tensor/io/new_folders.h"
#include "tensor/io/owner_lock.h"
#include "tensor/support/prefetcher.h"
#include "tensor/support/text.h"
#include "train/data/prepare/decoded_clip.h"
#include "train/data/prepare/manifest.h"
#include "train/data/prepare/unit_state.h"
#include "train/data/prepare/unit_writer.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// Finished clips that each thread holds.
constexpr std::size_t kDecodedAhead = 2;
constexpr std::uint64_t kBytesPerMiB = std::uint64_t{1} << 20;

/// An empty folder, or one with nothing but the remains of a process that was killed at its beginning.
bool is_vacant_folder(const fs::path& folder) {
  return std::ranges::all_of(fs::directory_iterator(folder), [](const auto& entry) {
    const std::string name = entry.path().filename().string();
    return io::is_folder_lock(entry.path()) || io::is_temporary(entry.path()) ||
           (name.starts_with(".part-") && name.ends_with(io::OwnerLock::kName));
  });
}

/// Throws ConfigError for a folder of something else, and one that was begun with another description.
void require_own_folder(const fs::path& folder, const PreparationDescription& about) {
  if (!fs::exists(folder)) return;
  if (!fs::is_directory(folder))
    throw ConfigError(concat(folder.string(), ": expected an empty folder or none, got a file"));
  if (!fs::exists(folder / audio::kPreparedName)) {
    if (is_vacant_folder(folder)) return;
    // Another part may have begun in the meantime: it writes the description first.
    if (!fs::exists(folder / audio::kPreparedName))
      throw ConfigError(
          concat(folder.string(), ": expected an empty folder or none, got one with other files"));
  }
  const std::string difference =
      PreparationDescription::read(folder / audio::kPreparedName).difference(about);
  if (difference.empty()) return;
  throw ConfigError(concat(folder.string(), ": begun with ", difference,
                           "; repeat the command with which it was begun, or choose another folder"));
}

/// The lock of the whole folder, or of a part. Throws PreparationBusy.
io::OwnerLock own_preparation(const fs::path& folder, const PrepareOptions& options) try {
  if (options.is_whole) return io::OwnerLock::of_new_folder(folder, folder);
  fs::create_directories(folder);
  return io::OwnerLock::of_file(folder / concat("part-", options.part.index, "-of-", options.part.count));
} catch (const ConfigError& error) {
  throw PreparationBusy(error.what());
}

void begin_preparation(const fs::path& folder, const PreparationDescription& about) {
  if (!fs::exists(folder / audio::kPreparedName))
    io::replace_file(folder / audio::kPreparedName, about.format());
  fs::create_directories(folder / audio::kShardFolder);
}

/// Deletes temporaries and locks that killed processes have left.
void sweep(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const std::string_view lock = io::OwnerLock::kName;
    if (io::is_temporary(entry.path())) io::remove_if_abandoned(entry.path());
    if (!name.ends_with(lock) || name == lock) continue;
    try {
      io::OwnerLock::of_file(folder / name.substr(1, name.size() - 1 - lock.size()));
    } catch (const Error&) {  // of a process that runs
    }
  }
}

/// The work of one call.
class Preparation {
 public:
  Preparation(const SetClips& set, const PreparationDescription& about, const fs::path& folder,
              const PrepareOptions& options, const PrepareProgress& progress)
      : set_(set),
        about_(about),
        folder_(folder),
        shards_(folder / audio::kShardFolder),
        options_(options),
        progress_(progress),
        origin_(about.origin()),
        units_(divide_into_units(set, about.sample_rate, shard_bytes())) {}

  PrepareResult run() {
    std::vector<std::size_t> open;
    for (std::size_t unit = 0; unit < units_.size(); ++unit) {
      if (!options_.part.has(unit)) continue;
      ++result_.units;
      if (!index_of(unit)) open.push_back(unit);
    }
    if (!open.empty()) {
      fs::remove(folder_ / audio::kManifestName);
      fs::remove(folder_ / kStatisticsName);
    }
    make(open);
    if (!result_.is_stopped) complete();
    return std::move(result_);
  }

 private:
  std::uint64_t shard_bytes() const { return static_cast<std::uint64_t>(about_.shard_mib) * kBytesPerMiB; }
  std::optional<audio::ShardIndex> index_of(std::size_t unit) const {
    return complete_unit(shards_, unit, units_[unit], set_, origin_);
  }

  void make(const std::vector<std::size_t>& open) {
    if (open.empty()) return;
    std::vector<std::size_t> rows;
    for (const std::size_t unit : open)
      for (std::size_t row = units_[unit].first; row < units_[unit].end; ++row) rows.push_back(row);
    Prefetcher<DecodedClip> decoded(0, rows.size(), options_.threads, kDecodedAhead, [&](std::size_t i) {
      return decode_clip(set_, set_.clips[rows[i]], about_.sample_rate);
    });
    to_do_ = rows.size();
    for (const std::size_t unit : open) {
      make_unit(unit, decoded);
      if (result_.is_stopped) return;
    }
    progress_(done_, to_do_, seconds_);
  }

  /// Another process may have the unit, or have made it by now.
  void make_unit(std::size_t unit, Prefetcher<DecodedClip>& decoded) {
    std::optional<io::OwnerLock> owner;
    std::optional<UnitWriter> writer;
    try {
      owner.emplace(io::OwnerLock::of_file(unit_index(shards_, unit)));
      if (!index_of(unit)) writer.emplace(shards_, unit, about_.sample_rate, origin_, shard_bytes());
    } catch (const ConfigError& busy) {
      if (!index_of(unit)) result_.busy.emplace_back(busy.what());
    }
    for (std::size_t row = units_[unit].first; row < units_[unit].end; ++row, ++done_) {
      result_.is_stopped = !progress_(done_, to_do_, seconds_);
      if (result_.is_stopped) return;
      const DecodedClip clip = decoded.next();
      seconds_ += static_cast<double>(clip.clip.samples.size()) / about_.sample_rate;
      if (writer) add(row, clip, *writer);
    }
    if (!writer) return;
    writer->commit();
    ++result_.made_units;
  }

  void add(std::size_t row, const DecodedClip& decoded, UnitWriter& writer) const {
    const SetClip& clip = set_.clips[row];
    if (decoded.problem.empty()) {
      writer.add(row, clip.key, decoded.clip, json_of_clip(set_, clip, decoded.clip));
    } else {
      writer.add_absent({.row = row,
                         .key = clip.key,
                         .is_left_out = decoded.is_left_out,
                         .bytes = bytes_of(set_.folder / clip.path),
                         .reason = decoded.problem});
    }
  }

  /// Sums up the part, and writes the manifest where all units are done.
  void complete() {
    std::vector<audio::ShardIndex> indices;
    std::size_t unreadable = 0, expected = 0;
    for (std::size_t unit = 0; unit < units_.size(); ++unit) {
      std::optional<audio::ShardIndex> index = index_of(unit);
      if (!index) {
        ++result_.open_units;
        continue;
      }
      if (options_.part.has(unit)) count(*index);
      expected += index->clips.size();
      for (const audio::AbsentClip& clip : index->absent) {
        unreadable += !clip.is_left_out;
        expected += !clip.is_left_out;
      }
      indices.push_back(std::move(*index));
    }
    if (result_.open_units > 0) return;
    if (static_cast<double>(unreadable) > options_.max_unreadable * static_cast<double>(expected)) {
      result_.refusal = concat(unreadable, " of ", counted(expected, "clip"), " cannot be read, at most ",
                               100 * options_.max_unreadable,
                               " % may; complete the copy of the data set and run the same command again");
      return;
    }
    result_.is_changed = !fs::exists(folder_ / audio::kManifestName);
    if (result_.is_changed) write_manifest(folder_, set_, indices);
    result_.is_complete = true;
    sweep(folder_);
    sweep(shards_);
  }

  void count(const audio::ShardIndex& index) {
    result_.clips += index.clips.size();
    for (const audio::ShardClip& clip : index.clips)
      result_.seconds += static_cast<double>(clip.samples) / index.sample_rate;
    for (const audio::ShardFile& shard : index.shards) result_.bytes += shard.bytes;
    for (const audio::AbsentClip& clip : index.absent)
      result_.skipped.push_back({set_.clips[clip.row].path, clip.reason, clip.is_left_out});
  }

  const SetClips& set_;
  const PreparationDescription& about_;
  const fs::path& folder_;
  fs::path shards_;
  const PrepareOptions& options_;
  const PrepareProgress& progress_;
  std::string origin_;
  std::vector<PreparationUnit> units_;
  std::size_t done_ = 0, to_do_ = 0;
  double seconds_ = 0;  // of sound, decoded by this call
  PrepareResult result_;
};

}  // namespace

PrepareResult prepare(const SetClips& set, const PreparationDescription& about, const fs::path& folder,
                      const PrepareOptions& options, const PrepareProgress& progress) try {
  require_own_folder(folder, about);
  const io::NewFolders made(folder);
  const io::OwnerLock owner = own_preparation(folder, options);
  begin_preparation(folder, about);
  return Preparation(set, about, folder, options, progress).run();
} catch (const fs::filesystem_error& error) {
  throw IoError(concat(error.path1().string(), ": ", error.code().message()));
}

}  // namespace sonograd::train
