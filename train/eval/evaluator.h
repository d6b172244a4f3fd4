// Scores of a network on clips whose labels are known: validation, and `sonograd evaluate`.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "models/tagging/chunk_scorer.h"
#include "models/tagging/chunk_source.h"
#include "tensor/support/words.h"
#include "train/data/dataset.h"
#include "train/eval/metrics.h"
#include "train/eval/retrieval.h"

namespace sonograd::train {

/// Example of an evaluation: a clip, whose chunks are combined, or a chunk with the labels of its clip. Where labels have times,
/// examples are the steps of the network (step_places.h), whatever the level.
enum class Level { song, instance };

struct EvaluateOptions {
  models::ChunkRule rule;  ///< its rate and rounding are those of the reader
  models::Aggregate aggregate = models::Aggregate::mean;
  Level level = Level::song;
  Device device;
  std::int64_t batch = 16;  ///< chunks that go through the network together
  int workers = 1;          ///< threads that read clips
  /// Loss of the logits of one chunk, or the mean of those of steps [n, labels]; empty: none is computed.
  std::function<double(std::span<const float> logits, std::span<const float> targets)> loss;
  /// Receives how many clips are done; returns false to stop the evaluation.
  std::function<bool(std::size_t done, std::size_t total)> progress;
};

/// Targets, scores and metrics of the clips that could be read; at instance level of their chunks, and for labels with times of their
/// steps, those of a clip in order.
struct Evaluation {
  std::vector<std::size_t> rows;        ///< of the table, one for each example
  std::vector<float> targets, scores;   ///< [clips, labels]
  bool has_steps = false;               ///< examples are steps
  std::vector<ClipProblem> unreadable;  ///< left out; the reasons name the files
  std::vector<ClipProblem> damaged;     ///< damaged, but scored
  std::optional<double> loss;           ///< mean over the chunks of a clip, then over clips
  TagMetrics tags;                      ///< classes of a multi-class task count as tags, one against the rest
  std::optional<ThresholdScores> fitted;     ///< with the thresholds of the model; none when it has none
  std::optional<ConfusionMatrix> confusion;  ///< multi-class only
  std::optional<RetrievalScores>
      retrieval;  ///< of embeddings (embedding_evaluator.h), which have no scores of labels

  std::size_t clips() const { return rows.size(); }
  std::optional<double> roc_auc() const { return tags.roc_auc.macro; }
  std::optional<double> pr_auc() const { return tags.average_precision.macro; }
  std::optional<double> accuracy() const { return confusion ? confusion->accuracy() : std::nullopt; }
  /// Macro: with a threshold of 1/2 for tags, of the class with the highest score when multi-class.
  std::optional<double> f1() const { return confusion ? confusion->f1().macro : tags.f1.macro; }
  /// Macro, with the thresholds of the model.
  std::optional<double> f1_fitted() const { return fitted ? fitted->averages.macro : std::nullopt; }
};

/// The outputs of the network are not finite for some clips.
class OutputsNotFinite : public Error {
 public:
  using Error::Error;
};

/// Scores of a network in evaluation mode on the device of the options. Clips that cannot be read are listed and left out; clips
/// that are too long for the reader are decoded chunk by chunk, by the rule of the options. Nothing when stopped. Throws ModelError
/// when the model has another number of labels than the clips, or no steps for labels with times; OutputsNotFinite when outputs are infinite or NaN.
std::optional<Evaluation> evaluate(const models::Network& network, const models::ModelDescription& about,
                                   const ClipList& clips, const ClipReader& reader,
                                   const EvaluateOptions& options);

}  // namespace sonograd::train

namespace sonograd {

template <>
inline constexpr auto kWords<train::Level> =
    std::to_array<Word<train::Level>>({{"song", train::Level::song}, {"instance", train::Level::instance}});

}  // namespace sonograd
