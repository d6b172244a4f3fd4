#include "train/pictures/mel_picture.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "audio/load.h"

namespace sonograd::train {
namespace {

constexpr double kWindowSeconds = 0.064;
constexpr std::int64_t kFramesAtOnce = 256;

audio::MelSpectrogramOptions options_for(double sample_rate) {
  const auto window = static_cast<std::uint64_t>(kWindowSeconds * sample_rate);
  audio::MelSpectrogramOptions options;
  options.sample_rate = sample_rate;
  options.stft.n_fft = static_cast<std::int64_t>(std::bit_floor(std::max<std::uint64_t>(window, 64)));
  options.stft.hop_length = options.stft.n_fft / 4;
  options.stft.center = false;
  options.n_mels = MelPicture::kBands;
  return options;
}

}  // namespace

MelPicture::MelPicture(double sample_rate, std::int64_t max_columns)
    : options_(options_for(sample_rate)), max_columns_(max_columns), open_(kBands) {}

void MelPicture::add(std::span<const float> samples) {
  samples_ += std::ssize(samples);
  pending_.insert(pending_.end(), samples.begin(), samples.end());
  if (std::ssize(pending_) >= options_.stft.n_fft + kFramesAtOnce * options_.stft.hop_length) transform();
}

// Turns all complete frames of `pending_` into columns.
void MelPicture::transform() {
  const Tensor waveform = Tensor::empty({1, std::ssize(pending_)});
  std::ranges::copy(pending_, waveform.span<float>().begin());
  const Tensor power = audio::mel_spectrogram(waveform, options_);
  const std::int64_t frames = power.shape()[1];
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    add_frame(power.span<float>().subspan(static_cast<std::size_t>(frame * kBands), kBands));
  }
  pending_.erase(pending_.begin(), pending_.begin() + frames * options_.stft.hop_length);
}

void MelPicture::add_frame(std::span<const float> power) {
  std::ranges::transform(open_, power, open_.begin(), std::plus());
  if (++open_frames_ == frames_per_column_) close_column();
}

void MelPicture::close_column() {
  for (float& power : open_) {
    columns_.push_back(power / static_cast<float>(open_frames_));
    power = 0;
  }
  open_frames_ = 0;
  if (std::ssize(columns_) <= max_columns_ * kBands) return;
  const std::size_t pairs = columns_.size() / (2 * kBands);
  for (std::size_t column = 0; column < pairs; ++column) {
    for (std::size_t band = 0; band < kBands; ++band) {
      const float* const left = &columns_[2 * column * kBands + band];
      columns_[column * kBands + band] = (left[0] + left[kBands]) / 2;
    }
  }
  // An odd last column goes back to the one that is being filled.
  if (columns_.size() > 2 * pairs * kBands) {
    open_frames_ = frames_per_column_;
    const auto last = std::span(columns_).last(kBands);
    std::ranges::transform(last, open_.begin(),
                           [&](float mean) { return mean * static_cast<float>(open_frames_); });
  }
  columns_.resize(pairs * kBands);
  frames_per_column_ *= 2;
}

Picture MelPicture::finish() {
  const bool is_too_short = columns_.empty() && open_frames_ == 0;
  const std::int64_t least = is_too_short ? options_.stft.n_fft : 0;
  if (std::ssize(pending_) < least) pending_.resize(static_cast<std::size_t>(least));
  if (std::ssize(pending_) >= options_.stft.n_fft) transform();
  if (open_frames_ > 0) close_column();

  Picture picture{.width = std::ssize(columns_) / kBands, .height = kBands};
  picture.levels.resize(columns_.size());
  constexpr float kSilence = 1e-10f;
  const float loudest = std::max(kSilence, std::ranges::max(columns_));
  for (std::int64_t x = 0; x < picture.width; ++x) {
    for (std::int64_t band = 0; band < kBands; ++band) {
      const float power = std::max(kSilence, columns_[static_cast<std::size_t>(x * kBands + band)]);
      const double level = loudest > kSilence ? 255 * (1 + 10 * std::log10(power / loudest) / kRangeDb) : 0;
      picture.levels[static_cast<std::size_t>((kBands - 1 - band) * picture.width + x)] =
          static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0, 255.0)));
    }
  }
  return picture;
}

FilePicture mel_picture_of(const std::filesystem::path& file, int sample_rate, std::int64_t max_columns) {
  audio::ClipStream stream(file, sample_rate);
  MelPicture picture(sample_rate, max_columns);
  for (auto block = stream.next(); !block.empty(); block = stream.next()) picture.add(block);
  return {picture.finish(), picture.samples()};
}

}  // namespace sonograd::train
