#include "tensor/uploader.h"

#include <algorithm>

namespace sonograd {

std::span<float> Uploader::buffer(std::size_t count) {
  if (!staging_ || staging_->host().size() < count * sizeof(float)) {
    staging_ = make_staging(count * sizeof(float), device_);
  }
  return {reinterpret_cast<float*>(staging_->host().data()), count};
}

Tensor Uploader::upload(const Shape& shape) {
  const Tensor there = Tensor::empty(shape, DType::f32, device_);
  staging_->upload(static_cast<std::byte*>(there.view().pointer), there.bytes());
  return there;
}

Tensor Uploader::upload(std::span<const float> values, const Shape& shape) {
  if (device_.kind == DeviceKind::cpu) return Tensor::from(values, shape);
  std::ranges::copy(values, buffer(values.size()).begin());
  return upload(shape);
}

}  // namespace sonograd
