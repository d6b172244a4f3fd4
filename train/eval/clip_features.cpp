#include "train/eval/clip_features.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "audio/features.h"
#include "models/tagging/chunk_batch.h"
#include "tensor/support/text.h"
#include "train/data/clips_ahead.h"

namespace sonograd::train {
namespace {

/// Turns the chunks of one clip after the other into vectors.
class ChunkFeatures {
 public:
  virtual ~ChunkFeatures() = default;
  virtual std::size_t width() const = 0;
  virtual void add(std::span<const float> chunk) = 0;
  /// The mean over the chunks since the last call, at least one; NaN without any.
  virtual std::vector<double> finish() = 0;
};

class OutputFeatures final : public ChunkFeatures {
 public:
  OutputFeatures(const models::Network& network, Device device, const models::OutputInfo& output,
                 std::int64_t batch)
      : batch_(network, device, batch),
        name_(output.name),
        width_(static_cast<std::size_t>(output.shape[output.shape.rank() - 1])),
        sums_(width_) {}

  std::size_t width() const override { return width_; }
  void add(std::span<const float> chunk) override {
    batch_.add(chunk);
    if (batch_.is_full()) run();
  }
  std::vector<double> finish() override {
    if (batch_.size() > 0) run();
    for (double& sum : sums_) sum /= static_cast<double>(vectors_);
    vectors_ = 0;
    return std::exchange(sums_, std::vector<double>(width_));
  }

 private:
  void run() {
    const Tensor values = batch_.run(name_);
    const std::span<const float> all = values.span<float>();
    for (std::size_t i = 0; i < all.size(); ++i) sums_[i % width_] += all[i];
    vectors_ += all.size() / width_;
  }

  models::ChunkBatch batch_;
  std::string name_;
  std::size_t width_, vectors_ = 0;
  std::vector<double> sums_;
};

class CepstraFeatures final : public ChunkFeatures {
 public:
  explicit CepstraFeatures(int sample_rate) { options_.mel.sample_rate = sample_rate; }

  std::size_t width() const override { return sums_.size(); }
  void add(std::span<const float> chunk) override {
    const Tensor waveform =
        Tensor::from(std::vector<float>(chunk.begin(), chunk.end()), {1, std::ssize(chunk)});
    const Tensor cepstra = audio::mfcc(waveform, options_);
    const Tensor parts[] = {cepstra, audio::delta(cepstra), audio::delta(cepstra, {.order = 2})};
    std::size_t at = 0;
    for (const Tensor& part : parts) {
      const auto columns = static_cast<std::size_t>(options_.n_mfcc);
      const std::span<const float> values = part.span<float>();
      const auto frames = static_cast<double>(values.size() / columns);
      for (std::size_t column = 0; column < columns; ++column) {
        double sum = 0, squares = 0;
        for (std::size_t i = column; i < values.size(); i += columns) sum += values[i];
        for (std::size_t i = column; i < values.size(); i += columns)
          squares += (values[i] - sum / frames) * (values[i] - sum / frames);
        sums_[at + column] += sum / frames;
        sums_[at + columns + column] += std::sqrt(squares / frames);
      }
      at += 2 * columns;
    }
    ++chunks_;
  }
  std::vector<double> finish() override {
    for (double& sum : sums_) sum /= static_cast<double>(chunks_);
    chunks_ = 0;
    return std::exchange(sums_, std::vector<double>(sums_.size()));
  }

 private:
  audio::MfccOptions options_;
  std::size_t chunks_ = 0;
  std::vector<double> sums_ = std::vector<double>(static_cast<std::size_t>(6 * audio::MfccOptions().n_mfcc));
};

std::unique_ptr<ChunkFeatures> make_features(const models::Network& network, Device device,
                                             std::string_view name, std::int64_t batch) {
  if (name == kCepstra)
    return std::make_unique<CepstraFeatures>(static_cast<int>(network.input().sample_rate));
  std::vector<std::string> names;
  for (const models::OutputInfo& output : network.outputs()) {
    if (output.name == name) return std::make_unique<OutputFeatures>(network, device, output, batch);
    if (output.name != models::kLogits) names.push_back(output.name);
  }
  names.emplace_back(kCepstra);
  throw ConfigError(concat("features '", name, "': expected one of ", listed(names, names.size())));
}

}  // namespace

std::vector<std::string> feature_names(const models::Model& model) {
  std::vector<std::string> names = model.about().outputs;
  names.emplace_back(kCepstra);
  return names;
}

ClipFeatures clip_features(const models::Network& network, Device device, std::string_view name,
                           const ClipList& clips, const ClipReader& reader, const FeatureOptions& options) {
  const std::unique_ptr<ChunkFeatures> features = make_features(network, device, name, options.batch);
  ClipFeatures result{.width = features->width(), .rows = {}, .values = {}, .unreadable = {}};
  ClipsAhead ahead(clips, reader, options.rule, options.workers);
  for (std::size_t clip = 0; clip < clips.size(); ++clip) {
    if (options.progress && !options.progress(clip, clips.size())) return result;
    const std::string problem = ahead.next([&](std::span<const float> chunk) { features->add(chunk); }).error;
    const std::vector<double> vector = features->finish();
    if (!problem.empty()) {
      result.unreadable.push_back({clips.rows[clip], clips.paths[clip], problem});
      continue;
    }
    if (!std::ranges::all_of(vector, [](double value) { return std::isfinite(value); }))
      throw Error(concat(clips.paths[clip], ": the features '", name, "' of this clip are not finite"));
    result.rows.push_back(clips.rows[clip]);
    for (const double value : vector) result.values.push_back(static_cast<float>(value));
  }
  return result;
}

}  // namespace sonograd::train
