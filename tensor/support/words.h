// The words that stand for the values of an enumeration, in settings, files and messages. Each enumeration has one table,
// beside its definition:
//
//   template <>
//   inline constexpr auto kWords<models::Pcm> =
//       std::to_array<Word<models::Pcm>>({{"int16", models::Pcm::int16}, {"float", models::Pcm::as_decoded}});
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tensor/support/error.h"

namespace sonograd {

template <class E>
struct Word {
  std::string_view name;
  E value;
};

/// The words of `E`, as an array, in the order in which help texts list them.
template <class E>
inline constexpr std::nullptr_t kWords = nullptr;

/// The value of a word; nothing for another word.
template <class E>
constexpr std::optional<E> parse_word(std::string_view name) {
  for (const Word<E>& word : kWords<E>) {
    if (word.name == name) return word.value;
  }
  return std::nullopt;
}

/// The word of a value; "?" for a value without one.
template <class E>
constexpr std::string_view word_of(E value) {
  for (const Word<E>& word : kWords<E>) {
    if (word.value == value) return word.name;
  }
  return "?";
}

/// The words as a list: "mean, max or vote".
template <class E>
std::string words_of() {
  std::string all;
  std::size_t i = 0;
  for (const Word<E>& word : kWords<E>) {
    all += i == 0 ? "" : i + 1 == kWords<E>.size() ? " or " : ", ";
    all += word.name;
    ++i;
  }
  return all;
}

/// As `parse_word`. Throws ConfigError for another word: "`what` `name`: expected mean, max or vote".
template <class E>
E require_word(std::string_view what, std::string_view name) {
  if (const std::optional<E> value = parse_word<E>(name)) return *value;
  throw ConfigError(concat(what, ' ', name, ": expected ", words_of<E>()));
}

}  // namespace sonograd
