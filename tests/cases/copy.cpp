#include "kernels/copy/copy.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

struct Rearrangement {
  const char* name;
  Shape x;
  Shape y;
  std::function<View(const View&)> turn;
  bool bench = false;
  Stored stored_x = Stored::as_tested, stored_y = Stored::as_tested;
};

View turned(const View& x, std::vector<int> order) {
  return x.permute(order);
}

const Rearrangement kRearrangements[] = {
    {"dense", {4, 57, 501}, {4, 57, 501}, [](const View& x) { return x; }, true},
    {"heads of attention",
     {4, 31, 8, 32},
     {4, 8, 31, 32},
     [](const View& x) {
       return turned(x, {0, 2, 1, 3});
     },
     true},
    {"transpose",
     {211, 97},
     {97, 211},
     [](const View& x) {
       return turned(x, {1, 0});
     },
     true},
    {"slice of an inner axis", {3, 7, 5}, {3, 4, 5}, [](const View& x) { return x.slice(1, 2, 4); }},
    {"slice from an odd element on", {6, 12}, {6, 8}, [](const View& x) { return x.slice(1, 1, 8); }},
    {"permuted slice",
     {3, 1, 7, 5},
     {4, 5, 3, 1},
     [](const View& x) {
       return turned(x.slice(2, 3, 4), {2, 3, 0, 1});
     }},
    {"scalar", {}, {}, [](const View& x) { return x; }},
    {"from float32", {3, 24, 40}, {3, 24, 40}, [](const View& x) { return x; }, true, Stored::as_float32},
    {"to float32",
     {3, 24, 40},
     {3, 24, 40},
     [](const View& x) { return x; },
     true,
     Stored::as_tested,
     Stored::as_float32},
    {"transposed from float32",
     {37, 51},
     {51, 37},
     [](const View& x) {
       return turned(x, {1, 0});
     },
     false,
     Stored::as_float32},
    {"slice of an odd length to float32",
     {6, 13},
     {6, 7},
     [](const View& x) { return x.slice(1, 3, 7); },
     false,
     Stored::as_tested,
     Stored::as_float32},
};

}  // namespace

OpCases copy_cases() {
  TableCases copy{"copy", {}, kFloat32AndBf16};
  for (const Rearrangement& r : kRearrangements) {
    const double bytes = 8.0 * static_cast<double>(r.y.numel());
    copy.list.push_back({.name = r.name,
                         .inputs = {{.shape = r.x, .stored = r.stored_x}},
                         .outputs = {r.y},
                         .run = [r](DType, auto in, auto out) { kernels::copy(r.turn(in[0]), out[0]); },
                         .tolerance = 1e-7,
                         .bytes = bytes,
                         .bench = r.bench,
                         .stored_outputs = {r.stored_y}});
  }
  return {copy};
}

}  // namespace sonograd::cases
