// Options of the commands that score clips chunk by chunk.
#pragma once

#include <cstdint>
#include <optional>

#include "models/core/model.h"
#include "models/tagging/chunk_source.h"

namespace CLI {
class App;
}

namespace sonograd::app {

struct ChunkOptions {
  std::optional<std::int64_t> chunks;          ///< 0: all of a clip, at the model's hop; absent: the model's
  std::optional<models::Aggregate> aggregate;  ///< absent: the model's
  std::optional<audio::Pad> pad;               ///< absent: the model's
  std::int64_t batch = 0;                      ///< 0: see batch_of
  std::uint64_t max_memory = 0;                ///< bytes; 0: see memory

  void add_to(CLI::App& app);
  models::ChunkRule rule(const models::Model& model) const;
  /// Bytes that chunks and clips may take together: as given, else half of what the process may have.
  std::uint64_t memory() const;
  /// As given, else models::default_batch; less where the batch would take more than half of `memory`.
  std::int64_t batch_of(const models::Model& model) const;
  models::Aggregate aggregate_of(const models::ModelDescription& about) const;
};

}  // namespace sonograd::app
