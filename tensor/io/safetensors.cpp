#include "tensor/io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>

#include "tensor/io/atomic_file.h"
#include "tensor/io/byte_reader.h"
#include "tensor/io/checked.h"
#include "tensor/io/context.h"
#include "tensor/io/input_file.h"
#include "tensor/io/narrow_types.h"
#include "tensor/io/safetensors_header.h"

namespace sonograd::io {
namespace {

using nlohmann::json;

constexpr std::string_view kMetadata = "__metadata__";
constexpr std::size_t kDataAlignment = 64;  // of the first tensor in files we write

struct ElementType {
  std::string_view name;
  std::size_t bytes;  ///< of an element in the file
  DType dtype;        ///< the elements of the last three are widened
};

// The first entry of a DType is what tensors of that type are written as.
constexpr ElementType kElementTypes[] = {
    {"F32", 4, DType::f32}, {"F64", 8, DType::f64}, {"BF16", 2, DType::bf16}, {"I16", 2, DType::i16},
    {"I32", 4, DType::i32}, {"I64", 8, DType::i64}, {"U8", 1, DType::u8},     {"F16", 2, DType::f32},
    {"I8", 1, DType::i16},  {"BOOL", 1, DType::u8}};

const ElementType& element_type(const std::string& name) {
  const auto* known = std::ranges::find(kElementTypes, name, &ElementType::name);
  if (known != std::end(kElementTypes)) return *known;
  std::string names;
  for (const ElementType& type : kElementTypes) names += concat(names.empty() ? "" : " ", type.name);
  throw FormatError(concat("element type ", name, " is not supported (", names, " are)"));
}

std::string_view safetensors_name(DType dtype) {
  return std::ranges::find(kElementTypes, dtype, &ElementType::dtype)->name;
}

std::uint64_t count_in(const json& value, const char* what) {
  if (!value.is_number_unsigned())
    throw FormatError(concat(what, " must be a whole number, is ", value.dump()));
  return value.get<std::uint64_t>();
}

std::map<std::string, std::string> metadata_in(const json& object) {
  if (!object.is_object()) throw FormatError("__metadata__ must be an object of strings");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string())
      throw FormatError(concat("__metadata__ '", key, "' must be a string, is ", value.dump()));
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

struct Place {
  std::string name;
  const ElementType* type;
  Shape shape;
  std::uint64_t begin;
  std::uint64_t end;
};

Place place_in(const std::string& name, const json& entry) {
  const auto is_array = [&](const char* key) { return entry.contains(key) && entry[key].is_array(); };
  if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") || !entry["dtype"].is_string() ||
      !is_array("shape") || !is_array("data_offsets") || entry["data_offsets"].size() != 2) {
    throw FormatError("expected {\"dtype\": text, \"shape\": [...], \"data_offsets\": [begin, end]}");
  }
  Place place = {name, &element_type(entry["dtype"].get<std::string>()), Shape(),
                 count_in(entry["data_offsets"][0], "data offset"),
                 count_in(entry["data_offsets"][1], "data offset")};
  for (const json& extent : entry["shape"]) {
    place.shape.push_back(Checked(count_in(extent, "extent"), "extent").to<std::int64_t>());
  }
  const Checked length = Checked(place.end, "data length") - place.begin;
  const auto expected =
      (Checked(static_cast<std::uint64_t>(place.shape.numel()), "data length") * place.type->bytes).value();
  if (length.value() != expected) {
    throw FormatError(concat(place.type->name, " ", place.shape, " takes ", expected,
                             " bytes, data_offsets give ", length.value()));
  }
  return place;
}

// Places of the tensors in the order of the data, which they cover without gap or overlap.
std::vector<Place> places_in(const json& header, std::size_t data_size) {
  std::vector<Place> places;
  for (const auto& entry : header.items()) {
    if (entry.key() == kMetadata) continue;
    places.push_back(
        within(concat("tensor '", entry.key(), "'"), [&] { return place_in(entry.key(), entry.value()); }));
  }
  std::ranges::sort(places, {},
                    [](const Place& place) { return std::tie(place.begin, place.end, place.name); });
  std::uint64_t covered = 0;
  for (const Place& place : places) {
    if (place.begin != covered) {
      throw FormatError(concat("tensor '", place.name, "': data start at ", place.begin,
                               ", the tensor before ends at ", covered));
    }
    covered = place.end;
  }
  if (covered != data_size) {
    throw FormatError(concat("the tensors cover ", covered, " bytes of data, the file has ", data_size));
  }
  return places;
}

template <class From, class To, class Convert>
void widen(const std::byte* data, std::span<To> to, Convert convert) {
  for (To& element : to) {
    From value;
    std::memcpy(&value, data, sizeof(From));
    element = convert(value);
    data += sizeof(From);
  }
}

Tensor widened(const Place& place, const std::byte* data) {
  const Tensor result = Tensor::empty(place.shape, place.type->dtype);
  if (place.type->name == "F16") {
    widen<std::uint16_t>(data, result.span<float>(), from_half);
  } else if (place.type->name == "I8") {
    widen<std::int8_t>(data, result.span<std::int16_t>(), std::identity());
  } else {
    widen<std::uint8_t>(data, result.span<std::uint8_t>(), from_bool);
  }
  return result;
}

Tensor tensor_at(const Place& place, const std::byte* data, const std::shared_ptr<const FileBytes>& file) {
  const DType dtype = place.type->dtype;
  if (place.type->name != safetensors_name(dtype)) return widened(place, data);
  const auto bytes = static_cast<std::size_t>(place.end - place.begin);
  const Tensor borrowed(Storage::borrow(data, bytes, file), place.shape, dtype);
  const bool aligned = reinterpret_cast<std::uintptr_t>(data) % size_of(dtype) == 0;
  return aligned ? borrowed : borrowed.clone();
}

// The header without its length. Data are read once it is known to be sound: a file of another kind may be huge.
std::string header_text(const InputFile& file) {
  std::array<std::byte, sizeof(std::uint64_t)> start{};
  const std::span<std::byte> there =
      std::span(start).first(std::min<std::uint64_t>(file.size(), start.size()));
  file.read(0, there);
  ByteReader in(there);
  const Checked length(in.number<std::uint64_t>(), "the length of the header");
  const std::uint64_t left = file.size() - start.size();
  if (length.at_most(kMaxSafetensorsHeader).value() > left) {
    throw FormatError(concat("ends early: a header of ", length.value(), " bytes, ", left, " left"));
  }
  std::string text(length.value(), '\0');
  file.read(start.size(), std::as_writable_bytes(std::span(text)));
  return text;
}

std::string header_of(const TensorFile& file) {
  json metadata(file.metadata);
  std::string header = "{";
  if (!file.metadata.empty()) header += concat('"', kMetadata, "\":", metadata.dump(), ',');
  std::size_t begin = 0;
  for (const auto& [name, tensor] : file.tensors) {
    if (name == kMetadata || !tensor.defined())
      throw FormatError(concat("cannot write a tensor '", name, "'"));
    const json entry = {{"dtype", safetensors_name(tensor.dtype())},
                        {"shape", std::vector(tensor.shape().begin(), tensor.shape().end())},
                        {"data_offsets", {begin, begin + tensor.bytes()}}};
    header += concat(json(name).dump(), ':', entry.dump(), ',');
    begin += tensor.bytes();
  }
  if (header.ends_with(',')) header.pop_back();
  header += '}';
  const std::size_t past = (sizeof(std::uint64_t) + header.size()) % kDataAlignment;
  header.append((kDataAlignment - past) % kDataAlignment, ' ');
  Checked(header.size(), "the length of the header").at_most(kMaxSafetensorsHeader);
  return header;
}

std::string text_of_header(const TensorFile& file) {
  try {
    return header_of(file);
  } catch (const json::exception& error) {
    throw FormatError(concat("names and metadata must be UTF-8: ", error.what()));
  }
}

}  // namespace

