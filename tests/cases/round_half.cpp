#include "kernels/round_half/round_half.h"

#include "tests/support/cases.h"

namespace sonograd::cases {

// Ranges: normal numbers of binary16, subnormal ones, infinite ones among large ones.
OpCases round_half_cases() {
  struct Range {
    const char* name;
    Shape shape;
    double size;
  };
  TableCases table{"round_half", {}};
  for (const Range& range : {Range{"musicnn bands", {16, 187, 96}, 1}, Range{"prime sizes", {3, 7, 11}, 100},
                             Range{"subnormal", {1021}, 1e-4}, Range{"one", {1}, 1}}) {
    table.list.push_back({.name = range.name,
                          .inputs = {{range.shape, -range.size, range.size}},
                          .outputs = {range.shape},
                          .run = [](DType, auto in, auto out) { kernels::round_half(in[0], out[0]); },
                          .tolerance = 1e-7,
                          .bytes = 8.0 * static_cast<double>(range.shape.numel()),
                          .bench = range.shape.rank() == 3 && range.size == 1});
  }
  return {table};
}

}  // namespace sonograd::cases
