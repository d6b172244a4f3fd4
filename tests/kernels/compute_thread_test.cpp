// All threads compute alike: with the number of threads that was set, and with equal bits.
#include "tensor/support/compute_thread.h"

#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <omp.h>
#include <thread>

#include "kernels/conv2d/conv2d.h"
#include "kernels/core/launch.h"
#include "kernels/core/pins.h"
#include "kernels/gemm/gemm.h"
#include "kernels/pointwise/pointwise.h"
#include "tensor/support/prefetcher.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

// A number other than OMP_NUM_THREADS, which new threads have by default.
constexpr int kThreads = 3;

class ComputeThread : public testing::Test {
 protected:
  void SetUp() override { set_threads(kThreads); }
  void TearDown() override { set_threads(before_); }

 private:
  int before_ = threads();
};

template <class Body>
void on_new_thread(const Body& body) {
  std::thread(body).join();
}

Tensor convolution() {
  const Tensor x = random_tensor({2, 40, 33, 24}), w = random_tensor({40, 3, 3, 24}, DType::f32, 1);
  const auto p = Conv2dProblem::make(x.shape(), w.shape(), {.padding = 1});
  const Tensor y = Tensor::empty(p.output_shape(), DType::f32);
  const PinScope pin("conv2d_forward", "onednn");
  conv2d_forward(p, x, w, {}, set(y));
  return y;
}

Tensor product() {
  const Tensor a = random_tensor({130, 517}), b = random_tensor({517, 97}, DType::f32, 1);
  const Tensor c = Tensor::empty({130, 97}, DType::f32);
  gemm(a, b, set(c));
  return c;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.bytes() == b.bytes() && std::memcmp(a.view().pointer, b.view().pointer, a.bytes()) == 0;
}

TEST_F(ComputeThread, ANewThreadUsesTheNumberThatWasSetAndGivesTheSameBits) {
  for (const auto compute : {convolution, product}) {
    const Tensor expected = compute();
    int before = 0, after = 0;
    Tensor result;
    on_new_thread([&] {
      before = omp_get_max_threads();
      result = compute();
      after = omp_get_max_threads();
    });
    EXPECT_NE(before, kThreads) << "this test needs a new thread to start with another number";
    EXPECT_EQ(after, kThreads);
    EXPECT_TRUE(same_bits(result, expected));
  }
}

TEST_F(ComputeThread, ALaunchUsesTheNumberThatWasSet) {
  int members = 0;
  on_new_thread([&] {
    launch("members", 2 * kThreads, [&](std::int64_t) {
      if (omp_get_thread_num() == 0) members = omp_get_num_threads();
    });
  });
  EXPECT_EQ(members, kThreads);
}

TEST_F(ComputeThread, ALaterNumberHoldsOnThreadsThatHaveComputedAlready) {
  int members = 0;
  on_new_thread([&] {
    convolution();
    std::thread([] { set_threads(kThreads - 1); }).join();
    convolution();
    members = omp_get_max_threads();
  });
  EXPECT_EQ(members, kThreads - 1);
}

// The smallest normal number, halved: a subnormal one, or zero.
float half_of_smallest() {
  volatile float smallest = std::numeric_limits<float>::min(), half = 0.5f;
  return smallest * half;
}

TEST_F(ComputeThread, SubnormalsAreFlushedOnEveryThreadOfATeam) {
  std::vector<float> halves(4 * kThreads, 1.0f);
  float alone = 1;
  on_new_thread([&] {
    launch("alone", 1, [&](std::int64_t) { alone = half_of_smallest(); });
    launch("halves", std::ssize(halves),
           [&](std::int64_t i) { halves[static_cast<std::size_t>(i)] = half_of_smallest(); });
  });
  EXPECT_EQ(alone, 0.0f);
  EXPECT_EQ(halves, std::vector<float>(halves.size(), 0.0f));
}

TEST_F(ComputeThread, WorkersThatPrepareItemsAreThreadsThatCompute) {
  Prefetcher<int> items(0, 4, 2, 1, [](std::size_t) { return omp_get_max_threads(); });
  for (int i = 0; i < 4; ++i) EXPECT_EQ(items.next(), kThreads);
}

TEST_F(ComputeThread, PreparingAThreadIsEnoughForOtherLibraries) {
  int team = 0;
  on_new_thread([&] {
    prepare_compute_thread();
    team = omp_get_max_threads();
  });
  EXPECT_EQ(team, kThreads);
}

}  // namespace
}  // namespace sonograd::kernels