bool begins_as_safetensors(const std::filesystem::path& path) {
  const InputFile file(path);
  std::array<std::byte, sizeof(std::uint64_t) + 1> start{};
  if (file.size() < start.size()) return false;
  file.read(0, start);
  ByteReader in(start);
  return in.number<std::uint64_t>() <= kMaxSafetensorsHeader && in.number<char>() == '{';
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  const InputFile file(path);
  return within(path.string(), [&] {
    const std::string text = header_text(file);
    const json header = parse_safetensors_header(text);
    const std::uint64_t begin = sizeof(std::uint64_t) + text.size();
    const std::vector<Place> places = places_in(header, file.size() - begin);
    const auto data = std::make_shared<const FileBytes>(file, begin);
    TensorFile result;
    if (header.contains(kMetadata)) result.metadata = metadata_in(header[kMetadata]);
    for (const Place& place : places) {
      result.tensors.set(place.name, tensor_at(place, data->bytes().data() + place.begin, data));
    }
    return result;
  });
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& file) {
  AtomicFile out(path);
  within(path.string(), [&] { write_safetensors(out, file); });
  out.commit();
}

void write_safetensors(AtomicFile& out, const TensorFile& file) {
  const std::string header = text_of_header(file);
  const std::uint64_t length = header.size();
  out.write(std::as_bytes(std::span(&length, 1)));
  out.write(header);
  for (const auto& [name, tensor] : file.tensors) {
    const Tensor host = tensor.to(Device{});
    out.write({static_cast<const std::byte*>(host.view().pointer), host.bytes()});
  }
}

}  // namespace sonograd::io
