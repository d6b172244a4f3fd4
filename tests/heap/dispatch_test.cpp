// A call allocates nothing on the heap beside its kernel, in whichever way the kernel was chosen.
#include <gtest/gtest.h>

#include "kernels/core/select.h"
#include "kernels/pool/pool.h"
#include "tensor/tensor.h"
#include "tests/heap/allocations.h"

namespace sonograd::kernels {
namespace {

struct Call {
  Tensor x = Tensor::full({2, 12, 12, 16}, 0.5);
  PoolProblem p = PoolProblem::make(x.shape(), 2, 2);
  Tensor y = Tensor::empty(p.output_shape(), DType::f32);
  void run() { max_pool_forward(p, x, set(y)); }
};

TEST(Dispatch, AllocatesNothing) {
  Call call;
  call.run();
  EXPECT_EQ(test::allocations_of([&] { call.run(); }), 0);
}

TEST(Dispatch, APinAllocatesNothing) {
  Call call;
  const PinScope pin("softmax_forward", "reference");
  pin_kernel("copy=reference");
  call.run();
  EXPECT_EQ(test::allocations_of([&] { call.run(); }), 0);
  unpin_kernels();
}

// Two rows for a timing run.
struct Fake {
  static constexpr std::string_view name = "fake";
  struct Problem {
    int size = 0;
    double flops() const { return size; }
    double bytes() const { return size; }
    std::string summary() const { return concat("a problem of size ", size, ", in a long line of text"); }
  };
  struct Args {
    int& runs;
  };
};
constexpr KernelVariant<Fake> kOne = {
    .name = "one",
    .run = [](const auto&, const Fake::Args& args, const Context&, Workspace) { ++args.runs; }};
constexpr KernelVariant<Fake> kTwo = {
    .name = "two",
    .run = [](const auto&, const Fake::Args& args, const Context&, Workspace) { ++args.runs; }};
constexpr const KernelVariant<Fake>* kTable[] = {&kOne, &kTwo};

TEST(Dispatch, AfterTheClockHasDecidedACallAllocatesNothing) {
  choose_fastest();
  int runs = 0;
  const auto call = [&] { run<Fake>(kTable, {1}, {runs}); };
  EXPECT_GT(test::allocations_of(call), 0) << "a turn is named";
  for (int i = 0; i < 20; ++i) call();
  EXPECT_EQ(test::allocations_of(call), 0);
  EXPECT_EQ(runs, 22);
  choose_in_order();
}

}  // namespace
}  // namespace sonograd::kernels
