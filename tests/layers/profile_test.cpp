// A profile contains the layer of every op, of the forward and the backward pass.
#include "kernels/core/profile.h"

#include <gtest/gtest.h>
#include <map>

#include "autograd/ops/reduce.h"
#include "autograd/tape.h"
#include "layers/conv_block.h"
#include "layers/sequential.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

using kernels::RangeKind;

class TwoBlocks : public layers::Sequential {
 public:
  TwoBlocks() {
    emplace<layers::ConvBlock>("layer1", 1, 4, 2);
    emplace<layers::ConvBlock>("layer2", 4, 6, 2);
  }
};

std::map<std::pair<std::string, std::string>, kernels::ProfileSum> ops_by_layer(
    const kernels::Profile& profile) {
  std::map<std::pair<std::string, std::string>, kernels::ProfileSum> ops;
  for (const kernels::ProfileSum& sum : profile.sums) {
    if (sum.label.kind == RangeKind::op)
      ops[{std::string(sum.label.layer), std::string(sum.label.name)}] = sum;
  }
  return ops;
}

TEST(Profile, OpsBelongToTheLayerThatCalledThemForwardAndBackward) {
  TwoBlocks network;
  kernels::start_profile();
  backward(sum(network.forward(Variable(random_tensor({2, 12, 8, 1}, DType::f32, 1)))));
  const auto ops = ops_by_layer(kernels::finish_profile());

  for (const char* op : {"conv2d_forward", "conv2d_backward_weight"}) {
    EXPECT_TRUE(ops.contains({"layer1.conv", op})) << op;
    EXPECT_TRUE(ops.contains({"layer2.conv", op})) << op;
  }
  EXPECT_TRUE(ops.contains({"layer2.conv", "conv2d_backward_data"}));
  EXPECT_FALSE(ops.contains({"layer1.conv", "conv2d_backward_data"})) << "the input needs no gradient";
  EXPECT_TRUE(ops.contains({"", "reduce_sum"})) << "called outside of layers";

  const kernels::ProfileSum& conv = ops.at({"layer2.conv", "conv2d_forward"});
  EXPECT_EQ(conv.calls, 1);
  EXPECT_EQ(conv.work.flops, 2.0 * (2 * 6 * 4 * 6) * (3 * 3 * 4));
  EXPECT_EQ(conv.work.channels, 4);
  EXPECT_GT(conv.seconds, 0);
}

TEST(Profile, CollectsNothingOutsideOfItsTime) {
  kernels::start_profile();
  kernels::finish_profile();
  { const kernels::ProfileRange late(RangeKind::phase, "late"); }
  EXPECT_FALSE(kernels::profiling());
  EXPECT_TRUE(kernels::finish_profile().events.empty());
}

TEST(Profile, OpsInsideOpsCountOnce) {
  kernels::start_profile();
  {
    const kernels::ProfileRange outer(RangeKind::op, "outer", "composed");
    const kernels::ProfileRange inner(RangeKind::op, "inner", "reference");
  }
  const kernels::Profile profile = kernels::finish_profile();
  ASSERT_EQ(profile.sums.size(), 1u);
  EXPECT_EQ(profile.sums[0].label.name, "outer");
  EXPECT_EQ(profile.events.size(), 2u) << "a trace shows both";
}

}  // namespace
}  // namespace sonograd
