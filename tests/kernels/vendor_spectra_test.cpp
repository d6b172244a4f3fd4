#include <gmock/gmock.h>

#include "kernels/vendor/spectra.h"

namespace sonograd::kernels {
namespace {

using testing::ElementsAre;

constexpr Device kEmulatedDevice = {DeviceKind::emulated, 0};

Tensor on_device(const std::vector<float>& values, const Shape& shape) {
  return Tensor::from(values, shape, kEmulatedDevice);
}

std::vector<float> values_of(const Tensor& tensor) {
  const Tensor host = tensor.to(Device{});
  const auto values = host.span<float>();
  return {values.begin(), values.end()};
}

TEST(VendorSpectra, FramesAreMirroredAndWindowed) {
  const Tensor x = on_device({1, 2, 3, 4, 5}, {1, 5}), window = on_device({10, 100}, {2});
  const StftProblem p = StftProblem::make(x.shape(), 2, {.n_fft = 4, .hop_length = 4});
  const Tensor frames = Tensor::empty({p.frames, 4}, DType::f32, kEmulatedDevice);
  emu::cut_frames(p, x, window, frames.view().data<float>());
  EXPECT_THAT(values_of(frames), ElementsAre(0, 20, 100, 0, 0, 40, 500, 0));
}

TEST(VendorSpectra, SpectraAndPowersAreStoredOrAdded) {
  const StftProblem p = StftProblem::make({1, 2}, 2, {.n_fft = 2, .hop_length = 2, .center = false});
  const Tensor spectra = on_device({1, 2, 3, 4}, p.complex_shape());
  const Tensor y = on_device({7, 7, 7, 7}, p.complex_shape());
  const Tensor power = on_device({1, 1}, p.power_shape());
  emu::store_spectra(p, spectra.view().data<float>(), set(y));
  emu::store_powers(p, spectra.view().data<float>(), add_to(power));
  EXPECT_THAT(values_of(y), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values_of(power), ElementsAre(6, 26));
}

}  // namespace
}  // namespace sonograd::kernels
