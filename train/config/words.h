// Settings that are one of several words: the words of each type, in the order in which help texts list them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "audio/chunks.h"
#include "kernels/core/context.h"
#include "kernels/optimizer/optimizer.h"
#include "models/core/description.h"

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

template <class E>
struct Word {
  std::string_view name;
  E value;
};

/// The words of `E`, as an array; every type of a setting has its own below.
template <class E>
inline constexpr std::nullptr_t kWords = nullptr;

template <>
inline constexpr auto kWords<Recipe> = std::to_array<Word<Recipe>>({{"plain", Recipe::plain},
                                                                    {"sota", Recipe::sota}});
template <>
inline constexpr auto kWords<LabelWeights> =
    std::to_array<Word<LabelWeights>>({{"none", LabelWeights::none}, {"balanced", LabelWeights::balanced}});
template <>
inline constexpr auto kWords<kernels::Precision> =
    std::to_array<Word<kernels::Precision>>({{"strict", kernels::Precision::strict},
                                             {"tf32", kernels::Precision::tf32},
                                             {"bf16", kernels::Precision::bf16}});
template <>
inline constexpr auto kWords<KernelChoice> = std::to_array<Word<KernelChoice>>(
    {{"default", KernelChoice::by_order}, {"fastest", KernelChoice::fastest}});
template <>
inline constexpr auto kWords<TaskChoice> = std::to_array<Word<TaskChoice>>(
    {{"auto", TaskChoice::automatic}, {"tags", TaskChoice::multi_label}, {"label", TaskChoice::multi_class}});
template <>
inline constexpr auto kWords<Validation> = std::to_array<Word<Validation>>({{"auto", Validation::automatic},
                                                                            {"none", Validation::none}});
template <>
inline constexpr auto kWords<models::Pcm> =
    std::to_array<Word<models::Pcm>>({{"int16", models::Pcm::int16}, {"float", models::Pcm::as_decoded}});
template <>
inline constexpr auto kWords<kernels::OptimizerRule> =
    std::to_array<Word<kernels::OptimizerRule>>({{"adamw", kernels::OptimizerRule::adamw},
                                                 {"adam", kernels::OptimizerRule::adam},
                                                 {"sgd", kernels::OptimizerRule::sgd},
                                                 {"rmsprop", kernels::OptimizerRule::rmsprop}});
template <>
inline constexpr auto kWords<ScheduleKind> =
    std::to_array<Word<ScheduleKind>>({{"one_cycle", ScheduleKind::one_cycle},
                                       {"cosine", ScheduleKind::cosine},
                                       {"plateau", ScheduleKind::plateau},
                                       {"constant", ScheduleKind::constant},
                                       {"sota", ScheduleKind::sota}});
template <>
inline constexpr auto kWords<models::Aggregate> = std::to_array<Word<models::Aggregate>>(
    {{"mean", models::Aggregate::mean}, {"max", models::Aggregate::max}, {"vote", models::Aggregate::vote}});
template <>
inline constexpr auto kWords<audio::Pad> = std::to_array<Word<audio::Pad>>({{"repeat", audio::Pad::repeat},
                                                                            {"zero", audio::Pad::zero}});

/// Nothing for another word.
template <class E>
std::optional<E> parse_word(std::string_view name) {
  const auto found = std::ranges::find(kWords<E>, name, &Word<E>::name);
  return found == kWords<E>.end() ? std::nullopt : std::optional(found->value);
}

/// The word of a value.
template <class E>
std::string_view word_of(E value) {
  return std::ranges::find(kWords<E>, value, &Word<E>::value)->name;
}

}  // namespace sonograd::train
