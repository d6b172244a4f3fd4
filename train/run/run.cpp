#include "train/run/run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <string_view>

#include "autograd/tape.h"
#include "kernels/core/choose_precision.h"
#include "kernels/core/launch.h"
#include "layers/random_scope.h"
#include "models/core/label_lists.h"
#include "models/core/model_error.h"
#include "tensor/support/memory_limit.h"
#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/effects/effect.h"
#include "train/data/prepare/description.h"
#include "train/data/split_file.h"
#include "train/run/model_setup.h"
#include "train/run/new_run.h"
#include "train/run/requirements.h"
#include "train/run/resumable.h"
#include "train/run/trainer.h"
#include "train/run/triplet_setup.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// Sets the choices of the whole process, and replaces `auto`, 0 and the precision in the settings by the actual values.
Device set_environment(Settings& settings) {
  const Device device = Device::parse(settings.train.device);
  if (settings.train.threads > 0) kernels::set_threads(static_cast<int>(settings.train.threads));
  settings.train.precision = kernels::choose_precision(name_of(settings.train.precision), device);
  settings.train.threads = kernels::threads();
  settings.train.device = device.name();
  return device;
}

/// Paths that mean the same from any working directory, and in a later session.
void make_paths_absolute(Settings& settings) {
  for (std::string* const path : {&settings.data.dir, &settings.data.labels, &settings.train.init,
                                  &settings.student.teacher, &settings.student.unlabelled}) {
    const bool is_list = path == &settings.data.labels && models::find_label_list(*path) != nullptr;
    if (path->empty() || is_list) continue;
    if (*path == "-") {
      throw ConfigError(
          "data.dir, data.labels, train.init, student.teacher and student.unlabelled: expected files, got -: "
          "a run that is resumed reads them again");
    }
    *path = fs::absolute(*path).lexically_normal().string();
  }
}

/// A hash of clips, targets and labels.
std::string hash_of(const Dataset& dataset, const ClipList& train, const ClipList& valid) {
  std::string text = format_split(dataset.table, {train.rows, valid.rows, {}});
  for (const std::string& label : dataset.labels.names()) text += label + '\n';
  for (const ClipList* const clips : {&train, &valid}) {
    text.append(reinterpret_cast<const char*>(clips->targets.data()), clips->targets.size() * sizeof(float));
    for (const LabelTimes& times : clips->times) text += to_text(times);
  }
  std::ostringstream hexadecimal;
  hexadecimal << std::hex << split_hash(text);
  return hexadecimal.str();
}

/// Reads all clips once; nothing when the observer stops that.
std::optional<Inspection> inspect_clips(const Dataset& dataset, const ClipReader& reader,
                                        RunObserver& observer) {
  bool stopped = false;
  Inspection seen = inspect(dataset, reader, kernels::threads(), [&](std::size_t done, std::size_t total) {
    observer.on_prepare(done, total);
    stopped = !observer.keep_going() && done < total;
    return !stopped;
  });
  if (!seen.unreadable.empty()) {
    observer.on_warning(concat(counted(seen.unreadable.size(), "clip"), " skipped that cannot be read: ",
                               seen.unreadable.front().reason, seen.unreadable.size() > 1 ? ", …" : ""));
  }
  for (const ClipProblem& clip : seen.damaged) observer.on_warning(concat(clip.path, ": ", clip.reason));
  if (stopped) return std::nullopt;
  return seen;
}

std::vector<std::size_t> rows_of(std::span<const ClipProblem> clips) {
  std::vector<std::size_t> rows;
  for (const ClipProblem& clip : clips) rows.push_back(clip.row);
  return rows;
}

TrainingData training_data(const Dataset& dataset, const ClipReader& reader,
                           std::vector<std::size_t> skipped) {
  ClipList train = dataset.clips(rows_without(dataset.split.train, skipped));
  ClipList valid = dataset.clips(rows_without(dataset.split.valid, skipped));
  // Batch normalisation needs two examples.
  require_clips(train, "train", 2);
  if (!dataset.split.valid.empty()) require_clips(valid, "valid", 1);
  std::string hash = hash_of(dataset, train, valid);
  return {dataset.labels, std::move(train), std::move(valid), reader, std::move(hash), std::move(skipped)};
}

