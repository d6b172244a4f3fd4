// The words of an enumeration, for CLI::IsMember.
#pragma once

#include <string>
#include <vector>

#include "tensor/support/words.h"

namespace sonograd::app {

/// In the order of `kWords`.
template <class E>
std::vector<std::string> word_list() {
  std::vector<std::string> words;
  for (const Word<E>& word : kWords<E>) words.emplace_back(word.name);
  return words;
}

}  // namespace sonograd::app
