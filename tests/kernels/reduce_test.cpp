#include "kernels/reduce/reduce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "kernels/copy/copy.h"
#include "kernels/core/launch.h"
#include "kernels/core/select.h"
#include "tests/support/random_tensor.h"
#include "tests/support/variants.h"

namespace sonograd::kernels {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Reduce, OutputShapes) {
  const auto output = [](std::vector<int> axes, bool keep) {
    return ReduceProblem::make({2, 3, 4}, axes, keep).output;
  };
  EXPECT_EQ(output({}, false), Shape());
  EXPECT_EQ(output({}, true), Shape({1, 1, 1}));
  EXPECT_EQ(output({0, -1}, false), Shape({3}));
  EXPECT_EQ(output({0, -1}, true), Shape({1, 3, 1}));
}

TEST(Reduce, AdjacencyIgnoresExtentsOfOne) {
  EXPECT_TRUE(ReduceProblem::make({5, 1, 7}, std::array{0, 2}, false).adjacent);
  EXPECT_TRUE(ReduceProblem::make({5, 3, 1}, std::array{0, 2}, false).adjacent);
  EXPECT_FALSE(ReduceProblem::make({5, 3, 7}, std::array{0, 2}, false).adjacent);
}

TEST(Reduce, WrongAxesThrow) {
  const auto make = [](std::vector<int> axes, Shape x) {
    return [=] { ReduceProblem::make(x, axes, false); };
  };
  EXPECT_THAT(make({3}, {2, 3}), ThrowsMessage<ShapeError>(HasSubstr("axis 3")));
  EXPECT_THAT(make({1, -1}, {2, 3}),
              ThrowsMessage<ShapeError>(HasSubstr("[reduce] axes: expected different ones, got -1 twice")));
  EXPECT_THAT(make({0}, {std::int64_t{1} << 31, 0}),
              ThrowsMessage<ShapeError>(HasSubstr("[reduce] axes: expected at most 2^31 - 1 elements")));
}

TEST(Reduce, FirstMaximumWinsAndANanWinsOverNumbers) {
  constexpr std::int64_t kCount = 1000;
  const Tensor rows = Tensor::full({2, kCount}, 1), columns = Tensor::empty({kCount, 2});
  for (const std::int64_t i : {40, 41, 900}) rows.data<float>()[i] = 3;
  for (const std::int64_t i : {7, 70})
    rows.data<float>()[kCount + i] = std::numeric_limits<float>::quiet_NaN();
  copy(rows.view().permute(std::array{1, 0}), set(columns));
  struct Layout {
    Tensor x;
    int axis;
  };
  const Layout layouts[] = {{rows, 1}, {columns, 0}};
  for (const auto& row : test::variants_of("reduce_max")) {
    SCOPED_TRACE(concat(row));
    const PinScope pin("reduce_max", row.name);
    int runs = 0;
    for (const auto& [x, axis] : layouts) {
      const ReduceProblem p = ReduceProblem::make(x.shape(), std::array{axis}, false);
      const Tensor y = Tensor::empty({2}, DType::f32, row.device),
                   index = Tensor::empty({2}, DType::i32, row.device);
      try {
        reduce_max(p, x.to(row.device), set(y), index);
      } catch (const DeviceError&) {
        continue;  // a row for the other axes
      }
      ++runs;
      EXPECT_EQ(y.to(Device{}).data<float>()[0], 3);
      EXPECT_TRUE(std::isnan(y.to(Device{}).data<float>()[1]));
      EXPECT_THAT(index.to(Device{}).span<std::int32_t>(), ElementsAre(40, 7));
    }
    EXPECT_TRUE(runs > 0 || row.name == "columns") << "`columns` is for more of them";
  }
}

TEST(Reduce, ChannelSumKeepsTheLastAxes) {
  const Tensor x = Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2});
  const Tensor channels = Tensor::full({2}, 100), rows = Tensor::empty({2, 2});
  channel_sum(x, add_to(channels));
  EXPECT_THAT(channels.span<float>(), ElementsAre(116, 120));
  channel_sum(x, set(rows));
  EXPECT_THAT(rows.span<float>(), ElementsAre(6, 8, 10, 12));
  EXPECT_THAT(
      [&] { channel_sum(rows, set(Tensor::empty({3}))); },
      ThrowsMessage<ShapeError>(HasSubstr("[channel_sum] y: expected the last axes of [2, 2], got [3]")));
}

TEST(Reduce, SumsDoNotDependOnTheNumberOfThreads) {
  const Tensor x = random_tensor({100003});
  const auto p = ReduceProblem::make(x.shape(), {}, false);
  const Tensor one = Tensor::empty({}), three = Tensor::empty({});
  const int before = threads();
  set_threads(1);
  reduce_sum(p, x, set(one));
  set_threads(3);
  reduce_sum(p, x, set(three));
  set_threads(before);
  EXPECT_EQ(one.item(), three.item());
}

}  // namespace
}  // namespace sonograd::kernels
