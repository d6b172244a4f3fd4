// The networks of CVxTz on chunks of other lengths, and the attention that frames receive.
#include <gtest/gtest.h>

#include "autograd/tape.h"
#include "models/core/architecture.h"
#include "tests/models/lcg.h"

namespace sonograd::models {
namespace {

TEST(Cvxtz, AChunkOfAnotherLengthHasTheSameParameters) {
  for (const auto& [name, parameters] : {std::pair("cvxtz_gru", 768595), {"cvxtz_transformer", 720467}}) {
    const auto network = find_architecture(name).make_network({{"samples", 127 * 512}}, 163);
    EXPECT_EQ(network->parameter_count(), parameters) << name;
    network->train(false);
    const NoGrad no_grad;
    const Tensor features = network->features(test::lcg_signal(127 * 512, 16000));
    EXPECT_EQ(features.shape(), (Shape{1, 128, 128, 1})) << name;
    EXPECT_EQ(network->logits(Variable(features)).shape(), (Shape{1, 163})) << name;
  }
}

TEST(Cvxtz, TheAttentionThatFramesReceiveAddsUpToOneInEveryBlock) {
  const auto network = find_architecture("cvxtz_transformer").make_network({{"samples", 19 * 512}}, 3);
  test::lcg_fill(*network);
  network->train(false);
  const NoGrad no_grad;
  Outputs outputs({kLogits, "received_attention"});
  network->forward(Variable(network->features(test::lcg_signal(19 * 512, 16000))), outputs);
  const Tensor received = outputs["received_attention"].data();
  ASSERT_EQ(received.shape(), (Shape{1, 4, 20}));
  for (std::int64_t block = 0; block < 4; ++block) {
    double sum = 0, largest = 0;
    for (std::int64_t frame = 0; frame < 20; ++frame) {
      const double share = received.data<float>()[block * 20 + frame];
      sum += share;
      largest = std::max(largest, share);
    }
    EXPECT_NEAR(sum, 1, 1e-5) << block;
    EXPECT_GT(largest, 0.051) << block << ": frames differ";
  }
}

}  // namespace
}  // namespace sonograd::models