void warn_of_data(const TrainingData& data, const Inspection& seen, RunObserver& observer) {
  const auto warn_of_one_class = [&](const ClipList& clips, std::string_view part) {
    const std::size_t count = clips.one_class_labels();
    if (clips.size() == 0 || count == 0) return;
    observer.on_warning(concat(count, " of ", counted(clips.labels, "label"), count == 1 ? " has" : " have",
                               " one class only in the ", part, " split and ",
                               count == 1 ? "counts" : "count", " in no mean over labels"));
  };
  warn_of_one_class(data.train, "train");
  warn_of_one_class(data.valid, "valid");
  if (seen.clipped > 0) {
    observer.on_warning(concat(counted(static_cast<std::size_t>(seen.clipped), "sample"),
                               " outside the range of 16 bits clipped"));
  }
}

void run_on_silence(const models::Network& network, std::int64_t samples, Device device) {
  const NoGrad nothing_is_learned;
  network.logits(Variable(network.features(Tensor::zeros({1, samples}, DType::f32, device))));
}

/// Runs the network once on `device`. Throws ConfigError when it cannot train on one example and `batch` is 1.
void try_out(models::ModelDraft& model, Device device, std::int64_t batch) {
  const std::int64_t samples = model.network->input().samples;
  model.network->train(false);
  run_on_silence(*model.network, samples, device);
  if (batch > 1) return;
  // Training moves the running statistics, so it is tried on another network.
  models::ModelDraft other = models::make_model(model.about);
  other.network->to(device);
  other.network->train(true);
  try {
    run_on_silence(*other.network, samples, device);
  } catch (const ShapeError& error) {
    throw ConfigError(concat("train.batch = 1 does not suit ", model.about.arch,
                             ", which requires at least 2: ", error.what()));
  }
}

/// The steps that starting and resuming share.
class Session {
 public:
  /// `folder` must outlive the session.
  Session(Settings settings, const RunFolder& folder, RunObserver& observer)
      : settings_(std::move(settings)),
        folder_(folder),
        observer_(observer),
        device_(set_environment(settings_)) {}

  /// Prepares everything up to the first step; writes nothing, and reads the clips last. `split_file`: the split of an
  /// earlier session; empty: by the rule of the settings. `checkpoint` may be null. False when the observer stopped it.
  bool prepare(const fs::path& split_file, const Checkpoint* checkpoint) {
    dataset_ = split_file.empty() ? Dataset::open(settings_) : Dataset::open(settings_, split_file);
    for (const std::string& sentence : dataset_->warnings()) observer_.on_warning(sentence);
    if (checkpoint == nullptr) require_two_classes(*dataset_);
    check_effects(settings_.augment);
    require_teacher();
    make_model(checkpoint == nullptr);
    require_suitable(*model_->network, settings_, dataset_->labels);
    Objective(settings_, dataset_->labels,
              dataset_->clips(dataset_->split.train));  // throws for settings that do not fit
    if (checkpoint == nullptr) initialise();
    if (settings_.data.pcm == models::Pcm::int16) cache_ = PcmCache::open(settings_.data.cache_max);
    const ClipReader reader(
        static_cast<int>(model_->network->input().sample_rate), model_->about.pcm, cache_.get(),
        audio::LoadLimits::shared_by(clips_at_a_time(kernels::threads()), memory_limit() / 2));
    inspection_ = inspect_clips(*dataset_, reader, observer_);
    if (!inspection_) return false;
    if (cache_ && !cache_->warning().empty()) observer_.on_warning(cache_->warning());
    data_ = training_data(*dataset_, reader,
                          checkpoint ? checkpoint->state.skipped : rows_of(inspection_->unreadable));
    warn_of_data(*data_, *inspection_, observer_);
    const std::string resampled = resampling_warning(dataset_->table.folder(), reader.sample_rate());
    if (!resampled.empty()) observer_.on_warning(resampled);
    if (settings_.loss.name == LossKind::triplet) {
      data_->triplets = triplet_sampler(settings_, *model_, device_, *data_, observer_);
      if (!data_->triplets) return false;
    }
    record_data(*model_, data_->hash);
    if (!settings_.student.teacher.empty()) add_teacher();
    trainer_.emplace(settings_, *data_, *model_, device_, folder_, observer_);
    if (checkpoint) restore(*checkpoint);
    return true;
  }

