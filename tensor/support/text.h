// Lines, words and lists of names in text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd {

/// The lines of `text` without a leading byte order mark and without their LF or CRLF; views into `text`.
std::vector<std::string_view> text_lines(std::string_view text);

/// `text` without ASCII blanks at either end.
std::string_view trim(std::string_view text);

/// Insertions, deletions and substitutions that turn one word into the other (Levenshtein 1966).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// "a, b, c and 4 more": the first `most` >= 1 of the names.
std::string listed(std::span<const std::string> names, std::size_t most = 5);

/// "1 clip", "2 clips": a number and a word whose plural has an s.
std::string counted(std::size_t count, std::string_view word);

/// "; did you mean epochs or patience?": at most three of the words nearest to `word`, which differ by a typing error or two;
/// empty when there is none. `shown`, where not empty, has for each of the words the text that the question shows in its place.
std::string did_you_mean(std::string_view word, std::span<const std::string> words,
                         std::span<const std::string> shown = {});

}  // namespace sonograd
