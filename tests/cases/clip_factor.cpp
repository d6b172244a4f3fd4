#include "kernels/optimizer/clip_factor.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

struct Setting {
  const char* name;
  double limit;
  std::vector<Shape> shapes;
  bool bench = false;
};

const Setting kSettings[] = {
    {"clipped", 0.5, {{50}, {0}, {64, 3, 3, 31}, {1}}},
    {"within the limit", 1e6, {{50}, {33, 7}}},
    {"more tensors than a table holds", 2, std::vector<Shape>(803, Shape{3})},
    {"short-chunk", 1, {{512, 3, 3, 512}, {512}, {256, 3, 3, 256}, {512, 512}, {50, 512}}, true},
};

}  // namespace

OpCases clip_factor_cases() {
  TableCases table{"clip_factor", {}, kFloat32AndBf16};
  for (const Setting& setting : kSettings) {
    Case c{.name = setting.name, .outputs = {{}, {}}, .bench = setting.bench, .accumulates = false};
    c.stored_outputs = {Stored::as_float32, Stored::as_float32};
    for (const Shape& shape : setting.shapes) {
      // Single rows stay float32, as parameters of norms do.
      const Stored stored = shape.rank() == 1 ? Stored::as_float32 : Stored::as_tested;
      c.inputs.push_back({.shape = shape, .stored = stored});
      c.bytes += 4.0 * static_cast<double>(shape.numel());
    }
    c.flops = c.bytes / 2;
    // Partial sums of up to 16,384 squares in float32.
    c.tolerance = sum_tolerance(16384);
    c.run = [limit = setting.limit](DType, auto in, auto out) {
      std::vector<View> tensors(in.begin(), in.end());
      tensors.emplace_back();  // a parameter without a gradient
      kernels::clip_factor(limit, tensors, out[0].view, out[1].view);
    };
    table.list.push_back(c);
  }
  return {table};
}

}  // namespace sonograd::cases
