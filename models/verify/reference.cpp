#include "models/verify/reference.h"

#include <nlohmann/json.hpp>
#include <set>

#include "tensor/io/context.h"
#include "tensor/io/json.h"
#include "tensor/io/text_file.h"
#include "tensor/support/utf8.h"

namespace sonograd::models {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 4 << 20, kMostStages = 256, kMostSamples = 1024, kLongestName = 200;
constexpr NumberRange kAnyLimit{1e-12, 1}, kAnyExtent{1, 1e9}, kAnyRate{1, 1e6}, kAnyLength{1, 1e9};

std::string text_in(const Json& object, const char* key, bool may_be_empty = false) {
  const auto found = object.find(key);
  const auto* const text = found == object.end() ? nullptr : found->get_ptr<const std::string*>();
  if (text == nullptr || (text->empty() && !may_be_empty) || text->size() > kLongestName ||
      !is_utf8_text(*text))
    throw FormatError(concat("expected ", key, " with up to ", kLongestName, " bytes of text"));
  return *text;
}

const Json& list_in(const Json& object, const char* key, std::size_t most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array() || found->empty() || found->size() > most)
    throw FormatError(concat("expected ", key, ", a list of 1 to ", most, " entries"));
  return *found;
}

Shape shape_in(const Json& stage) {
  Shape shape;
  for (const Json& extent : list_in(stage, "shape", 4))
    shape.push_back(io::checked_number<std::int64_t>(extent, "an extent of shape", kAnyExtent));
  return shape;
}

std::vector<SampledValue> samples_in(const Json& stage, const Shape& shape) {
  std::vector<SampledValue> samples;
  const NumberRange position{0, static_cast<double>(shape.numel() - 1)};
  for (const Json& sample : list_in(stage, "samples", kMostSamples)) {
    if (!sample.is_array() || sample.size() != 2)
      throw FormatError("samples: expected pairs of a position and a value");
    samples.push_back({io::checked_number<std::int64_t>(sample[0], "a position of samples", position),
                       io::checked_number<double>(sample[1], "a value of samples", kAnyNumber)});
  }
  return samples;
}

ReferenceStage stage_of(const Json& stage, const std::string& name) {
  return io::within(concat("stage ", to_printable(name)), [&] {
    ReferenceStage result;
    result.name = name;
    result.limit = io::number_in<double>(stage, "limit", kAnyLimit);
    StageValues& values = result.values;
    values.shape = shape_in(stage);
    values.mean = io::number_in<double>(stage, "mean", kAnyNumber);
    values.std = io::number_in<double>(stage, "std", kAnyNumber);
    values.min = io::number_in<double>(stage, "min", kAnyNumber);
    values.max = io::number_in<double>(stage, "max", kAnyNumber);
    values.norm = io::number_in<double>(stage, "norm", {0, kAnyNumber.max});
    values.samples = samples_in(stage, values.shape);
    return result;
  });
}

std::string fingerprint_in(const Json& object) {
  std::string text = text_in(object, "fingerprint");
  if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw FormatError("expected fingerprint, 64 hexadecimal digits in lower case");
  return text;
}

}  // namespace

Reference parse_reference(std::string_view text) {
  if (text.size() > kMostBytes) throw FormatError(concat("expected at most ", kMostBytes >> 20, " MiB"));
  const Json object = io::parse_json(text);
  if (!object.is_object() || object.value("sonograd_reference", Json()) != 1)
    throw FormatError("expected an object with sonograd_reference = 1, reference activations");
  Reference reference;
  reference.name = text_in(object, "name");
  reference.arch = text_in(object, "arch");
  reference.origin = text_in(object, "origin", true);
  reference.fingerprint = fingerprint_in(object);
  const Json signal = object.value("signal", Json());
  reference.sample_rate = io::number_in<std::int64_t>(signal, "sample_rate", kAnyRate);
  reference.samples = io::number_in<std::int64_t>(signal, "samples", kAnyLength);
  std::set<std::string> names;
  for (const Json& stage : list_in(object, "stages", kMostStages)) {
    if (!stage.is_object()) throw FormatError("stages: expected objects");
    const std::string name = text_in(stage, "name");
    if (!names.insert(name).second)
      throw FormatError(concat("stage ", to_printable(name), " is there twice"));
    reference.stages.push_back(stage_of(stage, name));
  }
  return reference;
}

Reference read_reference(const std::string& file) {
  const std::string text = io::read_text_file(file, kMostBytes);
  return io::within(file, [&] { return parse_reference(text); });
}

std::optional<Reference> find_reference(std::string_view fingerprint) {
  for (const ReferenceFile& file : reference_files()) {
    if (file.text.find(fingerprint) != std::string_view::npos) return parse_reference(file.text);
  }
  return std::nullopt;
}

}  // namespace sonograd::models
