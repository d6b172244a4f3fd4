// Log-mel maps of windows that are cut out of a chunk first, each with frames of its own.
#pragma once

#include "layers/part.h"
#include "models/core/weights.h"
#include "models/fronts/log_mel.h"

namespace sonograd::models {

/// The chunk of a LogMelFront in windows of five parts, of which the last three are the first three of the next window. A part is a
/// fiftieth of a second, in whole samples: windows of 100 ms every 40 ms. The rest of a chunk is dropped.
struct WindowedFront : LogMelFront {
  Input input() const;
  /// Samples of a part.
  std::int64_t part() const { return mel.sample_rate / 50; }
  /// Throws ConfigError for a chunk that is shorter than a window.
  std::int64_t windows() const;
  /// Sets the shortest chunk with that many windows.
  void set_windows(std::int64_t windows);
  /// Frames of one window. Throws ConfigError for a window that is shorter than a frame.
  std::int64_t frames() const;
  FeatureAxes axes() const;
};

/// Waveforms [N, samples] -> [N, windows frames, n_mels, 1], the frames of a window behind one another. Samples beyond the ends of a
/// window are its own reflection or zeros, and levels below a maximum are below that of the window.
class WindowedLogMel : public layers::LogMel {
 public:
  explicit WindowedLogMel(const WindowedFront& front);
  Tensor forward(const Tensor& waveforms) const;

 private:
  std::int64_t part_, windows_, frames_;
};

/// A network on the maps of a WindowedFront.
class WindowedNetwork : public Network {
 public:
  WindowedNetwork(const WindowedFront& front, std::int64_t labels);

  Tensor features(const Tensor& waveforms) const final { return spec_.forward(waveforms); }
  FeatureAxes feature_axes() const final { return axes_; }

 protected:
  /// Features [N, windows frames, n_mels, 1] -> [N, windows, frames, n_mels].
  Variable windows_of(const Variable& features) const;

 private:
  FeatureAxes axes_;
  std::int64_t windows_, frames_;
  layers::Part<WindowedLogMel> spec_;
};

}  // namespace sonograd::models
