#include "kernels/mask/mask.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::MaskProblem;

struct Maps {
  const char* name;
  Shape x;
  std::int64_t rectangles;
  bool bench = false;
};

const Maps kMaps[] = {
    {"16 kHz taggers", {4, 231, 128}, 4, true},
    {"prime sizes", {3, 37, 13}, 2},
    {"many rectangles over each other", {2, 50, 40}, 7},
    {"one large map", {1, 300, 129}, 3},
    {"no rectangle", {2, 5, 3}, 0},
    {"one element", {1, 1, 1}, 1},
};

}  // namespace

OpCases mask_cases() {
  TableCases table{"mask_maps", {}, kFloat32AndBf16};
  for (const Maps& maps : kMaps) {
    const auto p = MaskProblem::make(maps.x, {maps.x[0], maps.rectangles, 4});
    // Some rectangles reach beyond the edges of small maps.
    table.list.push_back({maps.name,
                          {{maps.x}, {p.rectangles_shape(), 0, 20, DType::i32}},
                          {maps.x},
                          [](DType dtype, auto in, auto out) {
                            kernels::mask_maps(MaskProblem::make(in[0].shape, in[1].shape, dtype), in[0],
                                               in[1], out[0]);
                          },
                          1e-6,
                          p.flops(),
                          p.bytes(),
                          maps.bench});
  }
  return {table};
}

}  // namespace sonograd::cases
