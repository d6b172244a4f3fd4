// Time and size of a preparation, computed from the speed at which this machine decodes a sample of the clips.
#pragma once

#include <cstdint>
#include <functional>

#include "train/data/prepare/units.h"
#include "train/data/sets/registry.h"

namespace sonograd::train {

/// Speed of decoding, measured on clips from all parts of a data set.
struct DecodingSpeed {
  std::size_t clips = 0;      ///< decoded
  std::size_t missing = 0;    ///< could not be read
  double seconds = 0;         ///< wall time
  double sound = 0;           ///< seconds of sound in these clips
  double expected_sound = 0;  ///< the same by the metadata
  std::uint64_t bytes = 0;    ///< of their files
  int threads = 1;

  /// Seconds of sound in a second, with all threads.
  double real_time() const { return seconds > 0 ? sound / seconds : 0; }
};

/// Decodes clips for about `seconds`, at least one for each thread and at most all. `keep_going` is called for each. Throws DataError
/// when none of the first can be read.
DecodingSpeed measure_decoding(const SetClips& set, int sample_rate, int threads, double seconds,
                               const std::function<bool()>& keep_going);

struct PreparationPlan {
  std::size_t clips = 0, units = 0;
  double sound = 0;                ///< seconds in all clips
  std::uint64_t source_bytes = 0;  ///< of the files to read
  std::uint64_t shard_bytes = 0;   ///< to write
  double longest_part = 0;         ///< seconds
  double machine_seconds = 0;      ///< of all parts together
  double core_hours = 0;
};

/// The plan for `machines` with as many threads as the measurement had, part i of the machines on machine i.
PreparationPlan plan_preparation(const SetClips& set, int sample_rate, std::uint64_t shard_bytes,
                                 std::size_t machines, const DecodingSpeed& speed);

}  // namespace sonograd::train
