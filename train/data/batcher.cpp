#include "train/data/batcher.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "train/data/augment.h"
#include "train/data/effects/effect.h"

namespace sonograd::train {
namespace {

constexpr std::size_t kBatchesAhead = 3;
// Chunks of an example have seeds of their own, the first one that of the run. The odd number is 2^64 divided by the golden ratio,
// so that sums with it are far from the seeds that people choose.
constexpr std::uint64_t kSeedsBetweenChunks = 0x9E3779B97F4A7C15u;
constexpr std::size_t kChunksOfTriplet = 3;

/// Fills `out` with a crop at a random place, which it returns.
audio::Chunk read_crop(const ClipSamples& clip, audio::Pad pad, Random& random, std::span<float> out) {
  const auto length = static_cast<std::int64_t>(out.size());
  const std::int64_t room = clip.length() - length;
  const std::int64_t start =
      room > 0 ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(room))) : 0;
  const audio::Chunk place{start, std::min(length, clip.length())};
  clip.copy(place, pad, out);
  return place;
}

void mix(std::span<float> into, std::span<const float> other, float weight) {
  std::ranges::transform(into, other, into.begin(),
                         [weight](float a, float b) { return weight * a + (1 - weight) * b; });
}

}  // namespace

std::vector<std::vector<std::size_t>> epoch_batches(std::size_t clips, std::size_t batch, std::uint64_t seed,
                                                    std::uint32_t epoch) {
  std::vector<std::size_t> order(clips);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random({.seed = seed, .step = epoch, .stream = RandomStream::shuffle});
  for (std::size_t left = clips; left > 1; --left) std::swap(order[left - 1], order[random.below(left)]);

  std::vector<std::vector<std::size_t>> batches;
  for (std::size_t start = 0; start < clips; start += batch) {
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(start);
    batches.emplace_back(first, first + static_cast<std::ptrdiff_t>(std::min(batch, clips - start)));
  }
  if (batch > 1 && batches.size() > 1 && batches.back().size() == 1) {
    const std::size_t single = batches.back().front();
    batches.pop_back();
    batches.back().push_back(single);
  }
  return batches;
}

void append_from_teacher(Batch& batch, const Batch& labelled_by_teacher) {
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  batch.from_teacher += labelled_by_teacher.size();
  append(batch.keys, labelled_by_teacher.keys);
  append(batch.waveforms, labelled_by_teacher.waveforms);
  append(batch.targets, labelled_by_teacher.targets);
}

Batcher::Batcher(const ClipList& clips, const ClipReader& reader, const ExampleRule& rule, std::size_t batch,
                 std::uint32_t epoch, std::size_t first, int workers)
    : clips_(clips),
      reader_(reader),
      rule_(rule),
      epoch_(epoch),
      plan_(epoch_batches(clips.size(), batch, rule.seed, epoch)),
      prefetcher_(first, plan_.size(), workers, kBatchesAhead,
                  [this](std::size_t i) { return assemble(plan_[i]); }) {}

Batch Batcher::assemble(const std::vector<std::size_t>& members) const {
  if (rule_.triplets != nullptr) return assemble_triplets(members);
  Batch batch;
  batch.chunks = static_cast<std::size_t>(rule_.chunks);
  batch.steps = static_cast<std::size_t>(rule_.steps);
  batch.waveforms.reserve(members.size() * batch.chunks * static_cast<std::size_t>(rule_.samples));
  for (const std::size_t clip : members) add_example(clip, batch);
  return batch;
}

Batch Batcher::assemble_triplets(const std::vector<std::size_t>& examples) const {
  Batch batch;
  batch.chunks = kChunksOfTriplet;
  batch.has_triplets = true;
  batch.waveforms.reserve(examples.size() * batch.chunks * static_cast<std::size_t>(rule_.samples));
  std::vector<ClipTriplet> triplets;
  for (const std::size_t example : examples) triplets.push_back(add_triplet(example, batch));
  if (!rule_.share_negatives) return batch;
  for (const ClipTriplet& triplet : triplets)
    for (const ClipTriplet& other : triplets)
      for (const std::size_t clip : {other.anchor, other.positive, other.negative})
        batch.negatives.push_back(rule_.triplets->is_negative(triplet, clip));
  return batch;
}

