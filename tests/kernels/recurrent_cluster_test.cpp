// The row of the recurrence that shares the units among the blocks of a cluster: the sizes that it takes, and equal bits for every
// number of sequences in a cluster.
#include <gtest/gtest.h>

#include "kernels/core/explain.h"
#include "kernels/core/pins.h"
#include "kernels/recurrent/recurrent.h"
#include "tensor/device/emulated.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

constexpr Device kClusterDevice = {DeviceKind::emulated, 0};

struct ClusterSize {
  Cell cell;
  std::int64_t units;
  DType dtype;
};

// Calls the forward pass of one step, and of one direction.
void call_forward(const RecurrentProblem& p) {
  const auto there = [&](const Shape& shape) { return Tensor::zeros(shape, p.dtype, kClusterDevice); };
  const Tensor gates = there(p.gates_shape()), weight = there({p.rows(), p.units}), bias = there({p.rows()});
  recurrent_forward(
      p, {.gates = {gates}, .weight_hh = {weight}, .bias_hh = {bias}, .y = there(p.output_shape())});
}

std::string answer_of_cluster(const ClusterSize& size) {
  const ExplainScope scope;
  call_forward(RecurrentProblem::make(size.cell, 1, 1, size.units, 1, size.dtype));
  for (const auto& row : scope.calls().at(0).rows) {
    if (row.name == "cluster" && row.target == kClusterDevice.kind)
      return row.reason.empty() ? "chosen: " + std::string(scope.calls().at(0).chosen)
                                : std::string(row.reason);
  }
  return "no such row";
}

TEST(RecurrentCluster, RunsForSizesThatAClusterHolds) {
  for (const ClusterSize& size : {ClusterSize{Cell::lstm, 256, DType::f32},
                                  {Cell::lstm, 404, DType::f32},
                                  {Cell::lstm, 512, DType::bf16},
                                  {Cell::gru, 152, DType::f32},
                                  {Cell::gru, 456, DType::f32},
                                  {Cell::gru, 512, DType::bf16}}) {
    EXPECT_EQ(answer_of_cluster(size), "chosen: cluster") << name_of(size.cell) << ' ' << size.units;
  }
}

TEST(RecurrentCluster, RefusesSizesThatItDoesNotHold) {
  constexpr const char* kTooLarge = "the weight exceeds the registers and the shared memory of a cluster";
  EXPECT_EQ(answer_of_cluster({Cell::lstm, 405, DType::f32}), kTooLarge);
  EXPECT_EQ(answer_of_cluster({Cell::gru, 457, DType::f32}), kTooLarge);
  EXPECT_EQ(answer_of_cluster({Cell::lstm, 513, DType::bf16}), "supports at most 512 units");
}

// Less shared memory leaves room for fewer sequences in a cluster.
TEST(RecurrentCluster, TheDivisionIntoClustersDoesNotChangeBits) {
  const auto p = RecurrentProblem::make(Cell::lstm, 7, 3, 72, 1);
  const Tensor gates = random_tensor(p.gates_shape()).to(kClusterDevice),
               weight = random_tensor({p.rows(), p.units}, DType::f32, 1).to(kClusterDevice),
               bias = random_tensor({p.rows()}, DType::f32, 2).to(kClusterDevice);
  const PinScope pin("recurrent_forward", "cluster");
  const auto run = [&](std::size_t shared_memory) {
    const EmulatorScope emulator({.shared_memory = shared_memory});
    const Tensor y = Tensor::empty(p.output_shape(), DType::f32, kClusterDevice);
    recurrent_forward(p, {.gates = {gates}, .weight_hh = {weight}, .bias_hh = {bias}, .y = y});
    return y.to(Device{});
  };
  const Tensor together = run(kEmulatedSharedMemory), apart = run(4 * 1024);
  EXPECT_TRUE(std::ranges::equal(together.span<float>(), apart.span<float>()));
}

}  // namespace
}  // namespace sonograd::kernels
