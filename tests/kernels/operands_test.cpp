#include "kernels/core/operands.h"

#include <gtest/gtest.h>

#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

struct Inner {
  int number = 0;
  View view;
};

// As many members as an attention layer has operands.
struct Many {
  View a, b;
  int c = 0;
  double d = 0;
  View e, f, g, h;
  Inner i;
  std::span<const View> j;
  const float* k = nullptr;
  View l, m, n, o, p, q, r, s, t;
  Out u;
  View v, w, x;
};

std::size_t views_of(const Many& args) {
  std::size_t count = 0;
  operands::for_each_view(args, [&](const View& view) { count += view.defined(); });
  return count;
}

TEST(Operands, EveryViewOfALongListIsSeen) {
  static_assert(operands::members<Many>() == 24);
  const Tensor tensor = Tensor::zeros({2});
  const View view = tensor;
  const std::vector<View> list(3, view);
  EXPECT_EQ(views_of({}), 0u);
  EXPECT_EQ(views_of({.a = view, .x = view}), 2u);
  EXPECT_EQ(views_of({.i = {1, view}, .j = list, .t = view, .u = set(view)}), 6u);
}

TEST(Operands, AViewOnAnotherDeviceIsFoundWhereverItIs) {
  const Tensor here = Tensor::zeros({2}), there = Tensor::zeros({2}).to({DeviceKind::emulated, 0});
  EXPECT_EQ(common_device("op", Many{.a = here, .x = here}), Device{});
  EXPECT_THROW(common_device("op", Many{.a = here, .x = there}), DeviceError);
  EXPECT_THROW(common_device("op", Many{.b = here, .u = set(there)}), DeviceError);
}

}  // namespace
}  // namespace sonograd::kernels
