// Many sound files through one model: decoded in parallel, batched across files, in bounded memory.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "models/tagging/chunk_scorer.h"
#include "models/tagging/chunk_source.h"

namespace sonograd::models {

struct TagFilesOptions {
  ChunkRule rule;
  Aggregate aggregate = Aggregate::mean;
  std::int64_t batch = 16;                 ///< chunks that go through the network together
  int decoders = 2;                        ///< threads that decode
  ChunkScorer::ChunkSeen chunk_seen = {};  ///< gets the logits of every chunk; of one file in their order
};

/// What became of one file.
struct FileScores {
  std::filesystem::path file;
  std::string error;    ///< why there are no scores; empty: there are
  std::string warning;  ///< damage that left enough to score
  double seconds = 0;   ///< decoded duration
  Scores scores;

  bool ok() const { return error.empty(); }
};

/// Calls `emit` once per file, in the order given, on this thread. A file that cannot be read gets its error
/// there; it neither stops nor spoils the others. `keep_going` is asked now and then; when it says no, the
/// files not yet emitted are left out.
void tag_files(const Model& model, std::span<const std::filesystem::path> files,
               const TagFilesOptions& options, const std::function<void(const FileScores&)>& emit,
               const std::function<bool()>& keep_going = {});

}  // namespace sonograd::models
