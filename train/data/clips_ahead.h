// Clips of a list one after the other, read ahead by other threads and cut into chunks.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <variant>

#include "models/tagging/chunk_source.h"
#include "tensor/support/prefetcher.h"
#include "train/data/dataset.h"

namespace sonograd::train {

class ClipsAhead {
 public:
  /// Result of a clip.
  struct Passed {
    std::string error;    ///< reason for which it cannot be read; chunks may have been passed on; empty: none
    std::string warning;  ///< damage of a clip that could be read all the same; empty: none
    std::int64_t samples = 0;  ///< length of a clip without an error
  };

  /// Reads with `workers` >= 1 threads. The arguments must outlive the object.
  ClipsAhead(const ClipList& clips, const ClipReader& reader, const models::ChunkRule& rule, int workers);

  /// Passes the chunks of the next clip to `sink`, in order; to be called once for each clip. A clip that is too long for the reader is
  /// decoded chunk by chunk, with a call of `keep_going` before each of them.
  Passed next(const std::function<void(std::span<const float> chunk)>& sink,
              const std::function<bool()>& keep_going = {});

 private:
  /// More than the reader may hold in memory.
  struct LongClip {};
  using ReadClip = std::variant<ClipSamples, LongClip, std::string>;

  Passed pass_file(const std::filesystem::path& file, const std::function<void(std::span<const float>)>& sink,
                   const std::function<bool()>& keep_going) const;

  const ClipList& clips_;
  const models::ChunkRule& rule_;
  std::size_t next_ = 0;
  std::vector<float> chunk_;
  Prefetcher<ReadClip> read_;
};

}  // namespace sonograd::train
