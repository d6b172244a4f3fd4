#include "train/run/trainer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "kernels/core/launch.h"
#include "kernels/core/profile.h"
#include "models/core/model_error.h"
#include "models/core/weights.h"
#include "models/tagging/step_places.h"
#include "tensor/io/read_error.h"
#include "tensor/io/safetensors.h"
#include "train/data/data_error.h"
#include "train/data/effects/effect.h"
#include "train/eval/embedding_evaluator.h"
#include "train/eval/thresholds.h"
#include "train/run/json_entry.h"

namespace sonograd::train {
namespace {

std::int64_t steps_per_epoch(const Settings& settings, const TrainingData& data) {
  const auto batch = static_cast<std::size_t>(settings.train.batch);
  return static_cast<std::int64_t>(epoch_batches(data.train.size(), batch, 0, 0).size());
}

/// Clips in the cache are only copied; others are decoded.
int reading_threads(const ClipReader& reader) {
  return reader.is_cached() ? 1 : kernels::threads();
}

/// Effects take longer than a step of a small network.
int preparing_threads(const ClipReader& reader, const ExampleRule& rule) {
  return has_effects(rule.effects) ? kernels::threads() : reading_threads(reader);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The entry of the metrics of a model.
nlohmann::json scores_of(const Evaluation& validation) {
  nlohmann::json scores = {{"loss", *validation.loss}};
  if (const auto& retrieval = validation.retrieval) {
    for (std::size_t k = 0; k < kRecallAt.size(); ++k)
      scores[concat("recall_", kRecallAt[k])] = or_null(retrieval->recall[k]);
    scores["triplet_accuracy"] = or_null(retrieval->triplet_accuracy);
    return scores;
  }
  scores["roc_auc"] = or_null(validation.roc_auc());
  scores["pr_auc"] = or_null(validation.pr_auc());
  scores["accuracy"] = or_null(validation.accuracy());
  return scores;
}

}  // namespace

Trainer::Trainer(const Settings& settings, const TrainingData& data, models::ModelDraft& model, Device device,
                 const RunFolder& folder, RunObserver& observer)
    : settings_(settings),
      data_(data),
      model_(model),
      device_(device),
      folder_(folder),
      observer_(observer),
      objective_(settings, data.labels, data.train, device),
      optimizer_(*model.network, settings.optim),
      rates_(settings, steps_per_epoch(settings, data)),
      step_(*model.network, objective_, optimizer_, settings, device) {
  state_.threads = kernels::threads();
  state_.data_hash = data.hash;
  state_.skipped = data.skipped;
}

void Trainer::restore(const Checkpoint& checkpoint) {
  require_same_run(checkpoint);
  models::load_state(*model_.network, checkpoint.model.tensors);
  std::vector<std::string> outputs = std::move(model_.about.outputs);  // not in checkpoints of format 1
  model_.about = models::from_metadata(checkpoint.model.metadata);
  model_.about.outputs = std::move(outputs);
  optimizer_.restore(checkpoint.optimizer);
  rates_.restore(checkpoint.state.plateau);
  state_ = checkpoint.state;
  best_ = checkpoint.best;
}

void Trainer::require_same_run(const Checkpoint& checkpoint) const {
  const models::ModelDescription about = models::from_metadata(checkpoint.model.metadata);
  if (about.arch != model_.about.arch || about.options != model_.about.options ||
      about.labels != model_.about.labels)
    throw models::ModelError("its network, options or labels are not those of the run");
  const RunState& state = checkpoint.state;
  const std::int64_t steps = steps_per_epoch(settings_, data_);
  if (state.epoch > settings_.train.epochs || state.batch > steps ||
      state.step != state.epoch * steps + state.batch || (state.examples > 0) != (state.batch > 0)) {
    throw models::ModelError(concat("epoch ", state.epoch, ", batch ", state.batch, ", step ", state.step,
                                    " and ", state.examples, " examples do not belong together in a run of ",
                                    settings_.train.epochs, " epochs of ", steps, " batches"));
  }
}

bool Trainer::run() {
  run_begin_ = Clock::now();
  first_step_ = state_.step;
  events_.emplace(folder_.path(), state_.step);
  bool goes_on = true;
  while (goes_on && !is_finished()) {
    epoch_begin_ = Clock::now();
    epoch_waited_ = 0;
    if (state_.batch == 0) begin_phase();
    goes_on = train_epoch() && end_epoch();
    waited_ += epoch_waited_;
  }
  seconds_ = seconds_since(run_begin_);
  return is_finished();
}

bool Trainer::is_finished() const {
  const auto& train = settings_.train;
  const bool is_stuck = train.patience > 0 && state_.best_loss && state_.epoch >= train.min_epochs &&
                        state_.epoch - state_.best_epoch >= train.patience;
  return state_.epoch >= train.epochs || (is_stuck && state_.batch == 0);
}

void Trainer::begin_phase() {
  const std::optional<Phase> phase = rates_.phase_from(state_.epoch);
  if (!phase) return;
  if (phase->sgd) optimizer_.use(kernels::OptimizerRule::sgd);
  if (phase->reload_best && best_) models::load_state(*model_.network, best_->tensors);
}

ExampleRule Trainer::example_rule() const {
  return {.seed = static_cast<std::uint64_t>(settings_.train.seed),
          .samples = model_.network->input().samples,
          .pad = model_.about.pad,
          .shift = settings_.augment.shift,
          .steps = data_.train.has_times() ? models::steps_of(*model_.network) : 0,
          .mixup = settings_.augment.mixup,
          .chunks = settings_.train.chunks,
          .sample_rate = data_.reader.sample_rate(),
          .effects = settings_.augment,
          .triplets = data_.triplets.get(),
          .share_negatives = settings_.triplet.mining != TripletMining::random};
}

Batch Trainer::next_batch(Batcher& labelled, UnlabelledBatches* unlabelled) {
  Batch batch = labelled.next();
  if (unlabelled == nullptr) return batch;
  Batch others = unlabelled->next();
  note_lost(others.lost, "another clip takes its place");
  data_.teacher->label(others);
  append_from_teacher(batch, others);
  return batch;
}

bool Trainer::train_epoch() {
  model_.network->train(true);
  ExampleRule rule = example_rule();
  std::optional<UnlabelledBatches> unlabelled;
  if (data_.teacher) {
    ExampleRule noisy = rule;
    noisy.mixup = 0;
    noisy.keep_clean = true;
    unlabelled.emplace(data_.unlabelled, data_.reader, noisy,
                       static_cast<std::size_t>(settings_.student.batch), state_.step,
                       preparing_threads(data_.reader, noisy));
    if (settings_.augment.effects_on == EffectsOn::automatic) rule.effects = {};
  }
  Batcher batcher(data_.train, data_.reader, rule, static_cast<std::size_t>(settings_.train.batch),
                  static_cast<std::uint32_t>(state_.epoch), static_cast<std::size_t>(state_.batch),
                  preparing_threads(data_.reader, rule));
  const auto batches = static_cast<std::int64_t>(batcher.batches());
  const double checkpoint_seconds = 60 * settings_.train.checkpoint_minutes;
  Clock::time_point last_save = Clock::now();
  first_examples_ = state_.examples;
  const bool is_whole = state_.batch == 0;
  bool has_label = !data_.train.has_times() || data_.train.task == Task::multi_label;
  while (state_.batch < batches) {
    const Batch batch =
        kernels::in_phase("load", [&] { return next_batch(batcher, unlabelled ? &*unlabelled : nullptr); });
    epoch_waited_ = batcher.waited() + (unlabelled ? unlabelled->waited() : 0);
    note_lost(batch.lost, "another clip takes its place");
    has_label = has_label || std::ranges::any_of(batch.targets, [](float z) { return z > 0; });
    const double loss = step_.run(batch, state_.step, rates_.at(state_.step));
    if (!std::isfinite(loss)) {
      throw Error(concat("the training loss is ", loss, " at step ", state_.step + 1, " of epoch ",
                         state_.epoch + 1, "; a lower optim.lr or optim.clip_norm = 1 may help"));
    }
    state_.loss_sum += loss * static_cast<double>(batch.size());
    state_.examples += static_cast<std::int64_t>(batch.size());
    ++state_.batch;
    ++state_.step;
    report_step(batches);
    const bool goes_on = observer_.keep_going();
    const bool is_due = checkpoint_seconds > 0 && seconds_since(last_save) >= checkpoint_seconds;
    if (!goes_on || (is_due && state_.batch < batches)) {
      save();
      last_save = Clock::now();
    }
    if (!goes_on) return false;
  }
  if (is_whole && !has_label)
    throw DataError(
        "no step of the training clips has a label: their segments lie behind the ends of the clips, or are "
        "short");
  return true;
}

void Trainer::report_step(std::int64_t batches) {
  const double epoch_seconds = seconds_since(epoch_begin_);
  const double run_seconds = seconds_ = seconds_since(run_begin_);
  const std::int64_t steps_left = rates_.total_steps() - state_.step;
  observer_.on_step(
      {.epoch = state_.epoch + 1,
       .epochs = settings_.train.epochs,
       .batch = state_.batch,
       .batches = batches,
       .step = state_.step,
       .steps = rates_.total_steps(),
       .loss = state_.loss_sum / static_cast<double>(state_.examples),
       .lr = rates_.at(state_.step - 1).lr,
       .examples_per_second = static_cast<double>(state_.examples - first_examples_) / epoch_seconds,
       .wait_share = epoch_waited_ / epoch_seconds,
       .seconds_left =
           run_seconds * static_cast<double>(steps_left) / static_cast<double>(state_.step - first_step_)});
}

bool Trainer::end_epoch() {
  const std::optional<Evaluation> validation = validate();
  if (!validation && data_.valid.size() > 0) {
    save();
    return false;
  }
  const double train_loss = state_.loss_sum / static_cast<double>(state_.examples);
  EpochReport report{.epoch = ++state_.epoch,
                     .step = state_.step,
                     .train_loss = train_loss,
                     .lr = rates_.at(state_.step - 1).lr};
  if (validation) {
    report.valid_loss = validation->loss;
    report.valid_roc_auc = validation->roc_auc();
    report.valid_pr_auc = validation->pr_auc();
    report.valid_accuracy = validation->accuracy();
    if (validation->retrieval) {
      report.valid_recall = validation->retrieval->recall;
      report.valid_triplet_accuracy = validation->retrieval->triplet_accuracy;
    }
  }
  rates_.observe(report.valid_loss.value_or(train_loss));
  report.is_best = select_best(validation);
  report.seconds = seconds_since(epoch_begin_);
  report.wait_share = epoch_waited_ / report.seconds;
  events_->append(report);
  folder_.append_metrics(report);
  state_.batch = 0;
  state_.examples = 0;
  state_.loss_sum = 0;
  state_.plateau = rates_.plateau();
  save();
  observer_.on_epoch(report);
  return observer_.keep_going();
}

std::optional<Evaluation> Trainer::validate() {
  if (data_.valid.size() == 0) return std::nullopt;
  model_.network->train(false);
  std::optional<Evaluation> result = evaluate_valid();
  if (result) note_lost(result->unreadable, "it does not count in the validation");
  return result;
}

std::optional<Evaluation> Trainer::evaluate_valid() try {
  const EvaluateOptions options = {
      .rule = models::ChunkRule::of(model_.about, model_.network->input()),
      .aggregate = model_.about.aggregate,
      .device = device_,
      .batch = settings_.train.batch,
      .workers = reading_threads(data_.reader),
      .loss = [this](auto logits, auto targets) { return objective_.validation_loss(logits, targets); },
      .progress =
          [this](std::size_t done, std::size_t total) {
            observer_.on_validate(done, total);
            return observer_.keep_going();
          }};
  if (const auto metric = MetricRecord::of(settings_))
    return evaluate_embedding(*model_.network, *metric, data_.valid, data_.reader, options);
  return evaluate(*model_.network, model_.about, data_.valid, data_.reader, options);
} catch (const OutputsNotFinite& error) {
  throw Error(concat("validation after epoch ", state_.epoch + 1, ": ", error.what(),
                     "; train anew with a lower optim.lr, or with optim.clip_norm = 1"));
}

void Trainer::note_lost(std::span<const ClipProblem> clips, std::string_view consequence) {
  for (const ClipProblem& clip : clips) {
    if (lost_.emplace(clip.row, clip).second) observer_.on_warning(concat(clip.reason, "; ", consequence));
  }
}

// Writes best.safetensors when this epoch is the one to keep: the lowest validation loss, or the last.
bool Trainer::select_best(const std::optional<Evaluation>& validation) {
  if (validation) {
    if (validation->clips() == 0)
      throw io::ReadError(validation->has_steps ? "no validation clip can be read that has a labelled step"
                                                : "no validation clip can be read any more");
    if (!validation->loss) throw io::ReadError("the validation clips that can be read give no triplets");
    if (state_.best_loss && !(*validation->loss < *state_.best_loss)) return false;
    state_.best_loss = validation->loss;
    set_entry(model_.about.metrics, "valid", scores_of(*validation));
    if (model_.about.output == models::Output::sigmoid && !validation->retrieval)
      model_.about.thresholds = best_thresholds(*validation);
  }
  state_.best_epoch = state_.epoch;
  set_entry(model_.about.training, "epoch", state_.epoch);
  io::TensorFile file = snapshot(model_);
  io::write_safetensors(folder_.best(), file);
  if (validation) best_ = std::move(file);
  return true;
}

void Trainer::save() const {
  save_checkpoint(folder_.checkpoint(), {snapshot(model_), optimizer_.state(), state_, best_});
}

}  // namespace sonograd::train
