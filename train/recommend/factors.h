// Vectors of users and items whose products are preferences, and the files that store them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "tensor/io/atomic_file.h"

namespace sonograd::train {

/// Dense rows of equal width, row-major.
struct FactorMatrix {
  std::size_t columns = 0;
  std::vector<double> values = {};

  FactorMatrix() = default;
  FactorMatrix(std::size_t rows, std::size_t width) : columns(width), values(rows * width) {}

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<double> row(std::size_t row) { return std::span(values).subspan(row * columns, columns); }
  std::span<const double> row(std::size_t row) const {
    return std::span(values).subspan(row * columns, columns);
  }
};

/// Most columns of a factor matrix, the bias among them.
inline constexpr std::size_t kMostFactorColumns = 1001;

/// A factorisation. A row has `factors()` factors and then, with `bias`, the bias of its user or item.
struct Factors {
  bool bias = false;
  std::vector<std::string> user_ids, item_ids;  ///< unique, UTF-8, 1 to kMostIdBytes bytes without line ends
  FactorMatrix users, items;                    ///< [user_ids, columns], [item_ids, columns]
  /// Settings of the factorisation, by name; a file keeps them for its readers.
  std::map<std::string, std::string> settings = {};

  std::size_t factors() const { return items.columns - (bias ? 1 : 0); }
  /// Estimated preference of a user for an item: the product of their factors, and with `bias` the sum of their biases.
  double preference(std::size_t user, std::size_t item) const;
};

/// Writes a file that the caller commits: safetensors with `users` and `items` as f32, `user_ids` and `item_ids` as u8, each id with
/// a line feed behind it, and `settings` as metadata. Throws IoError.
void write_factors(io::AtomicFile& file, const Factors& factors);

/// Reads a file of `write_factors`. Throws ReadError when it cannot be read, FormatError, with the file and the tensor, for another
/// file, for sizes that do not agree, ids that are cut short, too long, not UTF-8 or there twice, and factors that are not
/// finite.
Factors read_factors(const std::filesystem::path& file);

}  // namespace sonograd::train
