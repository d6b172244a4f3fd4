// Kernels as the sources declare them: name, and threads of a block as a number. Reads the text of SONOGRAD_KERNEL and of the
// constants that it names, in the file and in the files that it includes.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace sonograd::test {

/// A file of kernels/, by its path below the root of the repository.
struct KernelSource {
  struct Kernel {
    std::string name, threads;            ///< threads: the expression
    std::vector<std::string> parameters;  ///< names of the template's parameters
  };
  std::vector<Kernel> kernels;
  std::map<std::string, std::string> constants;  ///< name to expression
  std::vector<std::string> includes;
};

/// Parts of a list that are separated by commas outside of brackets.
inline std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : list) {
    depth += (c == '<' || c == '(') - (c == '>' || c == ')');
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else if (c != ' ' || !parts.back().empty()) {
      parts.back() += c;
    }
  }
  return parts;
}

inline KernelSource read_kernel_source(const std::filesystem::path& file) {
  static const std::regex kernel(R"(^SONOGRAD_KERNEL(_RESIDENT)?\((.*)$)"),
      constant(R"(\b(k\w+) = ([^,;]+)[,;])"), include(R"re(^#include "(kernels/[^"]+)")re"),
      parameter(R"((\w+)$)");
  KernelSource source;
  std::ifstream in(file);
  std::smatch match;
  std::string before;
  for (std::string line; std::getline(in, line); before = line) {
    if (std::regex_search(line, match, include)) source.includes.push_back(match[1]);
    if (line.find("constexpr") != std::string::npos) {
      for (auto at = std::sregex_iterator(line.begin(), line.end(), constant); at != std::sregex_iterator();
           ++at)
        source.constants.emplace((*at)[1], (*at)[2]);  // the first one of a name: others are inside functions
    }
    if (!std::regex_search(line, match, kernel)) continue;
    const std::vector<std::string> arguments = parts_of(match[2]);
    KernelSource::Kernel found = {arguments.at(match[1].matched ? 2 : 1), arguments.at(0), {}};
    if (before.starts_with("template <")) {
      for (const std::string& one : parts_of(before.substr(10, before.rfind('>') - 10))) {
        std::smatch name;
        if (std::regex_search(one, name, parameter)) found.parameters.push_back(name[1]);
      }
    }
    source.kernels.push_back(found);
  }
  return source;
}

class KernelSources {
 public:
  explicit KernelSources(const std::filesystem::path& root) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "kernels")) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".cu" && ending != ".cuh" && ending != ".h") continue;
      files_[std::filesystem::relative(entry.path(), root).generic_string()] =
          read_kernel_source(entry.path());
    }
  }

  const std::map<std::string, KernelSource>& files() const { return files_; }

  /// The file and those that it includes, itself first; none for a path outside of kernels/.
  std::vector<std::string> with_includes(const std::string& file) const {
    std::vector<std::string> found;
    if (files_.contains(file)) found.push_back(file);
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (const std::string& other : files_.at(found[i]).includes) {
        if (files_.contains(other) && std::ranges::find(found, other) == found.end()) found.push_back(other);
      }
    }
    return found;
  }

  /// Value of a sum, product or shift of numbers, constants that `file` sees, and `bound` names; nothing for another expression.
  std::optional<int> value_of(std::string expression, const std::string& file,
                              const std::map<std::string, std::string>& bound = {}) const {
    static const std::regex conversion(R"(static_cast<\w+>|\bint(?=\())");
    expression = std::regex_replace(expression, conversion, "");
    std::erase(expression, ' ');
    std::size_t at = 0;
    const auto result = shift(expression, at, {file, bound});
    return at == expression.size() ? result : std::nullopt;
  }

 private:
  struct Names {
    const std::string& file;
    const std::map<std::string, std::string>& bound;
  };

  std::optional<int> shift(const std::string& text, std::size_t& at, const Names& names) const {
    std::optional<int> left = sum(text, at, names);
    while (left && text.compare(at, 2, "<<") == 0) {
      const auto right = sum(text, at += 2, names);
      left = right ? std::optional(*left << *right) : std::nullopt;
    }
    return left;
  }
  std::optional<int> sum(const std::string& text, std::size_t& at, const Names& names) const {
    std::optional<int> left = product(text, at, names);
    while (left && at < text.size() && text[at] == '+') {
      const auto right = product(text, ++at, names);
      left = right ? std::optional(*left + *right) : std::nullopt;
    }
    return left;
  }
  std::optional<int> product(const std::string& text, std::size_t& at, const Names& names) const {
    std::optional<int> left = factor(text, at, names);
    while (left && at < text.size() && (text[at] == '*' || text[at] == '/')) {
      const bool times = text[at] == '*';
      const auto right = factor(text, ++at, names);
      if (!right || (!times && *right == 0)) return std::nullopt;
      left = times ? *left * *right : *left / *right;
    }
    return left;
  }
  std::optional<int> factor(const std::string& text, std::size_t& at, const Names& names) const {
    if (at < text.size() && text[at] == '(') {
      const auto inside = shift(text, ++at, names);
      return at < text.size() && text[at++] == ')' ? inside : std::nullopt;
    }
    const std::size_t begin = at;
    while (at < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_' || text[at] == ':'))
      ++at;
    const std::string word = text.substr(begin, at - begin);
    if (word.empty()) return std::nullopt;
    if (std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c) != 0; }))
      return std::stoi(word);
    if (names.bound.contains(word)) return value_of(names.bound.at(word), names.file);
    return constant(word, names.file);
  }
  // A constant of a type (`Tile::kThreads`) is one of another file: the file itself may give it the same name.
  std::optional<int> constant(const std::string& word, const std::string& file) const {
    const std::size_t colons = word.rfind(':');
    const std::string name = colons == std::string::npos ? word : word.substr(colons + 1);
    for (const std::string& seen : with_includes(file)) {
      if (seen == file && name != word) continue;
      const auto found = files_.at(seen).constants.find(name);
      if (found != files_.at(seen).constants.end()) return value_of(found->second, seen);
    }
    return std::nullopt;
  }

  std::map<std::string, KernelSource> files_;
};

}  // namespace sonograd::test
