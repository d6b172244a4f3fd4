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
  std::int64_t batch = 16;                 ///< chunks that pass through the network together, >= 1
  int decoders = 2;                        ///< threads that decode, >= 1
  ChunkScorer::ChunkSeen chunk_seen = {};  ///< called with the logits of every chunk; in order within a file
  LogitsOf seen = LogitsOf::chunks;        ///< the logits that `chunk_seen` receives
};

/// Result of one file.
struct FileScores {
  std::filesystem::path file;
  std::string error;    ///< reason for which there are no scores; empty: there are
  std::string warning;  ///< damage after which enough is left to score; empty: none
  double seconds = 0;   ///< decoded duration
  Scores scores;

  bool ok() const { return error.empty(); }
};

/// Calls `emit` once per file, in the order of `files`, on this thread. A file that cannot be read has an error in its
/// result; the others are not affected. `keep_going` is called for each chunk; when it returns false, the function
/// returns and the remaining files are left out.
void tag_files(const Model& model, std::span<const std::filesystem::path> files,
               const TagFilesOptions& options, const std::function<void(const FileScores&)>& emit,
               const std::function<bool()>& keep_going = {});

}  // namespace sonograd::models
