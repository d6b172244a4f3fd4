#include "train/data/unlabelled.h"

#include <sstream>

#include "audio/files.h"
#include "tensor/support/error.h"
#include "train/data/data_error.h"
#include "train/data/split_file.h"

namespace sonograd::train {
namespace fs = std::filesystem;

ClipList unlabelled_clips(const fs::path& folder) {
  constexpr std::size_t kFirstRow = std::size_t{1} << 31;
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw DataError(concat(folder.string(), ": expected a folder with the unlabelled clips"));
  ClipList clips;
  for (const fs::path& file : audio::audio_files(folder, true)) {
    clips.rows.push_back(kFirstRow + clips.rows.size());
    clips.paths.push_back(file.lexically_relative(folder).string());
    clips.files.push_back(file);
  }
  if (clips.size() == 0) throw DataError(concat(folder.string(), ": has no sound files"));
  return clips;
}

std::string hash_of_names(const ClipList& clips) {
  std::string names;
  for (const std::string& path : clips.paths) names += path + '\n';
  std::ostringstream text;
  text << std::hex << split_hash(names);
  return text.str();
}

UnlabelledBatches::UnlabelledBatches(const ClipList& clips, const ClipReader& reader, const ExampleRule& rule,
                                     std::size_t batch, std::int64_t step, int workers)
    : clips_(clips),
      reader_(reader),
      rule_(rule),
      batch_(batch),
      step_(step),
      batches_per_epoch_(std::ssize(epoch_batches(clips.size(), batch, 0, 0))),
      workers_(workers) {}

Batch UnlabelledBatches::next() {
  const std::int64_t epoch = step_ / batches_per_epoch_, index = step_ % batches_per_epoch_;
  if (!epoch_ || index == 0) {
    waited_ = waited();
    epoch_.emplace(clips_, reader_, rule_, batch_, static_cast<std::uint32_t>(epoch),
                   static_cast<std::size_t>(index), workers_);
  }
  ++step_;
  return epoch_->next();
}

}  // namespace sonograd::train
