#include "train/data/batcher.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "train/data/augment.h"

namespace sonograd::train {
namespace {

constexpr std::size_t kBatchesAhead = 3;

void read_crop(const ClipSamples& clip, audio::Pad pad, Random random, std::span<float> out) {
  const auto length = static_cast<std::int64_t>(out.size());
  const std::int64_t room = clip.length() - length;
  const std::int64_t start =
      room > 0 ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(room))) : 0;
  clip.copy({start, std::min(length, clip.length())}, pad, out);
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
  Batch batch;
  batch.waveforms.reserve(members.size() * static_cast<std::size_t>(rule_.samples));
  for (const std::size_t clip : members) add_example(clip, batch);
  return batch;
}

void Batcher::add_example(std::size_t clip, Batch& batch) const {
  RandomKey key{.seed = rule_.seed, .step = epoch_, .example = static_cast<std::uint32_t>(clips_.rows[clip])};
  const auto random_of = [&key](RandomStream stream) {
    key.stream = stream;
    return Random(key);
  };
  const auto samples = static_cast<std::size_t>(rule_.samples);
  batch.keys.push_back(key);
  batch.waveforms.resize(batch.waveforms.size() + samples);
  const std::span<float> crop = std::span(batch.waveforms).last(samples);
  const ReadClip own = read(clip, batch);
  read_crop(own.samples, rule_.pad, random_of(RandomStream::crop), crop);
  Random shift = random_of(RandomStream::shift);
  shift_in_time(crop, rule_.shift, shift);
  batch.targets.insert(batch.targets.end(), clips_.target(own.clip).begin(), clips_.target(own.clip).end());
  if (rule_.mixup == 0) return;

  Random random = random_of(RandomStream::mixup);
  const float weight = mixup_weight(rule_.mixup, random);
  const ReadClip partner = read(random.below(clips_.size()), batch);
  std::vector<float> other(samples);
  read_crop(partner.samples, rule_.pad, random, other);
  mix(crop, other, weight);
  mix(std::span(batch.targets).last(clips_.labels), clips_.target(partner.clip), weight);
}

Batcher::ReadClip Batcher::read(std::size_t clip, Batch& batch) const {
  for (std::size_t i = 0; i < clips_.size(); ++i) {
    const std::size_t candidate = (clip + i) % clips_.size();
    try {
      return {candidate, reader_.read(clips_.files[candidate])};
    } catch (const Error& error) {
      batch.lost.push_back({clips_.rows[candidate], clips_.paths[candidate], error.what()});
    }
  }
  throw IoError("no training clip can be read any more");
}

}  // namespace sonograd::train
