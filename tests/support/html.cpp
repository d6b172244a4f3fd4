#include "tests/support/html.h"

#include <cctype>
#include <vector>

#include "tensor/support/error.h"

namespace sonograd::test {
namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == ':';
}

bool is_entity(std::string_view text) {
  for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
    if (text.starts_with(entity)) return true;
  }
  return false;
}

class Reader {
 public:
  explicit Reader(std::string_view page) : page_(page) {}

  std::string fault() {
    while (at_ < page_.size()) {
      if (page_[at_] == '<') {
        if (!read_tag()) return concat(problem_, " at ", page_.substr(tag_, 60));
      } else if (page_[at_] == '&' && !is_entity(page_.substr(at_))) {
        return concat("a bare & at ", page_.substr(at_, 60));
      } else {
        ++at_;
      }
    }
    return open_.empty() ? "" : concat("never closed: ", open_.back());
  }

 private:
  bool read_tag() {
    tag_ = at_++;
    if (take("!DOCTYPE html>")) return true;
    const bool closes = take("/");
    const std::string name = read_name();
    if (name.empty()) return reject("a bare <");
    if (closes) {
      if (open_.empty() || open_.back() != name) return reject("an end without a begin");
      open_.pop_back();
      return take(">") || reject("an end tag that does not end");
    }
    while (take(" ")) {
      if (!read_attribute()) return false;
    }
    if (take("/>")) return true;
    if (!take(">")) return reject("a tag that does not end");
    open_.push_back(name);
    if (name == "script" || name == "style") at_ = std::min(page_.find("</" + name, at_), page_.size());
    return true;
  }

  bool read_attribute() {
    if (read_name().empty() || !take("=\"")) return reject("an attribute without quotes");
    for (; at_ < page_.size() && page_[at_] != '"'; ++at_) {
      if (page_[at_] == '<' || (page_[at_] == '&' && !is_entity(page_.substr(at_)))) {
        return reject("markup in an attribute");
      }
    }
    return take("\"") || reject("an attribute that does not end");
  }

  std::string read_name() {
    const std::size_t begin = at_;
    while (at_ < page_.size() && is_name(page_[at_])) ++at_;
    return std::string(page_.substr(begin, at_ - begin));
  }
  bool take(std::string_view text) {
    if (!page_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  bool reject(const char* problem) {
    problem_ = problem;
    return false;
  }

  std::string_view page_;
  std::size_t at_ = 0, tag_ = 0;
  std::vector<std::string> open_;
  std::string problem_;
};

}  // namespace

std::string html_fault(std::string_view page) {
  return Reader(page).fault();
}

}  // namespace sonograd::test
