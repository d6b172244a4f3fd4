// [threads] A prepared network serves threads at the same time, with the bits of one thread.
#include <gtest/gtest.h>
#include <latch>
#include <thread>

#include "layers/conv_block.h"
#include "layers/linear.h"
#include "layers/pool.h"
#include "layers/random_scope.h"
#include "layers/residual_block.h"
#include "layers/sequential.h"
#include "tests/layers/layer_gradients.h"

namespace sonograd {
namespace {

using namespace layers;

constexpr std::int64_t kBatches[] = {1, 3, 2};

// Wide enough for weights in the form of a library; one norm that cannot be folded.
class Network : public Sequential {
 public:
  Network() {
    emplace<BatchNorm>("spec_bn", 1);
    emplace<ConvBlock>("layer1", 1, 32, 2);
    emplace<ResidualBlock>("layer2", 32, 64, 2);
    emplace<ConvUnit2d>("layer3", 64, 64, ConvUnit2d::Options{.order = UnitOrder::conv_activation_norm});
    emplace<GlobalMaxPool>("pool");
    emplace<Linear>("dense", 64, 10);
    test::disturb(*this);
  }
};

std::vector<Tensor> outputs(const Layer& network) {
  const NoGrad inference;
  std::vector<Tensor> results;
  for (const std::int64_t batch : kBatches)
    results.push_back(network.forward(Variable(random_tensor({batch, 20, 16, 1}))).data());
  return results;
}

void expect_same_bits_on_four_threads(const Layer& network, const std::vector<Tensor>& expected) {
  constexpr std::size_t kThreads = 4;
  std::vector<std::vector<Tensor>> results(kThreads);
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      results[t] = outputs(network);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) {
    ASSERT_EQ(result.size(), expected.size());
    for (std::size_t i = 0; i < result.size(); ++i)
      EXPECT_TRUE(std::ranges::equal(result[i].span<float>(), expected[i].span<float>())) << i;
  }
}

TEST(PreparedNetwork, FourThreadsGetTheBitsOfOne) {
  const RandomScope same_weights(3, 0);
  Network alone;
  alone.prepare({});
  const std::vector<Tensor> expected = outputs(alone);
  const RandomScope again(3, 0);
  Network shared;
  shared.prepare({});
  expect_same_bits_on_four_threads(shared, expected);
}

TEST(PreparedNetwork, WithoutPreparationTheFirstThreadsFold) {
  const RandomScope same_weights(3, 0);
  Network alone;
  alone.train(false);
  const std::vector<Tensor> expected = outputs(alone);
  const RandomScope again(3, 0);
  Network shared;
  shared.train(false);
  expect_same_bits_on_four_threads(shared, expected);
}

}  // namespace
}  // namespace sonograd
