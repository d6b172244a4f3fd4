// Peaks of a device: printed as `calibration`, name, figure, unit between tabs, for scripts/gpu-run. The results of the kernels
// are checked, their times are not.
#include "tests/simt/calibration.h"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <iostream>
#include <limits>

#include "kernels/core/cluster.h"
#include "tensor/device/backend.h"
#include "tensor/device/stream.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

// The kernels of a target, and the amounts of work with which they are timed there.
struct Calibration {
  Device device;
  decltype(&emu::copy_vectors) copy;
  decltype(&emu::products_tf32) tf32, bf16, multiply_adds;
  decltype(&emu::add_one) add_one;
  decltype(&emu::block_barriers) block_barriers, grid_barriers, cluster_barriers;
  unsigned resident_blocks;
  std::int64_t copied_vectors;
  unsigned blocks;
  int product_rounds, barriers, launches;
};

// Seconds of a call, the best of five after one that is not counted.
template <class Call>
double best_seconds(Device device, const Call& call) {
  using Clock = std::chrono::steady_clock;
  const Stream stream = Stream::current(device);
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < 6; ++run) {
    stream.synchronize();
    const auto begin = Clock::now();
    call();
    stream.synchronize();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (run > 0) best = std::min(best, seconds);
  }
  return best;
}

void print(std::string_view name, double figure, std::string_view unit) {
  std::cout << "calibration\t" << name << '\t' << figure << '\t' << unit << '\n';
}

void calibrate_copy(const Calibration& c) {
  const std::int64_t n = 4 * c.copied_vectors;
  std::vector<float> values(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 1'000'003);
  const Tensor from = Tensor::from(values, {n}, c.device), to = Tensor::zeros({n}, DType::f32, c.device);
  const double seconds = best_seconds(
      c.device, [&] { c.copy(from.view().data<float>(), to.view().data<float>(), c.copied_vectors); });
  EXPECT_TRUE(std::ranges::equal(to.to(Device{}).span<float>(), values));
  print("copy", 8e-9 * static_cast<double>(n) / seconds, "GB/s read and written");
}

// `values` results, `operations` a round of each of them.
void calibrate_products(const Calibration& c, std::string_view name, decltype(Calibration::tf32) run,
                        unsigned values, double operations, int depth) {
  const Tensor out = Tensor::zeros({values}, DType::f32, c.device);
  const double seconds = best_seconds(c.device, [&] {
    run({out.view().data<float>(), c.blocks, c.product_rounds});
  });
  const Tensor host = out.to(Device{});
  for (const float value : host.span<float>())
    ASSERT_EQ(value, static_cast<float>(depth * c.product_rounds)) << name;
  print(name, 1e-9 * operations * values * c.product_rounds / seconds, "GFLOP/s");
}

void calibrate_barrier(const Calibration& c, std::string_view name, decltype(Calibration::block_barriers) run,
                       unsigned blocks) {
  const Tensor out = Tensor::zeros({blocks}, DType::i32, c.device);
  const auto with = [&](int rounds) {
    return best_seconds(c.device, [&] { run({out.view().data<std::int32_t>(), blocks, rounds}); });
  };
  const double launch = with(0), all = with(c.barriers);
  const Tensor host = out.to(Device{});
  for (const std::int32_t rounds : host.span<std::int32_t>()) EXPECT_EQ(rounds, c.barriers) << name;
  print(name, 1e9 * (all - launch) / c.barriers, "ns");
}

void calibrate_launches(const Calibration& c) {
  const Tensor counter = Tensor::zeros({1}, DType::i32, c.device);
  const auto run = [&](int launches) {
    return best_seconds(c.device, [&] {
      for (int i = 0; i < launches; ++i) c.add_one(counter.view().data<std::int32_t>());
    });
  };
  const double one = run(1), all = run(c.launches);
  EXPECT_EQ(counter.to(Device{}).span<std::int32_t>()[0], 6 * (1 + c.launches));
  print("launch and wait", 1e6 * one, "us");
  print("launch gap", 1e6 * (all - one) / (c.launches - 1), "us");
}

void calibrate(const Calibration& c) {
  backend(c.device.kind).make_current(c.device.index);
  constexpr double kTile = 2.0 * 16 * 8 * kProductTiles * kProductTiles;
  calibrate_copy(c);
  calibrate_products(c, "multiply-adds, float32", c.multiply_adds, c.blocks * kProductWarps * 32, 16, 1);
  calibrate_products(c, "tensor cores, tf32", c.tf32, c.blocks * kProductWarps, 8 * kTile, 8);
  calibrate_products(c, "tensor cores, bf16", c.bf16, c.blocks * kProductWarps, 16 * kTile, 16);
  calibrate_launches(c);
  calibrate_barrier(c, "barrier of a block of 256", c.block_barriers, 1);
  calibrate_barrier(c, "barrier of a grid", c.grid_barriers, c.resident_blocks);
  if (compute_capability(c.device) == 90)
    calibrate_barrier(c, "barrier of a cluster", c.cluster_barriers, kMostClusterBlocks);
}

TEST(Calibration, Emulated) {
  calibrate({.device = {DeviceKind::emulated, 0},
             .copy = emu::copy_vectors,
             .tf32 = emu::products_tf32,
             .bf16 = emu::products_bf16,
             .multiply_adds = emu::multiply_adds,
             .add_one = emu::add_one,
             .block_barriers = emu::block_barriers,
             .grid_barriers = emu::grid_barriers,
             .cluster_barriers = emu::cluster_barriers,
             .resident_blocks = emu::resident_calibration_blocks(),
             .copied_vectors = 1000,
             .blocks = 2,
             .product_rounds = 10,
             .barriers = 10,
             .launches = 10});
}

#if SONOGRAD_HAS_CUDA
TEST(Calibration, Cuda) {
  const Device device{DeviceKind::cuda, 0};
  const std::string reason = why_unavailable(device);
  if (!reason.empty()) GTEST_SKIP() << reason;
  backend(device.kind).make_current(device.index);
  calibrate({.device = device,
             .copy = cu::copy_vectors,
             .tf32 = cu::products_tf32,
             .bf16 = cu::products_bf16,
             .multiply_adds = cu::multiply_adds,
             .add_one = cu::add_one,
             .block_barriers = cu::block_barriers,
             .grid_barriers = cu::grid_barriers,
             .cluster_barriers = cu::cluster_barriers,
             .resident_blocks = cu::resident_calibration_blocks(),
             .copied_vectors = 1 << 25,
             .blocks = 1024,
             .product_rounds = 20'000,
             .barriers = 10'000,
             .launches = 1000});
}
#endif

}  // namespace
}  // namespace sonograd::kernels
