#include "tensor/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>

namespace sonograd {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Tensor counting(const Shape& shape) {
  const Tensor tensor = Tensor::empty(shape);
  std::iota(tensor.span<float>().begin(), tensor.span<float>().end(), 0.0f);
  return tensor;
}

TEST(Tensor, DefaultIsUndefined) {
  const Tensor tensor;
  EXPECT_FALSE(tensor.defined());
  EXPECT_FALSE(tensor.view().defined());
  EXPECT_EQ(tensor.numel(), 0);
}

TEST(Tensor, EmptyTensorsAreDefined) {
  const Tensor tensor = Tensor::zeros({0, 3});
  EXPECT_TRUE(tensor.defined());
  EXPECT_TRUE(tensor.view().defined());
  EXPECT_EQ(tensor.bytes(), 0u);
}

TEST(Tensor, MemoryIsAligned) {
  for (const std::int64_t size : {1, 100, 1 << 20}) {
    const auto address = reinterpret_cast<std::uintptr_t>(Tensor::empty({size}).data<float>());
    EXPECT_EQ(address % Storage::kAlignment, 0u) << size;
  }
}

TEST(Tensor, FillsWithZerosAndValues) {
  EXPECT_THAT(Tensor::zeros({2, 3}, DType::i64).span<std::int64_t>(), Each(0));
  EXPECT_THAT(Tensor::full({3}, 2.5).span<float>(), Each(2.5f));
  EXPECT_THAT(Tensor::full({3}, 7, DType::u8).span<std::uint8_t>(), Each(7));
  EXPECT_EQ(Tensor::full({1}, 1.0 / 3, DType::bf16).item(), 0.333984375);
}

TEST(Tensor, FromCopiesValues) {
  std::vector<std::int32_t> values = {1, 2, 3, 4, 5, 6};
  const Tensor tensor = Tensor::from(values, {2, 3});
  values[0] = -1;
  EXPECT_EQ(tensor.dtype(), DType::i32);
  EXPECT_THAT(tensor.span<std::int32_t>(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THROW(Tensor::from(values, {2, 2}), ShapeError);
}

TEST(Tensor, CopiesShareMemoryAndClonesDoNot) {
  const Tensor tensor = counting({4});
  const Tensor handle = tensor;
  const Tensor clone = tensor.clone();
  tensor.data<float>()[0] = 9.0f;
  EXPECT_EQ(handle.data<float>()[0], 9.0f);
  EXPECT_EQ(clone.data<float>()[0], 0.0f);
}

TEST(Tensor, ReshapeSharesMemoryAndSolvesOneExtent) {
  const Tensor tensor = counting({2, 3, 4});
  EXPECT_EQ(tensor.reshape({6, -1}).shape(), (Shape{6, 4}));
  EXPECT_EQ(tensor.reshape({6, -1}).data<float>(), tensor.data<float>());
  EXPECT_THROW(tensor.reshape({5, -1}), ShapeError);
  EXPECT_THROW(tensor.reshape({-1, -1}), ShapeError);
  EXPECT_THROW(tensor.reshape(Shape{5}), ShapeError);
}

TEST(Tensor, RowsShareMemory) {
  const Tensor tensor = counting({4, 2});
  const Tensor rows = tensor.rows(1, 2);
  EXPECT_EQ(rows.shape(), (Shape{2, 2}));
  EXPECT_THAT(rows.span<float>(), ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(rows.rows(1, 1).span<float>(), ElementsAre(4, 5));
  EXPECT_EQ(rows.data<float>(), tensor.data<float>() + 2);
  EXPECT_THROW(tensor.rows(3, 2), ShapeError);
}

TEST(Tensor, ConvertsBetweenTypes) {
  const Tensor tensor = Tensor::from(std::vector<float>{1.75f, -2.0f, 100.0f}, {3});
  EXPECT_THAT(tensor.to(DType::i16).span<std::int16_t>(), ElementsAre(1, -2, 100));
  EXPECT_THAT(tensor.to(DType::f64).span<double>(), ElementsAre(1.75, -2.0, 100.0));
  EXPECT_THAT(tensor.to(DType::bf16).to(DType::f32).span<float>(), ElementsAre(1.75f, -2.0f, 100.0f));
  EXPECT_EQ(tensor.to(DType::f32).data<float>(), tensor.data<float>()) << "nothing to convert";
}

TEST(Tensor, CopyFromRequiresTheSameShapeAndType) {
  const Tensor target = Tensor::zeros({2, 3});
  target.copy_from(counting({2, 3}));
  EXPECT_THAT(target.span<float>(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THROW(target.copy_from(counting({3, 2})), ShapeError);
  EXPECT_THROW(target.copy_from(counting({2, 4}).view().slice(1, 0, 3)), ShapeError);
  EXPECT_THROW(target.copy_from(Tensor::zeros({2, 3}, DType::f64)), DTypeError);
}

TEST(Tensor, ItemRequiresOneElement) {
  EXPECT_EQ(Tensor::full({}, 3.5).item(), 3.5);
  EXPECT_EQ(Tensor::full({1, 1}, -4, DType::i64).item(), -4.0);
  EXPECT_THROW(counting({2}).item(), ShapeError);
}

TEST(Tensor, RefusesExtentsBeyondItsStorage) {
  const auto storage = Storage::allocate(16, Device{});
  EXPECT_NO_THROW(Tensor(storage, {2}, DType::f32, 8));
  EXPECT_THROW(Tensor(storage, {3}, DType::f32, 8), ShapeError);
}

TEST(Tensor, ErrorsShowWhatArrived) {
  EXPECT_THAT(
      [] {
        counting({2, 3}).reshape(Shape{7});
      },
      ThrowsMessage<ShapeError>(AllOf(HasSubstr("[2, 3]"), HasSubstr("[7]"))));
  EXPECT_THAT([] { counting({2}).data<double>(); },
              ThrowsMessage<DTypeError>(AllOf(HasSubstr("f64"), HasSubstr("f32"))));
}

TEST(Storage, BorrowKeepsTheOwnerAlive) {
  auto owner = std::make_shared<std::vector<float>>(3, 1.0f);
  const std::weak_ptr<std::vector<float>> watch = owner;
  auto storage = Storage::borrow(owner->data(), 3 * sizeof(float), owner);
  owner.reset();
  EXPECT_FALSE(watch.expired());
  storage.reset();
  EXPECT_TRUE(watch.expired());
}

TEST(Device, ParsesNames) {
  EXPECT_EQ(Device::parse("cpu"), Device{});
  EXPECT_EQ((Device{DeviceKind::cuda, 1}).name(), "cuda:1");
  for (const char* word : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "CPU"}) {
    EXPECT_THROW(Device::parse(word), ConfigError) << word;
  }
}

}  // namespace
}  // namespace sonograd
