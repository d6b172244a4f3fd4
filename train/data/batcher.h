// Training examples of one epoch in batches, assembled by background threads.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tensor/random.h"
#include "tensor/support/prefetcher.h"
#include "train/config/settings.h"
#include "train/data/clip_reader.h"
#include "train/data/dataset.h"
#include "train/data/triplets.h"

namespace sonograd::train {

/// Clips of every batch of an epoch: each once, shuffled by (seed, epoch). The last batch may be smaller; one
/// of a single clip joins the batch before it, because batch normalisation needs the variance of at least two
/// examples.
std::vector<std::vector<std::size_t>> epoch_batches(std::size_t clips, std::size_t batch, std::uint64_t seed,
                                                    std::uint32_t epoch);

struct Batch {
  std::vector<RandomKey> keys;    ///< of its chunks: seed, epoch as step, row of the table as example
  std::vector<float> waveforms;   ///< [N, chunks, samples]
  std::vector<float> targets;     ///< [N, steps, labels]
  std::vector<ClipProblem> lost;  ///< clips that could not be read and were replaced
  std::size_t chunks = 1;         ///< of an example
  std::size_t steps = 0;  ///< of a chunk, each with targets of its own; 0: targets [N, labels] of the clips
  std::vector<float> clean = {};  ///< the waveforms before effects; empty unless the rule keeps them
  std::size_t from_teacher = 0;   ///< examples at the end whose targets are those of a teacher
  /// Examples without targets, whose three chunks are those of an anchor, a positive and a negative clip.
  bool has_triplets = false;
  /// [N, 3 N]: whether a chunk of the batch may be the negative of a triplet; empty: each keeps its own.
  std::vector<std::uint8_t> negatives = {};

  /// Number of examples N.
  std::size_t size() const { return keys.size() / chunks; }
};

/// Appends examples with the targets of a teacher; both batches have the same number of chunks per example.
void append_from_teacher(Batch& batch, const Batch& labelled_by_teacher);

/// How examples are cut from clips and changed.
struct ExampleRule {
  std::uint64_t seed = 0;
  std::int64_t samples = 0;  ///< length of an example
  audio::Pad pad = audio::Pad::repeat;
  double shift = 0;        ///< see Settings::Augment
  std::int64_t steps = 0;  ///< of a chunk, each with targets of its own; 0: the targets are those of the clip
  double mixup = 0;
  std::int64_t chunks = 1;         ///< of an example, each at a random place of the clip
  int sample_rate = 0;             ///< Hz, for effects
  Settings::Augment effects = {};  ///< their probabilities and ranges (effects/effect.h); by default none
  bool keep_clean = false;         ///< keeps the waveforms before effects
  const TripletSampler* triplets =
      nullptr;  ///< draws the clips of examples of three chunks; null: an example is one clip
  bool share_negatives = false;  ///< lists the negatives that triplets of a batch share
};

/// One crop (or `chunks`) per clip and epoch at a random place, shifted, mixed with a crop of another clip if `mixup` > 0, and
/// changed by effects; or as many triplets. A clip that can no longer be read is replaced by the next one of the list that can, the first
/// coming after the last; the place keeps its random numbers. A triplet with such a clip is drawn again. The batches are a pure function of the rule, the epoch and
/// the clips that can be read: resuming is starting at a later batch.
class Batcher {
 public:
  /// Starts at batch `first` of `epoch`. The clips and the reader must outlive the batcher. `workers` >= 1.
  Batcher(const ClipList& clips, const ClipReader& reader, const ExampleRule& rule, std::size_t batch,
          std::uint32_t epoch, std::size_t first, int workers);

  /// Batches of the whole epoch.
  std::size_t batches() const { return plan_.size(); }
  /// To be called `batches() - first` times. Throws IoError when no clip can be read any more.
  Batch next() { return prefetcher_.next(); }
  /// Seconds that `next` has waited so far.
  double waited() const { return prefetcher_.waited(); }

 private:
  struct ReadClip {
    std::size_t clip = 0;
    ClipSamples samples;
  };
  Batch assemble(const std::vector<std::size_t>& members) const;
  Batch assemble_triplets(const std::vector<std::size_t>& examples) const;
  struct Mixture {
    Random random;  ///< of the places in `partner`
    float weight;   ///< of the example
    ReadClip partner;
  };
  void add_example(std::size_t clip, Batch& batch) const;
  ClipTriplet add_triplet(std::size_t example, Batch& batch) const;
  std::optional<ReadClip> try_read(std::size_t clip, Batch& batch) const;
  Mixture mixture_for(RandomKey key, Batch& batch) const;
  void add_chunk(const ReadClip& clip, Mixture* mixture, const RandomKey& key, Batch& batch) const;
  /// Targets of the steps of a crop of `clip`.
  std::vector<float> step_targets(const ReadClip& clip, const audio::Chunk& place) const;
  ReadClip read(std::size_t clip, Batch& batch) const;

  const ClipList& clips_;
  const ClipReader& reader_;
  ExampleRule rule_;
  std::uint32_t epoch_;
  std::vector<std::vector<std::size_t>> plan_;
  Prefetcher<Batch> prefetcher_;
};

}  // namespace sonograd::train
