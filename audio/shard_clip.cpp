#include "audio/shard_clip.h"

#include <algorithm>
#include <array>
#include <bit>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "audio/pcm.h"
#include "audio/shard_index.h"
#include "tensor/io/crc32c.h"
#include "tensor/io/read_error.h"

namespace sonograd::audio {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "samples are stored little-endian");

constexpr std::size_t kMaxOpenShards = 128;
constexpr std::size_t kBlock = 32768;  // samples

/// An index in memory, with the place of each key.
struct OpenIndex {
  ShardIndex index;
  std::unordered_map<std::string, std::size_t> clips;
};

/// Size and time of change of a file: other ones after it has been replaced.
using Version = std::pair<std::uintmax_t, fs::file_time_type>;

Version version_of(const fs::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(file, error);
  const fs::file_time_type time = error ? fs::file_time_type() : fs::last_write_time(file, error);
  if (error)
    throw io::ReadError(concat(file.string(), ": ", error.message(), "; it is the index of a shard"));
  return {bytes, time};
}

/// Indices that were read, and the shards in use most recently.
class OpenShards {
 public:
  std::shared_ptr<const OpenIndex> index(const fs::path& file) {
    const Version version = version_of(file);
    const std::lock_guard lock(mutex_);
    auto& [known, opened] = indices_[file.native()];
    if (opened != nullptr && known == version) return opened;
    auto fresh = std::make_shared<OpenIndex>(OpenIndex{ShardIndex::read(file), {}});
    for (std::size_t i = 0; i < fresh->index.clips.size(); ++i) {
      if (!fresh->clips.emplace(fresh->index.clips[i].key, i).second) {
        throw FormatError(concat(file.string(), ": the index of shards is damaged: it has two clips '",
                                 fresh->index.clips[i].key, "'"));
      }
    }
    std::erase_if(shards_, [&](const auto& shard) { return index_of_shard(shard.first) == file; });
    known = version;
    opened = std::move(fresh);
    return opened;
  }

  std::shared_ptr<const io::InputFile> shard(const fs::path& file, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(shards_, file, &Shard::first);
    if (found != shards_.end()) {
      shards_.splice(shards_.begin(), shards_, found);
      return shards_.front().second;
    }
    auto opened = std::make_shared<const io::InputFile>(file);
    if (opened->size() != bytes) {
      throw FormatError(concat(file.string(), ": the shard has ", opened->size(), " bytes, its index states ",
                               bytes, "; copy it again, or run the same `sonograd data prepare` again"));
    }
    shards_.emplace_front(file, opened);
    if (shards_.size() > kMaxOpenShards) shards_.pop_back();
    return opened;
  }

 private:
  using Shard = std::pair<fs::path, std::shared_ptr<const io::InputFile>>;

  std::mutex mutex_;  // guards what follows
  std::unordered_map<std::string, std::pair<Version, std::shared_ptr<const OpenIndex>>> indices_;
  std::list<Shard> shards_;  // the latest first
};

OpenShards& open_shards() {
  static OpenShards shards;
  return shards;
}

/// "00012.tar/KEY.pcm16" below `folder`, for each clip of an index, or of one shard of it.
void append_clips(const fs::path& index_file, const std::string& shard, std::vector<fs::path>& clips) {
  const auto opened = open_shards().index(index_file);
  for (const ShardClip& clip : opened->index.clips) {
    const std::string& name = opened->index.shards[clip.shard].name;
    if (shard.empty() || shard == name)
      clips.push_back(index_file.parent_path() / name / concat(clip.key, kShardClipExtension));
  }
}

}  // namespace

void StoredClip::copy(std::uint64_t first, std::span<std::int16_t> out) const {
  file->read(offset + first * sizeof(std::int16_t), std::as_writable_bytes(out));
}

std::int64_t StoredClip::read(std::uint64_t first, std::span<float> out) const {
  std::array<std::int16_t, 4096> block;
  const std::uint64_t count = std::min<std::uint64_t>(out.size(), samples - std::min(first, samples));
  for (std::uint64_t done = 0; done < count;) {
    const auto part =
        std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), count - done)));
    copy(first + done, part);
    from_pcm16(part, out.subspan(static_cast<std::size_t>(done), part.size()));
    done += part.size();
  }
  return static_cast<std::int64_t>(count);
}

bool StoredClip::is_intact() const {
  std::vector<std::int16_t> block(static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, samples)));
  std::uint32_t crc = 0;
  for (std::uint64_t done = 0; done < samples; done += block.size()) {
    const auto part =
        std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, samples - done)));
    copy(done, part);
    crc = io::crc32c(std::as_bytes(part), crc);
  }
  return crc == crc32c;
}

bool is_shard_clip(const fs::path& path) {
  std::error_code ignored;
  return path.extension() == kShardClipExtension && path.parent_path().extension() == kShardExtension &&
         !fs::is_directory(path.parent_path(), ignored);
}

StoredClip open_shard_clip(const fs::path& path) {
  const fs::path shard = path.parent_path();
  const auto opened = open_shards().index(index_of_shard(shard));
  const auto found = opened->clips.find(path.stem().string());
  if (found == opened->clips.end()) {
    throw FormatError(concat(path.string(), ": no such clip in the index ", index_of_shard(shard).string()));
  }
  const ShardClip& clip = opened->index.clips[found->second];
  const ShardFile& file = opened->index.shards[clip.shard];
  return {.file = open_shards().shard(shard.parent_path() / file.name, file.bytes),
          .offset = clip.offset,
          .samples = clip.samples,
          .sample_rate = opened->index.sample_rate,
          .clipped = clip.clipped,
          .crc32c = clip.crc32c,
          .warning = clip.warning};
}

bool is_prepared_folder(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / kManifestName, ignored) &&
         fs::is_directory(folder / kShardFolder, ignored);
}

std::vector<fs::path> prepared_clips(const fs::path& folder) {
  std::vector<fs::path> indices, clips;
  std::error_code error;
  for (fs::directory_iterator entry(folder / kShardFolder, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path& file = entry->path();
    if (file.extension() == kShardIndexExtension && !file.filename().string().starts_with('.'))
      indices.push_back(file);
  }
  if (error) throw io::ReadError(concat((folder / kShardFolder).string(), ": ", error.message()));
  std::ranges::sort(indices, {}, [](const fs::path& file) {
    const std::string name = file.filename().string();
    return std::pair(name.size(), name);
  });
  for (const fs::path& file : indices) append_clips(file, "", clips);
  return clips;
}

std::vector<fs::path> clips_of_shard(const fs::path& shard) {
  std::vector<fs::path> clips;
  append_clips(index_of_shard(shard), shard.filename().string(), clips);
  return clips;
}

}  // namespace sonograd::audio
