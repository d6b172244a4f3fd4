// Vectors of clips for other tasks than the one that a network was trained for: named outputs, and cepstra to compare them with.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/model.h"
#include "models/tagging/chunk_source.h"
#include "train/data/clip_reader.h"
#include "train/data/dataset.h"

namespace sonograd::train {

/// The name of the features that belong to no network.
inline constexpr std::string_view kCepstra = "mfcc";

/// One vector for each clip that can be read.
struct ClipFeatures {
  std::size_t width = 0;
  std::vector<std::size_t> rows;        ///< of the table, ascending
  std::vector<float> values;            ///< [rows, width]
  std::vector<ClipProblem> unreadable;  ///< the reasons name the files
};

struct FeatureOptions {
  models::ChunkRule rule;
  std::int64_t batch = 16;  ///< chunks that go through the network together
  int workers = 1;          ///< threads that read clips
  /// Receives how many clips are done; returns false to stop.
  std::function<bool(std::size_t done, std::size_t total)> progress;
};

/// Names of features: the outputs of the network but for its logits, and `mfcc`.
std::vector<std::string> feature_names(const models::Model& model);

/// Features `name` of the clips; the network is in evaluation mode, on `device`. An output is averaged over all axes but its last, then over
/// the chunks of a clip. `mfcc`: 20 cepstra of every chunk by librosa's defaults, and their first and second derivatives (width 9), each as mean and standard deviation over time:
/// 120 numbers (Choi, Fazekas, Sandler, Cho, "Transfer learning for music classification and regression tasks", ISMIR 2017).
/// Stopped: those so far. Throws ConfigError for a name that is none, and Error, naming the clip, when features are not finite.
ClipFeatures clip_features(const models::Network& network, Device device, std::string_view name,
                           const ClipList& clips, const ClipReader& reader, const FeatureOptions& options);

}  // namespace sonograd::train