  /// Throws Error when the system allows fewer threads than the run was started with.
  void require_threads(std::int64_t threads) const {
    if (settings_.train.threads >= threads) return;
    throw Error(concat("the run was started with ", counted(static_cast<std::size_t>(threads), "thread"),
                       " and sums depend on that; the system allows ", settings_.train.threads,
                       " (ulimit -u, OMP_THREAD_LIMIT)"));
  }
  void publish(NewRun& run) const { run.publish(settings_, dataset_->table, dataset_->split); }
  void write_split() const { train::write_split(folder_.split(), dataset_->table, dataset_->split); }

  RunResult train(const RunRequest& request) {
    RunRecord record(folder_.record(), request);
    record.set_environment(device_.name(), kernels::threads(),
                           std::string(name_of(settings_.train.precision)));
    record.set_data(*inspection_);
    record.write();
    const RunState& state = trainer_->state();
    const std::int64_t first_step = state.step;
    const auto write_outcome = [&](std::string_view outcome) {
      record.set_unreadable(unreadable());
      record.finish(outcome, trainer_->seconds(), trainer_->waited() / std::max(trainer_->seconds(), 1e-9),
                    state.step - first_step);
      record.write();
    };
    bool finished = false;
    try {
      finished = trainer_->run();
    } catch (const std::exception& error) {
      observer_.on_failure(folder_.path());
      try {
        record.set_error(error.what());
        write_outcome("failed");
      } catch (const IoError&) {  // the first error is the one to report
      }
      throw;
    }
    write_outcome(finished ? "finished" : "stopped");
    return {finished, unreadable(), state.epoch, state.best_epoch, state.best_loss, trainer_->seconds()};
  }

 private:
  void make_model(bool is_new) {
    const layers::RandomScope initial_values(static_cast<std::uint64_t>(settings_.train.seed), 0);
    model_ = models::make_model(describe_model(settings_, dataset_->labels, is_new));
    model_->network->to(device_);
    // The three chunks of a triplet are examples to the network.
    const bool has_triplets = settings_.loss.name == LossKind::triplet;
    try_out(*model_, device_, (has_triplets ? 3 : 1) * settings_.train.batch);
  }
  /// Starts from the weights that the settings name.
  void initialise() {
    if (settings_.train.init.empty()) return;
    const auto [prefix, remark] = initialise_from(*model_, settings_.train.init);
    if (!prefix.empty()) {
      observer_.on_warning(
          concat(settings_.train.init, ": the tensors are under '", prefix, "', which is removed"));
    }
    if (!remark.empty()) observer_.on_partial_start(concat(settings_.train.init, ": ", remark));
  }
  /// Throws ConfigError for a teacher without clips or clips without a teacher, and DataError when its file is not there.
  void require_teacher() const {
    const Settings::Student& student = settings_.student;
    if (student.teacher.empty() != student.unlabelled.empty()) {
      throw ConfigError(student.teacher.empty()
                            ? "student.unlabelled: expected a teacher for these clips; give it with --teacher"
                            : "student.teacher: expected clips without labels; give them with --unlabelled");
    }
    std::error_code ignored;
    if (!student.teacher.empty() && !fs::exists(teacher_file(student.teacher), ignored)) {
      throw DataError(concat(student.teacher, ": the teacher of the run is not there; expected a model file ",
                             "or a run folder"));
    }
  }
  void add_teacher() {
    data_->unlabelled = unlabelled_clips(settings_.student.unlabelled);
    data_->teacher = std::make_unique<Teacher>(teacher_file(settings_.student.teacher), *model_,
                                               settings_.student.targets, device_);
    record_teacher(*model_, {data_->teacher->hash(), hash_of_names(data_->unlabelled)});
  }
  /// Throws DataError when teacher or unlabelled clips are not those of the checkpoint.
  void require_same_teacher(const models::ModelDescription& stored) const {
    const TeacherRecord then = teacher_record(stored), now = teacher_record(model_->about);
    if (then.model != now.model) {
      throw DataError(concat(settings_.student.teacher,
                             ": expected the teacher that the run began with, of the ", "hash ", then.model,
                             "; this file has ", now.model));
    }
    if (then.clips != now.clips) {
      throw DataError(concat(settings_.student.unlabelled,
                             ": the clips are not those that the run began with; their names differ"));
    }
  }
  void restore(const Checkpoint& checkpoint) {
    if (checkpoint.state.data_hash != data_->hash) {
      throw DataError(concat(settings_.data.dir, ": the clips or their labels are not those of ",
                             folder_.checkpoint().string()));
    }
    if (data_->teacher) require_same_teacher(models::from_metadata(checkpoint.model.metadata));
    try {
      trainer_->restore(checkpoint);
      model_->about.filter_bank = models::from_metadata(checkpoint.model.metadata).filter_bank;
    } catch (const FormatError& error) {
      throw models::ModelError(concat(folder_.checkpoint().string(), ": ", error.what()));
    }
  }
  /// Clips that could not be read, before training or during it, in the order of the table.
  std::vector<ClipProblem> unreadable() const {
    std::map<std::size_t, ClipProblem> clips = trainer_->lost();
    for (const ClipProblem& clip : inspection_->unreadable) clips.insert_or_assign(clip.row, clip);
    std::vector<ClipProblem> in_order;
    for (const auto& [row, clip] : clips) in_order.push_back(clip);
    return in_order;
  }

