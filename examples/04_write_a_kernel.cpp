// A new CUDA kernel on every device of this machine, compared with a loop on the CPU.
#include "examples/04_write_a_kernel.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "kernels/core/select.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

void loop(const RunningMean::Problem& p, const RunningMean::Args& a, const Context&, Workspace) {
  for (std::int64_t i = 0; i < p.n; ++i) {
    float sum = 0;
    for (std::int64_t j = i - kReach; j <= i + kReach; ++j) {
      if (j >= 0 && j < p.n) sum += a.x.data<float>()[j];
    }
    a.y.data<float>()[i] = sum / kWindow;
  }
}

// The table: the loop for the CPU, and the kernel once for each target for which it is compiled.
constexpr KernelVariant<RunningMean> kLoop = {.name = "loop", .run = loop};
constexpr const KernelVariant<RunningMean>* kLadder[] = {&kLoop, SONOGRAD_ON_CUDA(running_mean_tiled)};

Tensor running_mean(const Tensor& x, Device device) {
  const Tensor there = x.to(device), y = Tensor::empty(x.shape(), DType::f32, device);
  run<RunningMean>(kLadder, {x.numel()}, {there, set(y)});
  return y.to(Device{});
}

}  // namespace
}  // namespace sonograd::kernels

int main() {
  namespace sg = sonograd;
  const sg::Tensor x = sg::Tensor::empty({1000});
  std::iota(x.data<float>(), x.data<float>() + x.numel(), 0.0f);
  const sg::Tensor expected = sg::kernels::running_mean(x, {});

  for (const sg::Device device : {sg::Device{sg::DeviceKind::emulated}, sg::Device{sg::DeviceKind::cuda}}) {
    if (const std::string reason = why_unavailable(device); !reason.empty()) {
      std::printf("%s: left out, %s\n", device.name().c_str(), reason.c_str());
      continue;
    }
    if (!std::ranges::equal(sg::kernels::running_mean(x, device).span<float>(), expected.span<float>())) {
      std::printf("%s: the means differ from the loop\n", device.name().c_str());
      return 1;
    }
    std::printf("%s: all %lld means agree with the loop\n", device.name().c_str(),
                static_cast<long long>(x.numel()));
  }
}
