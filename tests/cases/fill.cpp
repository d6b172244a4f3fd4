#include "kernels/fill/fill.h"

#include "tests/support/cases.h"

namespace sonograd::cases {

OpCases fill_cases() {
  TableCases table{"fill", {}, kFloat32AndBf16};
  for (const Shape& shape : {Shape{}, Shape{3, 7, 11}, Shape{64, 1024}}) {
    table.list.push_back({.name = concat("extents ", shape),
                          .inputs = {},
                          .outputs = {shape},
                          .run = [](DType, auto, auto out) { kernels::fill(-2.75, out[0]); },
                          .tolerance = 1e-7,
                          .bytes = 4.0 * static_cast<double>(shape.numel()),
                          .bench = shape.rank() == 2});
  }
  return {table};
}

}  // namespace sonograd::cases
