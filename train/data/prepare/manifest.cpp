#include "train/data/prepare/manifest.h"

#include <fmt/format.h>

#include "tensor/io/atomic_file.h"
#include "train/data/tsv.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

std::string manifest_header(const SetClips& set) {
  std::string line = "path\tkey";
  for (const std::string& column : set.columns) line.append("\t").append(tsv_cell(column));
  return line.append("\tseconds\tshard\n");
}

std::string manifest_row(const SetClip& clip, const audio::ShardIndex& index,
                         const audio::ShardClip& stored) {
  std::string line = tsv_cell(clip.path);
  line.append("\t").append(clip.key);
  for (const std::string& cell : clip.cells) line.append("\t").append(tsv_cell(cell));
  const double seconds = static_cast<double>(stored.samples) / index.sample_rate;
  return line.append(fmt::format("\t{:.3f}\t{}\n", seconds, index.shards[stored.shard].name));
}

}  // namespace

void write_manifest(const fs::path& folder, const SetClips& set, std::span<const audio::ShardIndex> units) {
  std::string sums, absent = "path\tstatus\treason\n";
  for (const audio::ShardIndex& index : units) {
    for (const audio::ShardFile& shard : index.shards)
      sums.append(shard.sha256).append("  ").append(shard.name).append("\n");
    for (const audio::AbsentClip& clip : index.absent) {
      absent.append(tsv_cell(set.clips[clip.row].path));
      absent.append(clip.is_left_out ? "\tleft out\t" : "\tunreadable\t")
          .append(tsv_cell(clip.reason))
          .append("\n");
    }
  }
  io::replace_file(folder / audio::kShardFolder / "SHA256SUMS", sums);
  io::replace_file(folder / "unreadable.tsv", absent);
  io::AtomicFile manifest(folder / audio::kManifestName);
  manifest.write(manifest_header(set));
  for (const audio::ShardIndex& index : units) {
    std::string rows;
    for (const audio::ShardClip& clip : index.clips) rows += manifest_row(set.clips[clip.row], index, clip);
    manifest.write(rows);
  }
  manifest.commit();
}

}  // namespace sonograd::train
