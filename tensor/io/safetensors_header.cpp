#include "tensor/io/safetensors_header.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "tensor/support/error.h"
#include "tensor/support/nesting.h"

namespace sonograd::io {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 3;  // {tensor: {"shape": [...]}}

// nlohmann's parser takes the last of equal keys and any depth; the format takes neither. Its callback for that would be
// simpler, but looks at all earlier members again after each one.
class StrictHeader final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (!keys_.back().insert(name).second)
      throw FormatError(concat("the header names ", json(name).dump(), " twice"));
    return true;
  }
  /// Stops; `parse` below reports it.
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

 private:
  bool open() {
    if (keys_.size() >= kMaxDepth)
      throw FormatError(concat("the header nests deeper than ", kMaxDepth, " levels"));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> keys_;
};

}  // namespace

json parse_safetensors_header(std::string_view text) {
  if (!text.starts_with('{')) throw FormatError("the header does not start with '{'");
  check_json_nesting(text);
  StrictHeader strict;
  try {
    json::sax_parse(text, &strict);
    return json::parse(text);
  } catch (const json::exception& error) {
    const std::string_view reason = error.what();  // without the number of the exception
    throw FormatError(concat("the header is not JSON: ", reason.substr(reason.find(' ') + 1)));
  }
}

}  // namespace sonograd::io
