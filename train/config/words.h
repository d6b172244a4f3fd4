// Settings that are one of several words: the words of each type, in the order in which help texts list them.
#pragma once

#include "audio/chunks.h"
#include "kernels/core/context.h"
#include "kernels/optimizer/optimizer.h"
#include "models/core/description.h"
#include "tensor/support/words.h"

namespace sonograd::train {

/// Preset of the other settings (recipe.h).
enum class Recipe { plain, sota };
enum class LabelWeights { none, balanced };
/// The variant of an operation where no kernel is named: the last of its table that supports the problem, or the fastest
/// of the first calls.
enum class KernelChoice { by_order, fastest };
/// How many labels a clip has: any number of tags, or exactly one class. `automatic` follows from the table.
enum class TaskChoice { automatic, multi_label, multi_class };
/// `none`: what would validate trains, and the last epoch is kept.
enum class Validation { automatic, none };
enum class ScheduleKind { one_cycle, cosine, plateau, constant, sota };

}  // namespace sonograd::train

namespace sonograd {

template <>
inline constexpr auto kWords<train::Recipe> =
    std::to_array<Word<train::Recipe>>({{"plain", train::Recipe::plain}, {"sota", train::Recipe::sota}});
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
                                            {"label", train::TaskChoice::multi_class}});
template <>
inline constexpr auto kWords<train::Validation> = std::to_array<Word<train::Validation>>(
    {{"auto", train::Validation::automatic}, {"none", train::Validation::none}});
template <>
inline constexpr auto kWords<train::ScheduleKind> =
    std::to_array<Word<train::ScheduleKind>>({{"one_cycle", train::ScheduleKind::one_cycle},
                                              {"cosine", train::ScheduleKind::cosine},
                                              {"plateau", train::ScheduleKind::plateau},
                                              {"constant", train::ScheduleKind::constant},
                                              {"sota", train::ScheduleKind::sota}});

}  // namespace sonograd
