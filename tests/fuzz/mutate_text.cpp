#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "tensor/support/nesting.h"
#include "tensor/support/text.h"
#include "tests/fuzz/mutators.h"

namespace sonograd::fuzz {
namespace {

using nlohmann::ordered_json;

/// Stands for text that nlohmann could not hold, until the tree is text again.
constexpr std::string_view kPlaceholder = "@placeholder@";

void collect(ordered_json& node, std::vector<ordered_json*>& nodes) {
  nodes.push_back(&node);
  for (ordered_json& child : node) {
    if (node.is_structured()) collect(child, nodes);
  }
}

std::string nested(const std::string& inner, Choices& choices) {
  const std::size_t depth = choices.depth();
  return choices.one_in(2) ? repeated("[", depth) + inner + repeated("]", depth)
                           : repeated(R"({"a":)", depth) + inner + repeated("}", depth);
}

std::string json_value(const std::string& before, Choices& choices) {
  switch (choices.below(6)) {
    case 0:
      return choices.of<std::string>(
          {"null", "true", "false", "[]", "{}", R"("")", R"("\u001b[2J")", R"("\\")"});
    case 1:
      return nested(before, choices);
    case 2:
      return nested("", choices);
    default:
      return choices.number();
  }
}

bool is_nested_json(const ordered_json& node) {
  if (!node.is_string()) return false;
  const auto& text = node.get_ref<const std::string&>();
  return text.starts_with('{') || text.starts_with('[');
}

ordered_json parsed(std::string_view text) {
  try {
    check_json_nesting(text);
  } catch (const std::exception&) {
    return ordered_json::value_t::discarded;
  }
  return ordered_json::parse(text, nullptr, false);
}

// Another member or element, or one less.
void change_members(ordered_json& node, ordered_json& other, Choices& choices) {
  const std::size_t at = choices.below(node.size() + 1);
  const ordered_json copy = other;
  if (node.is_array()) {
    if (choices.one_in(2) && at < node.size()) {
      node.erase(at);
    } else {
      node.insert(node.begin() + static_cast<std::ptrdiff_t>(at), copy);
    }
  } else if (choices.one_in(2) && at < node.size()) {
    node.erase(std::next(node.begin(), static_cast<std::ptrdiff_t>(at)));
  } else {
    node[choices.of<std::string>({"", "extra", "model", "optional", "chunks", "labels", "epoch"})] = copy;
  }
}

}  // namespace

std::string mutate_json(std::string_view text, Choices& choices) {
  ordered_json tree = parsed(text);
  if (tree.is_discarded()) return mutate_bytes(text, choices);
  std::vector<ordered_json*> nodes;
  collect(tree, nodes);
  ordered_json& node = *choices.of<ordered_json*>(nodes);
  if (is_nested_json(node) && !choices.one_in(4)) {
    node = mutate_json(node.get_ref<const std::string&>(), choices);
    return tree.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  }
  if (node.is_structured() && choices.one_in(2)) {
    change_members(node, *choices.of<ordered_json*>(nodes), choices);
    return tree.dump();
  }
  const std::string before = node.dump();
  node = kPlaceholder;
  std::string changed = tree.dump();
  const std::string quoted = ordered_json(kPlaceholder).dump();
  return changed.replace(changed.find(quoted), quoted.size(), json_value(before, choices));
}

std::string mutate_json_lines(std::string_view text, Choices& choices) {
  const std::vector<std::string_view> lines = text_lines(text);
  if (lines.empty()) return mutate_bytes(text, choices);
  const std::size_t changed = choices.below(lines.size());
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i)
    result += (i == changed ? mutate_json(lines[i], choices) : std::string(lines[i])) + '\n';
  return result;
}

std::string mutate_toml(std::string_view text, std::span<const std::string> keys, Choices& choices) {
  std::vector<std::string> lines;
  for (const std::string_view line : text_lines(text)) lines.emplace_back(line);
  lines.resize(std::max<std::size_t>(lines.size(), 1));
  std::string& line = lines[choices.below(lines.size())];
  const std::size_t equals = line.find('=');
  const std::string key = line.substr(0, equals);
  const std::string value =
      equals == std::string::npos ? "1" : line.substr(equals + 1, line.find('#') - equals - 1);
  const std::size_t depth = choices.depth();
  const std::string dots = choices.of<std::string>({"a.", "\"b.c\".", "'.'.", "a . "});
  switch (choices.below(8)) {
    case 0:
      line = key + "=" + repeated("[", depth) + value + repeated("]", depth);
      break;
    case 1:
      line = key + "=" + repeated("{a=", depth) + value + repeated("}", depth);
      break;
    case 2:
      line = repeated(dots, depth) + "a=" + value;
      break;
    case 3:
      line = choices.one_in(2) ? "[" + repeated(dots, depth) + "a]" : "[[" + repeated(dots, depth) + "a]]";
      break;
    case 4:
      line = choices.of<std::string>(keys) + " = " + choices.number();
      break;
    case 5:
      line = key + "=" +
             choices.of<std::string>({"\"\"\"a\nb\\\"\"\"\"\"", "'''[[[\n'''''", "\"[[\\\"[[\"", "'[['",
                                      "{a={b.c=1}}", "1979-05-27T07:32:00Z", "inf", "-nan",
                                      "0xffffffffffffffff", "[1,\n[2.5]]"});
      break;
    case 6:
      line += choices.one_in(2) ? "\n" + line : " # [[[[ \"";
      break;
    default:
      line = key + "=" + choices.number();
  }
  std::string result;
  for (const std::string& each : lines) result += each + '\n';
  return choices.one_in(8) ? mutate_bytes(result, choices) : result;
}

std::string mutate_bytes(std::string_view bytes, Choices& choices) {
  std::string result(bytes);
  const std::size_t at = choices.below(result.size() + 1);
  const std::size_t count = std::min(result.size() - at, choices.below(16));
  switch (choices.below(4)) {
    case 0:
      result.erase(at, count);
      break;
    case 1:
      result.insert(at, result.substr(at, count));
      break;
    case 2:
      result.insert(
          at, choices.of<std::string>({"\t", "\n", "\"", "\\", "[", "{", "\xff", "\x1b", ".", "0", "-"}));
      break;
    default:
      if (at < result.size()) result[at] = static_cast<char>(choices.below(256));
  }
  return result;
}

}  // namespace sonograd::fuzz