ClipTriplet Batcher::add_triplet(std::size_t example, Batch& batch) const {
  RandomKey key{
      .seed = rule_.seed, .step = epoch_, .example = static_cast<std::uint32_t>(clips_.rows[example])};
  RandomKey own = key;
  own.stream = RandomStream::triplet;
  Random random(own);
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    const ClipTriplet triplet = rule_.triplets->draw(example + i, random);
    std::array<std::optional<ReadClip>, kChunksOfTriplet> clips = {try_read(triplet.anchor, batch),
                                                                   try_read(triplet.positive, batch),
                                                                   try_read(triplet.negative, batch)};
    if (!std::ranges::all_of(clips, [](const auto& clip) { return clip.has_value(); })) continue;
    for (const std::optional<ReadClip>& clip : clips) {
      add_chunk(*clip, nullptr, key, batch);
      key.seed += kSeedsBetweenChunks;
    }
    return triplet;
  }
  throw IoError("no three training clips can be read any more");
}

void Batcher::add_example(std::size_t clip, Batch& batch) const {
  RandomKey key{.seed = rule_.seed, .step = epoch_, .example = static_cast<std::uint32_t>(clips_.rows[clip])};
  const ReadClip own = read(clip, batch);
  std::optional<Mixture> mixture;
  if (rule_.mixup > 0) mixture = mixture_for(key, batch);
  if (rule_.steps == 0) {
    batch.targets.insert(batch.targets.end(), clips_.target(own.clip).begin(), clips_.target(own.clip).end());
    if (mixture)
      mix(std::span(batch.targets).last(clips_.labels), clips_.target(mixture->partner.clip),
          mixture->weight);
  }
  for (std::int64_t chunk = 0; chunk < rule_.chunks; ++chunk) {
    add_chunk(own, mixture ? &*mixture : nullptr, key, batch);
    key.seed += kSeedsBetweenChunks;
  }
}

Batcher::Mixture Batcher::mixture_for(RandomKey key, Batch& batch) const {
  key.stream = RandomStream::mixup;
  Random random(key);
  const float weight = mixup_weight(rule_.mixup, random);
  ReadClip partner = read(random.below(clips_.size()), batch);
  return {random, weight, std::move(partner)};
}

std::vector<float> Batcher::step_targets(const ReadClip& clip, const audio::Chunk& place) const {
  std::vector<float> targets;
  if (rule_.steps == 0) return targets;
  clips_.times[clip.clip].append_targets({place, rule_.samples, rule_.steps, rule_.pad, rule_.sample_rate},
                                         clips_.task, targets);
  return targets;
}

void Batcher::add_chunk(const ReadClip& clip, Mixture* mixture, const RandomKey& key, Batch& batch) const {
  const auto random_of = [of_chunk = key](RandomStream stream) {
    RandomKey own = of_chunk;
    own.stream = stream;
    return Random(own);
  };
  const auto samples = static_cast<std::size_t>(rule_.samples);
  batch.keys.push_back(key);
  batch.waveforms.resize(batch.waveforms.size() + samples);
  const std::span<float> crop = std::span(batch.waveforms).last(samples);
  Random place = random_of(RandomStream::crop);
  std::vector<float> targets = step_targets(clip, read_crop(clip.samples, rule_.pad, place, crop));
  Random shift = random_of(RandomStream::shift);
  const std::int64_t moved = shift_in_time(crop, rule_.shift, shift);
  if (rule_.steps > 0) shift_targets(targets, rule_.steps, moved, rule_.samples);
  if (mixture != nullptr) {
    std::vector<float> other(samples);
    const audio::Chunk there = read_crop(mixture->partner.samples, rule_.pad, mixture->random, other);
    mix(crop, other, mixture->weight);
    mix(targets, step_targets(mixture->partner, there), mixture->weight);
  }
  batch.targets.insert(batch.targets.end(), targets.begin(), targets.end());
  if (rule_.keep_clean) batch.clean.insert(batch.clean.end(), crop.begin(), crop.end());
  apply_effects(crop, rule_.sample_rate, rule_.effects, key);
}

std::optional<Batcher::ReadClip> Batcher::try_read(std::size_t clip, Batch& batch) const {
  try {
    return ReadClip{clip, reader_.read(clips_.files[clip])};
  } catch (const Error& error) {
    batch.lost.push_back({clips_.rows[clip], clips_.paths[clip], error.what()});
    return std::nullopt;
  }
}

Batcher::ReadClip Batcher::read(std::size_t clip, Batch& batch) const {
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    if (auto found = try_read((clip + i) % clips_.size(), batch)) return *std::move(found);
  }
  throw IoError("no training clip can be read any more");
}

}  // namespace sonograd::train
