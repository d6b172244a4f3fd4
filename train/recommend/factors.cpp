#include "train/recommend/factors.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "tensor/io/context.h"
#include "tensor/io/safetensors.h"
#include "train/recommend/plays.h"

namespace sonograd::train {
namespace {

constexpr const char* kFormatKey = "format";
constexpr std::string_view kFactorFormat = "sonograd factors 1";
constexpr const char* kBiasKey = "bias";

Tensor as_tensor(const FactorMatrix& matrix) {
  const std::vector<float> values(matrix.values.begin(), matrix.values.end());
  return Tensor::from(values,
                      {static_cast<std::int64_t>(matrix.rows()), static_cast<std::int64_t>(matrix.columns)});
}

Tensor as_tensor(const std::vector<std::string>& ids) {
  std::vector<std::uint8_t> bytes;
  for (const std::string& id : ids) {
    bytes.insert(bytes.end(), id.begin(), id.end());
    bytes.push_back('\n');
  }
  return Tensor::from(bytes, {std::ssize(bytes)});
}

FactorMatrix matrix_in(const io::NamedTensors& tensors, const char* name, std::size_t least_columns) {
  const Tensor& tensor = tensors.at(name);
  if (tensor.dtype() != DType::f32 || tensor.shape().rank() != 2)
    throw FormatError(
        concat(name, ": expected f32 [rows, columns], got ", name_of(tensor.dtype()), ' ', tensor.shape()));
  const auto rows = static_cast<std::size_t>(tensor.shape()[0]);
  const auto columns = static_cast<std::size_t>(tensor.shape()[1]);
  if (rows == 0 || columns < least_columns || columns > kMostFactorColumns)
    throw FormatError(concat(name, ": expected at least one row and ", least_columns, " to ",
                             kMostFactorColumns, " columns, got ", tensor.shape()));
  FactorMatrix matrix(rows, columns);
  std::ranges::copy(tensor.span<float>(), matrix.values.begin());
  const auto bad = std::ranges::find_if_not(matrix.values, [](double value) { return std::isfinite(value); });
  if (bad != matrix.values.end()) {
    const auto row = static_cast<std::size_t>(bad - matrix.values.begin()) / columns;
    throw FormatError(concat(name, ": row ", row, ": expected finite numbers, got ", *bad));
  }
  return matrix;
}

std::vector<std::string> ids_in(const io::NamedTensors& tensors, const char* name, std::size_t rows) {
  const Tensor& tensor = tensors.at(name);
  if (tensor.dtype() != DType::u8 || tensor.shape().rank() != 1)
    throw FormatError(
        concat(name, ": expected u8 [bytes], got ", name_of(tensor.dtype()), ' ', tensor.shape()));
  const std::span<const std::uint8_t> bytes = tensor.span<std::uint8_t>();
  if (!bytes.empty() && bytes.back() != '\n')
    throw FormatError(concat(name, ": the last id is cut short: no line feed behind it"));
  const auto count = static_cast<std::size_t>(std::ranges::count(bytes, std::uint8_t{'\n'}));
  if (count != rows)
    throw FormatError(concat(name, ": expected an id for each of ", rows, " rows of factors, got ", count));
  std::vector<std::string> ids;
  std::unordered_set<std::string_view> known;
  ids.reserve(count);
  for (auto begin = bytes.begin(); begin != bytes.end();) {
    const auto end = std::find(begin, bytes.end(), std::uint8_t{'\n'});
    const std::string& id = ids.emplace_back(begin, end);
    if (const std::string mistake = mistake_of_id(id); !mistake.empty())
      throw FormatError(concat(name, ": id ", ids.size() - 1, ": ", mistake));
    if (!known.insert(id).second) throw FormatError(concat(name, ": '", id, "' is there twice"));
    begin = end + 1;
  }
  return ids;
}

Factors factors_in(io::TensorFile file) {
  const auto format = file.metadata.find(kFormatKey);
  if (format == file.metadata.end() || format->second != kFactorFormat)
    throw FormatError("expected a file that `sonograd recommend factorise` has written");
  const std::string bias = file.metadata[kBiasKey];
  if (bias != "true" && bias != "false")
    throw FormatError(concat("metadata '", kBiasKey, "': expected true or false, got '", bias, '\''));
  Factors factors;
  factors.bias = bias == "true";
  const std::size_t least_columns = factors.bias ? 2 : 1;
  factors.users = matrix_in(file.tensors, "users", least_columns);
  factors.items = matrix_in(file.tensors, "items", least_columns);
  if (factors.users.columns != factors.items.columns)
    throw FormatError(concat("items: expected ", factors.users.columns, " columns, as users has, got ",
                             factors.items.columns));
  factors.user_ids = ids_in(file.tensors, "user_ids", factors.users.rows());
  factors.item_ids = ids_in(file.tensors, "item_ids", factors.items.rows());
  file.metadata.erase(kFormatKey);
  file.metadata.erase(kBiasKey);
  factors.settings = std::move(file.metadata);
  return factors;
}

}  // namespace

double Factors::preference(std::size_t user, std::size_t item) const {
  const auto x = users.row(user), y = items.row(item);
  const double product =
      std::inner_product(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(factors()), y.begin(), 0.0);
  return bias ? product + x.back() + y.back() : product;
}

void write_factors(io::AtomicFile& file, const Factors& factors) {
  io::TensorFile out;
  out.metadata = factors.settings;
  out.metadata[kFormatKey] = kFactorFormat;
  out.metadata[kBiasKey] = factors.bias ? "true" : "false";
  out.tensors.set("users", as_tensor(factors.users));
  out.tensors.set("items", as_tensor(factors.items));
  out.tensors.set("user_ids", as_tensor(factors.user_ids));
  out.tensors.set("item_ids", as_tensor(factors.item_ids));
  io::write_safetensors(file, out);
}

Factors read_factors(const std::filesystem::path& file) {
  io::TensorFile tensors = io::read_safetensors(file);
  return io::within(file.string(), [&] { return factors_in(std::move(tensors)); });
}

}  // namespace sonograd::train
