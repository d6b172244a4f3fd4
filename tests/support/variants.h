// The rows of an op's table that this machine can run.
#pragma once

#include <ostream>
#include <string_view>
#include <vector>

#include "kernels/core/variant.h"

namespace sonograd::test {

struct VariantOn {
  std::string_view name;
  Device device;

  friend std::ostream& operator<<(std::ostream& out, const VariantOn& row) {
    return out << row.name << " on " << row.device;
  }
};

inline std::vector<VariantOn> variants_of(std::string_view op) {
  std::vector<VariantOn> rows;
  for (const auto& folder : kernels::all_tables()) {
    for (const kernels::TableInfo& table : folder) {
      if (table.op != op) continue;
      for (const auto& row : table.rows) {
        if (const Device device{row.target, 0}; why_unavailable(device).empty())
          rows.push_back({row.name, device});
      }
    }
  }
  return rows;
}

}  // namespace sonograd::test
