#include "train/config/setting_table.h"

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

#include "models/core/value_ranges.h"
#include "tensor/support/error.h"
#include "tensor/support/text.h"
#include "train/config/recipe.h"

namespace sonograd::train {
namespace {

using Train = Settings::Train;
using Data = Settings::Data;
using Optim = Settings::Optim;
using Schedule = Settings::Schedule;
using Augment = Settings::Augment;
using Loss = Settings::Loss;
using Triplet = Settings::Triplet;
using Student = Settings::Student;
using Eval = Settings::Eval;
using Limits = NumberRange;

constexpr Limits kCount{0, 100000};
constexpr Limits kMemory{0, 0.999999};  // decay rate of an exponential mean; with 1 it would never change
constexpr Limits kPositive{1, 100000};
constexpr Limits kRatio{1, 1e12};
constexpr Limits kShare{0, 1};
constexpr Limits kLevel{0, 100};
constexpr Limits kWeight{0, 1000};
constexpr Limits kDecibels{-120, 60};
constexpr Limits kHertz{10, 100000};
constexpr Limits kMilliseconds{0, 60000};

template <class Group, class T>
Group& group_of(Settings& s, T Group::*) {
  return std::get<Group&>(
      std::tie(s.train, s.data, s.optim, s.schedule, s.augment, s.loss, s.triplet, s.student, s.eval));
}

/// The place of a setting: `at<&Optim::lr>` finds `settings.optim.lr`.
template <auto Member>
auto& at(Settings& settings) {
  return group_of(settings, Member).*Member;
}

using Text = std::string_view;

constexpr Setting plain(Text key, Setting::AnyField field, Text help) {
  return {key, field, help};
}

constexpr Setting number(Text key, Setting::AnyField field, Limits limits, Text unit, Text help) {
  return {.key = key, .field = field, .help = help, .limits = limits, .unit = unit};
}

constexpr Setting kSettings[] = {
    plain("train.arch", at<&Train::arch>, "network: a name that `sonograd models` lists"),
    plain("train.recipe", at<&Train::recipe>,
          "preset of the other settings; plain: the defaults, the others: published recipes"),
    plain(
        "train.init", at<&Train::init>,
        "weights to start from (.safetensors, .pth or the last.ckpt of a run); tensors that fit by name and "
        "shape are copied"),
    number("train.epochs", at<&Train::epochs>, kPositive, "epochs", "passes over the training clips"),
    number("train.min_epochs", at<&Train::min_epochs>, kCount, "epochs",
           "earliest epoch after which `patience` may stop the run"),
    number("train.patience", at<&Train::patience>, kCount, "epochs",
           "epochs without a lower validation loss before the run stops; 0: no early stop"),
    number("train.batch", at<&Train::batch>, {1, 65536}, "clips", "examples per step"),
    number("train.chunks", at<&Train::chunks>, {1, 1024}, "chunks",
           "random chunks of a clip in an example, whose loss is that of their mean logits: song level; 1: "
           "instance level"),
    number("train.seed", at<&Train::seed>, {0, 9.2e18}, "", "seed of all random numbers"),
    number("train.label_smoothing", at<&Train::label_smoothing>, kShare, "",
           "share of the target spread over all classes"),
    plain("train.label_weights", at<&Train::label_weights>,
          "weights of the labels in the loss, or of those that triplets are drawn from; balanced: inverse to "
          "their support"),
    number("train.positive_weight", at<&Train::positive_weight>, {0.001, 1000}, "",
           "weight of positive targets, or of the positive part of smoothed ones, in the cross-entropy of "
           "tags; that of negative ones is 1"),
    plain("train.device", at<&Train::device>, "device: auto, cpu, cuda:N or emulated"),
    plain("train.precision", at<&Train::precision>,
          "arithmetic of the kernels: strict (IEEE float32), tf32 or bf16; the cpu computes in strict"),
    plain("train.kernel", at<&Train::kernel>, "OP=VARIANT: kernel of an operation (repeatable)"),
    plain("train.kernels", at<&Train::kernels>,
          "choice of the other kernels; default: the last variant of the table that supports the shape; "
          "fastest: the variants are timed on the first calls, and the result is kept for later runs"),
    number("train.threads", at<&Train::threads>, models::kThreads, "",
           "CPU threads; more than there are cores are slower; 0: all cores"),
    number("train.checkpoint_minutes", at<&Train::checkpoint_minutes>, {0, 1e6}, "minutes",
           "time between checkpoints within an epoch; 0: only after an epoch"),

    plain("data.dir", at<&Data::dir>, "folder with labels.tsv, or with one sub-folder per label"),
    plain("data.task", at<&Data::task>,
          "column to learn: tags (multi-label), label (multi-class) or auto: tags if the table has them"),
    plain("data.split", at<&Data::split>,
          "column with train, valid and test, or COLUMN=VALUE to test on; empty: the column split, else "
          "70/15/15"),
    plain("data.valid", at<&Data::valid>, "none: train on the validation clips too, and keep the last epoch"),
    plain("data.labels", at<&Data::labels>,
          "labels in output order: mtat, msd, jamendo, or a file with one per line; empty: sorted"),
    number("data.min_clips", at<&Data::min_clips>, kCount, "clips",
           "fewest clips of a label; rarer labels are dropped"),
    plain("data.pcm", at<&Data::pcm>, "sample format of decoded clips; float: without the cache"),
    number("data.cache_max", at<&Data::cache_max>, kCount, "GiB",
           "limit of the cache of decoded clips; 0: no cache"),

    plain("optim.name", at<&Optim::name>,
          "optimiser; adamw decays the weights directly, the others add L2 to the gradient"),
    number("optim.lr", at<&Optim::lr>, {0, 100}, "", "learning rate: the highest of the schedule"),
    number("optim.weight_decay", at<&Optim::weight_decay>, {0, 10}, "",
           "weight decay (adamw) or factor of the L2 penalty"),
    number("optim.l1", at<&Optim::l1>, {0, 10}, "", "factor of the L1 penalty"),
    plain("optim.decay_on", at<&Optim::decay_on>,
          "parameters that decay and L1 apply to; kernels: weights of convolutions and linear layers alone"),
    number("optim.beta1", at<&Optim::beta1>, kMemory, "", "Adam: decay rate of the mean gradient"),
    number("optim.beta2", at<&Optim::beta2>, kMemory, "", "Adam: decay rate of the mean squared gradient"),
    number("optim.alpha", at<&Optim::alpha>, kMemory, "", "RMSProp: decay rate of the mean squared gradient"),
    number("optim.eps", at<&Optim::eps>, kShare, "",
           "Adam, RMSProp: added to the root of the mean squared gradient"),
    number("optim.momentum", at<&Optim::momentum>, kMemory, "", "SGD: momentum"),
    plain("optim.nesterov", at<&Optim::nesterov>, "SGD: Nesterov momentum"),
    number("optim.rmsprop_momentum", at<&Optim::rmsprop_momentum>, kMemory, "", "RMSProp: momentum"),
    number("optim.clip_norm", at<&Optim::clip_norm>, kCount, "",
           "limit of the global gradient norm; 0: no clipping"),

    plain("schedule.name", at<&Schedule::name>, "schedule of the learning rate"),
    number("schedule.pct_start", at<&Schedule::pct_start>, kShare, "",
           "one_cycle: share of the steps with a rising rate"),
    number("schedule.div", at<&Schedule::div>, kRatio, "", "one_cycle: highest rate / first rate"),
    number("schedule.final_div", at<&Schedule::final_div>, kRatio, "", "one_cycle: first rate / last rate"),
    plain("schedule.cycle_momentum", at<&Schedule::cycle_momentum>,
          "one_cycle: momentum (beta1) moves against the rate"),
    number("schedule.max_momentum", at<&Schedule::max_momentum>, kShare, "",
           "one_cycle: momentum at both ends"),
    number("schedule.base_momentum", at<&Schedule::base_momentum>, kShare, "",
           "one_cycle: momentum at the highest rate"),
    number("schedule.warmup", at<&Schedule::warmup>, kShare, "",
           "cosine: share of the steps with a linear rise"),
    number("schedule.final_ratio", at<&Schedule::final_ratio>, kShare, "",
           "cosine: last rate / highest rate"),
    number("schedule.factor", at<&Schedule::factor>, kShare, "", "plateau: factor on the rate"),
    number("schedule.patience", at<&Schedule::patience>, kCount, "epochs",
           "plateau: epochs without a lower loss before the rate falls"),
    plain("schedule.reset", at<&Schedule::reset>,
          "plateau: a lower loss starts the count of epochs again; false: only a fall of the rate does"),

    number("augment.freq_masks", at<&Augment::freq_masks>, {0, 64}, "",
           "SpecAugment: frequency bands that are masked"),
    number("augment.freq_width", at<&Augment::freq_width>, kShare, "",
           "SpecAugment: widest masked band, share of all mel bands"),
    number("augment.time_masks", at<&Augment::time_masks>, {0, 64}, "",
           "SpecAugment: time intervals that are masked"),
    number("augment.time_width", at<&Augment::time_width>, kShare, "",
           "SpecAugment: longest masked interval, share of the chunk"),
    number("augment.shift", at<&Augment::shift>, kShare, "",
           "largest circular shift in time, share of the chunk"),
    number("augment.mixup", at<&Augment::mixup>, {0, 100}, "",
           "mixup: alpha of the Beta distribution of the weights; 0: no mixup"),
    number("augment.polarity", at<&Augment::polarity>, kShare, "", "probability of an inverted waveform"),
    number("augment.noise", at<&Augment::noise>, kShare, "", "probability of white noise"),
    number("augment.noise_min", at<&Augment::noise_min>, kLevel, "",
           "least level of the noise, share of the standard deviation of the example"),
    number("augment.noise_max", at<&Augment::noise_max>, kLevel, "", "greatest level of the noise"),
    number("augment.gain", at<&Augment::gain>, kShare, "", "probability of another level"),
    number("augment.gain_min", at<&Augment::gain_min>, kDecibels, "dB", "least change of the level"),
    number("augment.gain_max", at<&Augment::gain_max>, kDecibels, "dB", "greatest change of the level"),
    number("augment.filter", at<&Augment::filter>, kShare, "",
           "probability of a filter: high-pass or low-pass, each in half of the cases"),
    number("augment.highpass_min", at<&Augment::highpass_min>, kHertz, "Hz", "lowest cutoff, high-pass"),
    number("augment.highpass_max", at<&Augment::highpass_max>, kHertz, "Hz", "highest cutoff, high-pass"),
    number("augment.lowpass_min", at<&Augment::lowpass_min>, kHertz, "Hz", "lowest cutoff, low-pass"),
    number("augment.lowpass_max", at<&Augment::lowpass_max>, kHertz, "Hz", "highest cutoff, low-pass"),
    number("augment.delay", at<&Augment::delay>, kShare, "", "probability of an echo at half the level"),
    number("augment.delay_min", at<&Augment::delay_min>, kMilliseconds, "ms", "shortest delay of the echo"),
    number("augment.delay_max", at<&Augment::delay_max>, kMilliseconds, "ms",
           "longest delay of the echo, which is delay_min and multiples of 50 ms"),
    number("augment.pitch", at<&Augment::pitch>, kShare, "", "probability of another pitch"),
    number("augment.pitch_max", at<&Augment::pitch_max>, {0, 2400}, "cents",
           "largest shift of the pitch, up or down"),
    number("augment.reverb", at<&Augment::reverb>, kShare, "", "probability of reverberation"),
    number("augment.reverb_max", at<&Augment::reverb_max>, {0, 100}, "",
           "greatest reverberance, damping and room size, on SoX's scale"),
    plain("augment.effects_on", at<&Augment::effects_on>,
          "clips that the effects from polarity to reverb change; auto: those of a teacher, else all"),

    plain("loss.name", at<&Loss::name>,
          "loss of the outputs; mse: squared error of the probabilities of tags, for grades between 0 and 1; "
          "triplet: metric learning, distances between embeddings"),
    plain("loss.mse_tags", at<&Loss::mse_tags>,
          "tags trained with squared error, all others with cross-entropy"),

    plain("triplet.output", at<&Triplet::output>,
          "embedding of metric learning: an output of the network, averaged over all axes but its last"),
    plain("triplet.distance", at<&Triplet::distance>, "distance of two embeddings; cosine: 1 - cosine"),
    number("triplet.margin", at<&Triplet::margin>, {0, 1000}, "",
           "by how much negatives must be farther from the anchor than positives"),
    plain("triplet.sampling", at<&Triplet::sampling>,
          "positives; tag: clips with a label of the anchor, timbre: near in mean and deviation of cepstra, "
          "latent: near in the factors of the labels, instance: other pieces of the clip"),
    plain("triplet.mining", at<&Triplet::mining>,
          "negatives; random: drawn with the positives, hard: the nearest of the batch, semi_hard: the "
          "nearest of those that are farther than the positive by less than the margin"),
    number("triplet.neighbours", at<&Triplet::neighbours>, kPositive, "clips",
           "timbre and latent: nearest clips that are positives; negatives are in the farther half"),
    number("triplet.factors", at<&Triplet::factors>, {1, 1000}, "",
           "latent: most factors of the matrix of clips and labels"),

    plain("student.teacher", at<&Student::teacher>,
          "trained model (file or run folder) that gives the targets of the unlabelled clips; empty: none"),
    plain("student.unlabelled", at<&Student::unlabelled>,
          "folder with the clips without labels, sub-folders included"),
    number("student.batch", at<&Student::batch>, {1, 65536}, "clips",
           "unlabelled examples per step, beside those of train.batch"),
    plain("student.targets", at<&Student::targets>,
          "targets of the unlabelled clips; soft: scores of the teacher, hard: its decisions"),
    number("student.label_weight", at<&Student::label_weight>, kWeight, "",
           "weight of the mean loss of the labelled clips"),
    number("student.teacher_weight", at<&Student::teacher_weight>, kWeight, "",
           "weight of the mean loss of the unlabelled clips"),

    number("eval.chunks", at<&Eval::chunks>, models::kChunkCount, "chunks",
           "equally spaced chunks per clip; 0: a chunk every `hop`"),
    number("eval.hop", at<&Eval::hop>, models::kHopSeconds, "seconds",
           "time between the starts of two chunks, one sample to a chunk; 0: the length of a chunk"),
    plain("eval.aggregate", at<&Eval::aggregate>, "combination of the scores of the chunks of a clip"),
    plain("eval.pad", at<&Eval::pad>, "padding of clips shorter than a chunk"),
};

}  // namespace

bool Setting::is_number() const {
  return std::holds_alternative<Field<std::int64_t>>(field) || std::holds_alternative<Field<double>>(field);
}

std::vector<std::string_view> Setting::words() const {
  std::vector<std::string_view> names;
  std::visit(
      [&]<class T>(Field<T>) {
        if constexpr (std::is_enum_v<T>) {
          for (const Word<T>& word : kWords<T>) names.push_back(word.name);
        } else if constexpr (std::is_same_v<T, RecipeName>) {
          for (const RecipeFile& recipe : recipe_files()) names.push_back(recipe.name);
        }
      },
      field);
  return names;
}

std::string Setting::range() const {
  if (is_number()) return concat(limits.min, " to ", limits.max, unit.empty() ? "" : " ", unit);
  if (std::holds_alternative<Field<bool>>(field)) return "true|false";
  if (std::holds_alternative<Field<std::string>>(field)) return "text";
  if (std::holds_alternative<Field<std::vector<std::string>>>(field)) return "list of text";
  std::string text;
  for (const std::string_view word : words()) text += concat(text.empty() ? "" : "|", word);
  return text;
}

std::span<const Setting> all_settings() {
  return kSettings;
}

const Setting* find_setting(std::string_view key) {
  const auto found = std::ranges::find(kSettings, key, &Setting::key);
  return found == std::end(kSettings) ? nullptr : found;
}

std::vector<std::string_view> similar_settings(std::string_view key) {
  constexpr std::size_t kMaxSuggestions = 3;
  const std::size_t tolerance = std::max<std::size_t>(2, key.size() / 4);
  std::vector<std::pair<std::size_t, Text>> near;
  for (const Setting& setting : kSettings) {
    const Text name = setting.key.substr(setting.key.find('.') + 1);
    const std::size_t distance = std::min(edit_distance(key, setting.key), edit_distance(key, name));
    if (distance <= tolerance) near.emplace_back(distance, setting.key);
  }
  std::ranges::stable_sort(near, {}, &std::pair<std::size_t, Text>::first);
  near.resize(std::min(near.size(), kMaxSuggestions));
  std::vector<std::string_view> keys;
  for (const auto& [distance, each] : near) keys.push_back(each);
  return keys;
}

}  // namespace sonograd::train
