// Scores of a network by the distances between its embeddings of clips: validation of metric learning, and `sonograd evaluate`.
#pragma once

#include <optional>

#include "train/data/metric_record.h"
#include "train/eval/evaluator.h"

namespace sonograd::train {

/// Recall, triplet accuracy and loss. The embedding of a clip is the mean over its chunks, for recall and triplets scaled to length 1. Triplets
/// are drawn by labels, each equally probable, one for each clip, always the same ones; without a label that gives triplets there is no
/// loss. Of the options `aggregate`, `level` and `loss` have no effect. Nothing when stopped. Throws ModelError when the model has
/// another number of labels than the clips or not this output, and Error for embeddings that are not finite.
std::optional<Evaluation> evaluate_embedding(const models::Network& network, const MetricRecord& metric,
                                             const ClipList& clips, const ClipReader& reader,
                                             const EvaluateOptions& options);

}  // namespace sonograd::train