  Settings settings_;
  const RunFolder& folder_;
  RunObserver& observer_;
  Device device_;
  std::optional<Dataset> dataset_;
  std::unique_ptr<PcmCache> cache_;
  std::optional<Inspection> inspection_;
  std::optional<TrainingData> data_;
  std::optional<models::ModelDraft> model_;
  std::optional<Trainer> trainer_;
};

void check_threads(const Settings& settings, int threads) {
  if (threads == 0 || threads == settings.train.threads) return;
  throw ConfigError(concat("the run was started with ",
                           counted(static_cast<std::size_t>(settings.train.threads), "thread"),
                           " and sums depend on that; ", "resume it without --threads, not with ", threads));
}

/// Settings for a data set that is now at `folder`. A label file inside of it has moved, too.
void move_data(Settings& settings, const fs::path& folder) {
  const fs::path labels = fs::path(settings.data.labels).lexically_relative(settings.data.dir);
  const bool is_inside = !settings.data.labels.empty() && !labels.empty() && *labels.begin() != "..";
  settings.data.dir = folder.string();
  if (is_inside) settings.data.labels = (folder / labels).string();
  make_paths_absolute(settings);
}

}  // namespace

RunResult start_run(const Settings& settings, const fs::path& folder, const RunRequest& request,
                    RunObserver& observer) {
  const RunFolder run(folder);
  NewRun reserved(run);
  Settings resolved = settings;
  make_paths_absolute(resolved);
  Session session(std::move(resolved), run, observer);
  if (!session.prepare({}, nullptr)) return {};
  session.publish(reserved);
  return session.train(request);
}

RunResult resume_run(const fs::path& folder, const Resumption& changes, const RunRequest& request,
                     RunObserver& observer) {
  const RunFolder run(folder);
  const io::OwnerLock owner = io::OwnerLock::of_folder(folder);
  Settings settings = run.settings();
  check_threads(settings, changes.threads);
  const bool has_moved = !changes.data.empty();
  if (has_moved) move_data(settings, changes.data);
  std::error_code ignored;
  if (!has_moved && !fs::exists(settings.data.dir, ignored)) {
    throw DataError(
        concat(settings.data.dir, ": the data set of the run is not there; give its place with --data"));
  }
  std::optional<Checkpoint> checkpoint;
  if (has_checkpoint(run)) {
    checkpoint = load_checkpoint(run.checkpoint());
  } else {
    observer.on_warning(concat(folder.string(), ": has no checkpoint yet; the run starts again"));
  }
  Session session(settings, run, observer);
  session.require_threads(settings.train.threads);
  const fs::path split = fs::exists(run.split()) ? run.split() : fs::path();
  if (!session.prepare(split, checkpoint ? &*checkpoint : nullptr)) return {};
  if (has_moved) run.write_settings(settings);
  if (!checkpoint) {
    session.write_split();
  } else if (restore_best(run, *checkpoint)) {
    observer.on_warning(concat(run.best().string(), ": written again, from ", run.checkpoint().string()));
  }
  run.keep_metrics(checkpoint ? checkpoint->state.epoch : 0);
  return session.train(request);
}

}  // namespace sonograd::train
