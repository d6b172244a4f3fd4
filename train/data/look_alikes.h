// Labels that look alike.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonograd::train {

/// `label` without the differences that are hard to see: capitals, accents and the form in which Unicode writes them, blanks
/// of every kind, hyphens and low lines between words, full-width forms, letters of other alphabets that look like Latin ones,
/// characters without width. Covers Latin, Greek and Cyrillic letters and Hangul.
std::string plain_form(std::string_view label);

/// A sentence for every two different labels with one plain form, in the order of the plain forms.
std::vector<std::string> look_alikes(std::span<const std::string> labels);

}  // namespace sonograd::train
