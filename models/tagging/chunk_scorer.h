// Scores of clips: their chunks pass through one network in full batches and are combined per clip.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "models/core/model.h"
#include "models/tagging/chunk_batch.h"

namespace sonograd::models {

/// Scores in [0, 1], one per label.
using Scores = std::vector<float>;

/// Number of chunks in a minute of sound, at least one: larger batches take more memory and save no time.
std::int64_t default_batch(const Input& input);

/// Replaces the logits of one chunk [labels] by scores in [0, 1].
void to_probabilities(Output output, std::span<float> row);

/// Whether no value is infinite or NaN.
bool all_finite(std::span<const float> values);

/// Combines the scores of the chunks of one clip.
class ClipAggregate {
 public:
  ClipAggregate(Output output, Aggregate rule, std::size_t labels);
  void add(std::span<const float> probabilities);
  std::int64_t chunks() const { return chunks_; }
  /// Mean or maximum of the scores, or (`vote`) the share of chunks with a score >= 0.5 (tags) or with that class on top
  /// (classes). At least one chunk must have been added.
  Scores scores() const;

 private:
  Output output_;
  Aggregate rule_;
  std::vector<double> sums_;
  std::int64_t chunks_ = 0;
};

/// The logits that ChunkScorer::ChunkSeen receives: of chunks, or of their steps, for networks with the output `step_logits`.
enum class LogitsOf { chunks, steps };

/// Evaluation of a network on a stream of chunks. Clips may interleave; batches are filled across them. The scores of a clip
/// are a function of its chunks, bit for bit: they depend neither on `batch` nor on the clips that share it. A clip with a
/// logit that is not finite has scores that are NaN, for every aggregate.
class ChunkScorer {
 public:
  using ClipDone = std::function<void(std::size_t clip, const Scores& scores)>;
  /// Called with the logits of every chunk [labels], or of its steps [steps, labels].
  using ChunkSeen = std::function<void(std::size_t clip, std::span<const float> logits)>;

  /// Scores with an empty `batch` of the network that `about` describes.
  ChunkScorer(std::shared_ptr<ChunkBatch> batch, const ModelDescription& about, Aggregate rule, ClipDone done,
              ChunkSeen seen = {}, LogitsOf kind = LogitsOf::chunks);
  /// Scores with a batch of its own; arguments as for the constructor of ChunkBatch.
  ChunkScorer(const Network& network, const ModelDescription& about, Device device, std::int64_t batch,
              Aggregate rule, ClipDone done, ChunkSeen seen = {}, LogitsOf kind = LogitsOf::chunks);

  /// Adds a chunk of `clip`. Throws ShapeError unless `samples` has the chunk length of the network.
  void add(std::size_t clip, std::span<const float> samples);
  /// Marks the clip as complete; `done` is called as soon as all its chunks have passed through the network.
  void end_clip(std::size_t clip);
  /// Discards a clip whose source failed half-way.
  void drop_clip(std::size_t clip);
  /// Runs the last, incomplete batch.
  void flush();

 private:
  struct Open {
    ClipAggregate aggregate;
    std::int64_t waiting = 0;  ///< chunks that have not passed through the network
    bool ended = false;
    bool is_finite = true;  ///< all logits so far
  };
  /// The logits of the batch, as what is scored and as what is seen.
  std::array<Tensor, 2> logits_alone();
  void finish_if_complete(std::size_t clip);

  std::shared_ptr<ChunkBatch> batch_;
  Output output_;
  std::size_t labels_;
  Aggregate rule_;
  ClipDone done_;
  ChunkSeen seen_;
  LogitsOf kind_;
  std::vector<std::size_t> owners_;  ///< the clip of each chunk of the batch
  std::map<std::size_t, Open> open_;
};

}  // namespace sonograd::models
