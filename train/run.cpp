#include "train/run.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <string_view>

#include "autograd/tape.h"
#include "kernels/core/context.h"
#include "kernels/core/launch.h"
#include "layers/random_scope.h"
#include "models/core/label_lists.h"
#include "train/data_error.h"
#include "train/model_setup.h"
#include "train/split_file.h"
#include "train/trainer.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

/// Sets what is one for the whole process, and writes what `auto` and 0 stand for into the settings.
Device set_environment(Settings& settings) {
  const Device device = Device::parse(settings.train.device);
  if (settings.train.threads > 0) kernels::set_threads(static_cast<int>(settings.train.threads));
  kernels::set_precision(kernels::parse_precision(settings.train.precision));
  settings.train.threads = kernels::threads();
  settings.train.device = device.name();
  return device;
}

/// Paths that mean the same from any working directory, and in a later session.
void make_paths_absolute(Settings& settings) {
  for (std::string* const path : {&settings.data.dir, &settings.data.labels, &settings.train.init}) {
    const bool is_list = path == &settings.data.labels && models::find_label_list(*path) != nullptr;
    if (path->empty() || is_list) continue;
    if (*path == "-") {
      throw ConfigError(
          "data.dir, data.labels and train.init want files, not -: a run that is resumed reads them again");
    }
    *path = fs::absolute(*path).lexically_normal().string();
  }
}

/// Null when decoded clips are not to be kept.
std::unique_ptr<PcmCache> open_cache(const Settings::Data& data) {
  const auto bytes = static_cast<std::uint64_t>(data.cache_max * static_cast<double>(kGiB));
  if (data.pcm != "int16" || bytes == 0) return nullptr;
  return std::make_unique<PcmCache>(PcmCache::default_folder(), bytes);
}

