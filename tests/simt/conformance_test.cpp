// Every primitive of the device language on every device that has it: the emulator has the results of the hardware.
#include <gtest/gtest.h>

#include "tensor/device/backend.h"
#include "tensor/device/emulated.h"
#include "tensor/tensor.h"
#include "tests/simt/primitive.h"

namespace sonograd::kernels {
namespace {

// Outputs start as zeros.
Words run_on(const Primitive& primitive, Device device, const Words& input) {
  backend(device.kind).make_current(device.index);
  const auto count = static_cast<std::int64_t>(primitive.outputs);
  const std::vector<std::int32_t> bits(input.begin(), input.end());
  const Tensor in = Tensor::from(bits, {static_cast<std::int64_t>(bits.size())}, device);
  const Tensor out = Tensor::zeros({count}, DType::i32, device);
  primitive.run({static_cast<const std::uint32_t*>(in.view().pointer),
                 static_cast<std::uint32_t*>(out.view().pointer)});
  const Tensor host = out.to(Device{});
  const auto values = host.span<std::int32_t>();
  return Words(values.begin(), values.end());
}

Words input_of(const Primitive& primitive) {
  Words input(primitive.inputs);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = primitive.input(i);
  return input;
}

using Lists = std::initializer_list<std::vector<Primitive>>;

void expect_conformance(const Lists& lists, Device device) {
  for (const auto& list : lists) {
    for (const Primitive& primitive : list) {
      const Words input = input_of(primitive);
      EXPECT_EQ(run_on(primitive, device, input), primitive.expected(input)) << primitive.name;
    }
  }
}

TEST(Conformance, Emulated) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    const EmulatorScope scope({.seed = seed, .host_threads = seed % 2 == 0 ? 1 : 2});
    expect_conformance(
        {emu::warp_primitives(), emu::block_primitives(), emu::memory_primitives(), emu::mma_primitives(),
         emu::grid_primitives(), emu::hopper_primitives(), emu::cluster_primitives()},
        {DeviceKind::emulated, 0});
  }
}

#if SONOGRAD_HAS_CUDA
TEST(Conformance, Cuda) {
  const Device device{DeviceKind::cuda, 0};
  const std::string reason = why_unavailable(device);
  if (!reason.empty()) GTEST_SKIP() << reason;
  expect_conformance({cu::warp_primitives(), cu::block_primitives(), cu::memory_primitives(),
                      cu::mma_primitives(), cu::grid_primitives()},
                     device);
  if (compute_capability(device) / 10 == 9)
    expect_conformance({cu::hopper_primitives(), cu::cluster_primitives()}, device);
}
#endif

}  // namespace
}  // namespace sonograd::kernels
