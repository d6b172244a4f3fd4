#include "train/eval/evaluator.h"

#include <algorithm>
#include <cmath>

#include "models/core/model_error.h"
#include "train/data/clips_ahead.h"
#include "train/eval/step_examples.h"

namespace sonograd::train {
namespace {

/// Ends the evaluation, also within a long clip.
struct Stopped {};

/// Loss of a clip: the mean over its chunks.
struct ChunkLosses {
  double sum = 0;
  std::int64_t count = 0;
};

void add_metrics(Evaluation& result, const models::ModelDescription& about) {
  const std::size_t labels = about.labels.size();
  result.tags = tag_metrics(result.targets, result.scores, labels);
  if (about.output != models::Output::softmax) {
    if (!about.thresholds.empty())
      result.fitted = threshold_scores(result.targets, result.scores, about.thresholds);
    return;
  }
  result.confusion = confusion_matrix(classes_of(result.targets, labels), result.scores, labels);
}

/// Appends the scores of a chunk.
void add_scores(models::Scores& scores, models::Output output, std::span<const float> logits) {
  scores.insert(scores.end(), logits.begin(), logits.end());
  models::to_probabilities(output, std::span(scores).last(logits.size()));
}

/// Appends the steps of the clip in this row of the table.
void add_steps(Evaluation& result, std::size_t row, const ClipSteps& steps,
               const models::ModelDescription& about) {
  result.rows.insert(result.rows.end(), steps.count, row);
  result.targets.insert(result.targets.end(), steps.targets.begin(), steps.targets.end());
  const std::size_t labels = about.labels.size();
  for (std::size_t step = 0; step < steps.count; ++step)
    add_scores(result.scores, about.output, std::span(steps.logits).subspan(step * labels, labels));
}

void require_finite(std::span<const models::Scores> scores, const ClipList& clips) {
  std::size_t count = 0, first = 0;
  for (std::size_t clip = 0; clip < scores.size(); ++clip) {
    if (models::all_finite(scores[clip])) continue;
    if (count++ == 0) first = clip;
  }
  if (count == 0) return;
  throw OutputsNotFinite(concat("the outputs of the network are not finite for ", count, " of ",
                                scores.size(), " clips; the first of them is ", clips.paths[first]));
}

}  // namespace

std::optional<Evaluation> evaluate(const models::Network& network, const models::ModelDescription& about,
                                   const ClipList& clips, const ClipReader& reader,
                                   const EvaluateOptions& options) {
  if (about.labels.size() != clips.labels) {
    throw models::ModelError(
        concat("the model has ", about.labels.size(), " labels, the data set has ", clips.labels));
  }
  std::vector<models::Scores> scores(clips.size());
  std::vector<ChunkLosses> losses(clips.size());
  std::optional<StepExamples> steps;
  if (clips.has_times()) steps.emplace(clips, options.rule, network);
  Evaluation result;
  result.has_steps = steps.has_value();
  double loss = 0;         // sum over clips
  std::size_t scored = 0;  // clips
  const bool is_song_level = options.level == Level::song;
  std::vector<models::Scores> chunk_scores(is_song_level ? 0
                                                         : clips.size());  // of each clip [chunks, labels]
  models::ChunkScorer scorer(
      network, about, options.device, options.batch, options.aggregate,
      [&](std::size_t clip, const models::Scores& clip_scores) {
        scores[clip] = clip_scores;
        if (!steps) return;
        const ClipSteps examples = steps->take(clip);
        if (examples.count == 0) return;
        ++scored;
        add_steps(result, clips.rows[clip], examples, about);
        if (options.loss) loss += options.loss(examples.logits, examples.targets);
      },
      [&](std::size_t clip, std::span<const float> logits) {
        if (steps) return steps->add(clip, logits);
        if (!is_song_level) add_scores(chunk_scores[clip], about.output, logits);
        if (!options.loss) return;
        losses[clip].sum += options.loss(logits, clips.target(clip));
        ++losses[clip].count;
      },
      steps ? models::LogitsOf::steps : models::LogitsOf::chunks);

  ClipsAhead ahead(clips, reader, options.rule, options.workers);
  const auto add_problem = [&](std::vector<ClipProblem>& problems, std::size_t clip,
                               const std::string& reason) {
    if (!reason.empty()) problems.push_back({clips.rows[clip], clips.paths[clip], reason});
  };
  for (std::size_t clip = 0; clip < clips.size(); ++clip) {
    const auto keep_going = [&] {
      if (options.progress && !options.progress(clip, clips.size())) throw Stopped();
      return true;
    };
    try {
      keep_going();
      const ClipsAhead::Passed passed =
          ahead.next([&](std::span<const float> chunk) { scorer.add(clip, chunk); }, keep_going);
      add_problem(result.unreadable, clip, passed.error);
      add_problem(result.damaged, clip, passed.warning);
      if (passed.error.empty()) {
        if (steps) steps->set_length(clip, passed.samples);
        scorer.end_clip(clip);
      } else {
        scorer.drop_clip(clip);
        if (steps) steps->drop(clip);
      }
    } catch (const Stopped&) {
      return std::nullopt;
    }
  }
  scorer.flush();

  require_finite(scores, clips);
  for (std::size_t clip = 0; clip < clips.size(); ++clip) {
    if (scores[clip].empty()) continue;
    if (steps) continue;  // added as soon as they were complete
    ++scored;
    const models::Scores& examples = is_song_level ? scores[clip] : chunk_scores[clip];
    result.scores.insert(result.scores.end(), examples.begin(), examples.end());
    for (std::size_t at = 0; at < examples.size(); at += clips.labels) {
      result.rows.push_back(clips.rows[clip]);
      result.targets.insert(result.targets.end(), clips.target(clip).begin(), clips.target(clip).end());
    }
    if (options.loss) loss += losses[clip].sum / static_cast<double>(losses[clip].count);
  }
  if (options.loss && scored > 0) result.loss = loss / static_cast<double>(scored);
  add_metrics(result, about);
  return result;
}

}  // namespace sonograd::train