/// Tells two sets of clips, targets and labels apart.
std::string hash_of(const Dataset& dataset, const ClipList& train, const ClipList& valid) {
  std::string text = format_split(dataset.table, {train.rows, valid.rows, {}});
  for (const std::string& label : dataset.labels.names()) text += label + '\n';
  for (const ClipList* const clips : {&train, &valid}) {
    text.append(reinterpret_cast<const char*>(clips->targets.data()), clips->targets.size() * sizeof(float));
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
  for (const UnreadableClip& clip : seen.unreadable) {
    observer.on_warning(concat("skipped ", clip.reason));
  }
  if (stopped) return std::nullopt;
  return seen;
}

void require_clips(const ClipList& clips, std::string_view part, std::size_t least) {
  if (clips.size() < least) {
    throw DataError(concat("the ", part, " split has ", clips.size(), " readable clips, at least ", least,
                           " are needed"));
  }
}

TrainingData training_data(const Dataset& dataset, const Inspection& seen, const ClipReader& reader) {
  ClipList train = dataset.clips(readable_rows(dataset.split.train, seen));
  ClipList valid = dataset.clips(readable_rows(dataset.split.valid, seen));
  // Batch normalisation needs two examples.
  require_clips(train, "train", 2);
  if (!dataset.split.valid.empty()) require_clips(valid, "valid", 1);
  std::string hash = hash_of(dataset, train, valid);
  return {dataset.labels, std::move(train), std::move(valid), reader, std::move(hash)};
}

void warn_of_data(const TrainingData& data, const Inspection& seen, RunObserver& observer) {
  const auto warn_of_one_class = [&](const ClipList& clips, std::string_view part) {
    const std::size_t count = clips.one_class_labels();
    if (clips.size() == 0 || count == 0) return;
    observer.on_warning(concat(count, " of ", clips.labels, ' ', name_of(data.labels.task()),
                               count == 1 ? " has" : " have", " one class only in the ", part,
                               " split and count in no mean over labels"));
  };
  warn_of_one_class(data.train, "train");
  warn_of_one_class(data.valid, "valid");
  if (seen.clipped > 0) {
    observer.on_warning(concat(seen.clipped, " samples were beyond what 16 bits hold and were clipped"));
  }
}

/// Throws ConfigError when the chunk length does not suit the network.
void try_out(models::Model& model, Device device) {
  const NoGrad nothing_is_learned;
  const Tensor silence = Tensor::zeros({1, model.about.config.samples}, DType::f32, device);
  model.network->train(false);
  try {
    model.network->logits(Variable(model.network->features(silence)));
  } catch (const ShapeError& error) {
    throw ConfigError(concat("model.samples = ", model.about.config.samples, " does not suit ",
                             model.about.arch, ": ", error.what()));
  }
}

/// What starting and resuming share.
class Session {
 public:
  /// `folder` must outlive the session.
  Session(Settings settings, const RunFolder& folder, RunObserver& observer)
      : settings_(std::move(settings)),
        folder_(folder),
        observer_(observer),
        device_(set_environment(settings_)) {}

  /// Everything up to the first step; writes nothing. `split_file`: of an earlier session; empty: by the rule of the
  /// settings. False when the observer stopped it.
  bool prepare(const fs::path& split_file) {
    dataset_ = split_file.empty() ? Dataset::open(settings_) : Dataset::open(settings_, split_file);
    models::ModelDescription about = describe_model(settings_, dataset_->labels);
    cache_ = open_cache(settings_.data);
    const ClipReader reader(static_cast<int>(about.config.sample_rate), about.pcm, cache_.get());
    inspection_ = inspect_clips(*dataset_, reader, observer_);
    if (!inspection_) return false;
    if (cache_ && !cache_->warning().empty()) observer_.on_warning(cache_->warning());
    data_ = training_data(*dataset_, *inspection_, reader);
    warn_of_data(*data_, *inspection_, observer_);
    about.training["data"] = data_->hash;
    const layers::RandomScope initial_values(static_cast<std::uint64_t>(settings_.train.seed), 0);
    model_ = models::make_model(std::move(about));
    model_->network->to(device_);
    try_out(*model_, device_);
    trainer_.emplace(settings_, *data_, *model_, device_, folder_, observer_);
    return true;
  }

  /// Starts from the weights that the settings name.
  void initialise() {
    if (settings_.train.init.empty()) return;
    for (const std::string& sentence : initialise_from(*model_, settings_.train.init)) {
      observer_.on_warning(concat(settings_.train.init, ": ", sentence));
    }
  }
  void restore(const Checkpoint& checkpoint) {
    if (checkpoint.state.data_hash != data_->hash) {
      throw DataError(concat(settings_.data.dir,
                             ": the clips that can be read, or their labels, are not those of ",
                             folder_.checkpoint().string()));
    }
    trainer_->restore(checkpoint);
    model_->about.front_end = models::from_metadata(checkpoint.model.metadata).front_end;
  }

  void create_folder() const { folder_.create(settings_); }
  void write_split() const { train::write_split(folder_.split(), dataset_->table, dataset_->split); }

  RunResult train(const RunRequest& request) {
    RunRecord record(folder_.record(), request);
    record.set_environment(device_.name(), kernels::threads(), settings_.train.precision);
    record.set_data(*inspection_);
    record.write();
    const RunState& state = trainer_->state();
    const std::int64_t first_step = state.step;
    const bool finished = trainer_->run();
    record.finish(finished ? "finished" : "stopped", trainer_->seconds(),
                  trainer_->waited() / std::max(trainer_->seconds(), 1e-9), state.step - first_step);
    record.write();
    return {finished, inspection_->unreadable, state.epoch, state.best_epoch, state.best_loss};
  }

 private:
  Settings settings_;
  const RunFolder& folder_;
  RunObserver& observer_;
  Device device_;
  std::optional<Dataset> dataset_;
  std::unique_ptr<PcmCache> cache_;
  std::optional<Inspection> inspection_;
  std::optional<TrainingData> data_;
  std::optional<models::Model> model_;
  std::optional<Trainer> trainer_;
};

void check_threads(const Settings& settings, int threads) {
  if (threads == 0 || threads == settings.train.threads) return;
  throw ConfigError(concat("the run was started with ", settings.train.threads,
                           " threads and sums depend on that; ", "resume it without --threads, not with ",
                           threads));
}

}  // namespace

RunResult start_run(const Settings& settings, const fs::path& folder, const RunRequest& request,
                    RunObserver& observer) {
  const RunFolder run(folder);
  run.require_new();
  Settings resolved = settings;
  make_paths_absolute(resolved);
  Session session(std::move(resolved), run, observer);
  if (!session.prepare({})) return {};
  session.initialise();
  session.create_folder();
  session.write_split();
  return session.train(request);
}

RunResult resume_run(const fs::path& folder, int threads, const RunRequest& request, RunObserver& observer) {
  const RunFolder run(folder);
  Settings settings = run.settings();
  check_threads(settings, threads);
  std::optional<Checkpoint> checkpoint;
  if (fs::exists(run.checkpoint())) checkpoint = load_checkpoint(run.checkpoint());
  Session session(std::move(settings), run, observer);
  if (!session.prepare(fs::exists(run.split()) ? run.split() : fs::path())) return {};
  if (checkpoint) {
    session.restore(*checkpoint);
  } else {
    session.initialise();
    session.write_split();
  }
  run.keep_metrics(checkpoint ? checkpoint->state.epoch : 0);
  return session.train(request);
}

}  // namespace sonograd::train
