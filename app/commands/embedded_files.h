// Embeddings of sound files, for `embed` and `similar`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options/audio_arguments.h"
#include "app/options/chunk_options.h"
#include "app/options/compute_options.h"
#include "train/eval/clip_features.h"

namespace sonograd::app {

struct EmbeddingOptions {
  ComputeOptions compute;
  ChunkOptions chunks;
  AudioArguments audio;
  std::string model, output;

  /// MODEL and `--output`.
  void add_model_to(CLI::App& app);
  /// PATH and the options of chunks and computing.
  void add_to(CLI::App& app);
};

/// The files that could be read, in order, with a vector of length 1 each: the mean of an output over the chunks of the file, scaled.
struct EmbeddedFiles {
  std::vector<std::string> names;
  std::size_t width = 0;
  std::vector<float> vectors;  ///< [names, width]
  std::size_t unreadable = 0;  ///< each listed on stderr
};

/// The output that `--output` names; else the embedding of a model that was trained by triplets; else `penultimate`. Throws ConfigError when the
/// network lacks it and for an aggregate, ModelError, with the file, for a record of the training that is damaged.
std::string embedding_output(const EmbeddingOptions& options, const models::Model& model);

/// A sound file, and its name in results and messages.
struct NamedFile {
  std::filesystem::path path;
  std::string name;
};

/// `output`: of embedding_output. Nothing when the user interrupts.
std::optional<EmbeddedFiles> embed_files(const EmbeddingOptions& options, const models::Model& model,
                                         const std::string& output, const std::vector<NamedFile>& files);

}  // namespace sonograd::app
