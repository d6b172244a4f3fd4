// Settings that are one of several words: the words of each type, in the order in which help texts list them.
#pragma once

#include <string>

#include "audio/chunks.h"
#include "kernels/core/context.h"
#include "kernels/optimizer/optimizer.h"
#include "models/core/description.h"
#include "tensor/support/words.h"

namespace sonograd::train {

/// Preset of the other settings: the name of one of `recipe_files` (recipe.h).
struct RecipeName {
  std::string name = "plain";
};
enum class LabelWeights { none, balanced };
/// The variant of an operation where no kernel is named: the last of its table that supports the problem, or the fastest
/// of the first calls.
enum class KernelChoice { by_order, fastest };
/// The labels of a clip: any number of tags, exactly one class, or segments with times. `automatic` follows from the table.
enum class TaskChoice { automatic, multi_label, multi_class, segments };
/// `none`: what would validate trains, and the last epoch is kept.
enum class Validation { automatic, none };
/// Loss of the logits: cross-entropy, or for tags squared error of the probabilities; or of distances between embeddings: triplets.
enum class LossKind { cross_entropy, mse, triplet };
/// Distance d of two embeddings: 1 - cosine, or the length of their difference.
enum class TripletDistance { cosine, euclidean };
/// Relation of the positive clip to the anchor: a label in common, a near vector of cepstra or of labels, or the same clip.
enum class TripletSampling { tag, timbre, latent, instance };
/// Negatives: those of the sampling, or those of the batch that are near their anchors.
enum class TripletMining { random, semi_hard, hard };
/// Parameters that weight decay and L1 apply to. `kernels`: tensors of two axes or more, which are the weights of convolutions
/// and linear layers; biases and parameters of norms have one.
enum class DecayedParameters { all, kernels };
/// Training clips whose waveforms the effects change. `automatic`: the unlabelled ones of a run with a teacher, else all.
enum class EffectsOn { automatic, all };
/// Targets of unlabelled clips: the scores of the teacher, or its decisions.
enum class TeacherTargets { soft, hard };
enum class ScheduleKind { one_cycle, cosine, plateau, constant, sota };

}  // namespace sonograd::train

namespace sonograd {

template <>
inline constexpr auto kWords<train::LabelWeights> = std::to_array<Word<train::LabelWeights>>(
    {{"none", train::LabelWeights::none}, {"balanced", train::LabelWeights::balanced}});
template <>
inline constexpr auto kWords<train::KernelChoice> = std::to_array<Word<train::KernelChoice>>(
    {{"default", train::KernelChoice::by_order}, {"fastest", train::KernelChoice::fastest}});
template <>
inline constexpr auto kWords<train::TaskChoice> =
    std::to_array<Word<train::TaskChoice>>({{"auto", train::TaskChoice::automatic},
                                            {"tags", train::TaskChoice::multi_label},
                                            {"label", train::TaskChoice::multi_class},
                                            {"segments", train::TaskChoice::segments}});
template <>
inline constexpr auto kWords<train::Validation> = std::to_array<Word<train::Validation>>(
    {{"auto", train::Validation::automatic}, {"none", train::Validation::none}});
template <>
inline constexpr auto kWords<train::LossKind> =
    std::to_array<Word<train::LossKind>>({{"cross_entropy", train::LossKind::cross_entropy},
                                          {"mse", train::LossKind::mse},
                                          {"triplet", train::LossKind::triplet}});
template <>
inline constexpr auto kWords<train::TripletDistance> = std::to_array<Word<train::TripletDistance>>(
    {{"cosine", train::TripletDistance::cosine}, {"euclidean", train::TripletDistance::euclidean}});
template <>
inline constexpr auto kWords<train::TripletSampling> =
    std::to_array<Word<train::TripletSampling>>({{"tag", train::TripletSampling::tag},
                                                 {"timbre", train::TripletSampling::timbre},
                                                 {"latent", train::TripletSampling::latent},
                                                 {"instance", train::TripletSampling::instance}});
template <>
inline constexpr auto kWords<train::TripletMining> =
    std::to_array<Word<train::TripletMining>>({{"random", train::TripletMining::random},
                                               {"semi_hard", train::TripletMining::semi_hard},
                                               {"hard", train::TripletMining::hard}});
template <>
inline constexpr auto kWords<train::DecayedParameters> = std::to_array<Word<train::DecayedParameters>>(
    {{"all", train::DecayedParameters::all}, {"kernels", train::DecayedParameters::kernels}});
template <>
inline constexpr auto kWords<train::EffectsOn> = std::to_array<Word<train::EffectsOn>>(
    {{"auto", train::EffectsOn::automatic}, {"all", train::EffectsOn::all}});
template <>
inline constexpr auto kWords<train::TeacherTargets> = std::to_array<Word<train::TeacherTargets>>(
    {{"soft", train::TeacherTargets::soft}, {"hard", train::TeacherTargets::hard}});
template <>
inline constexpr auto kWords<train::ScheduleKind> =
    std::to_array<Word<train::ScheduleKind>>({{"one_cycle", train::ScheduleKind::one_cycle},
                                              {"cosine", train::ScheduleKind::cosine},
                                              {"plateau", train::ScheduleKind::plateau},
                                              {"constant", train::ScheduleKind::constant},
                                              {"sota", train::ScheduleKind::sota}});

}  // namespace sonograd
