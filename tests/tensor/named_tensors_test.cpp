#include "tensor/io/named_tensors.h"

#include <gtest/gtest.h>

namespace sonograd::io {
namespace {

TEST(NamedTensors, KeepsTheOrderOfFirstAppearance) {
  NamedTensors tensors = {{"b", Tensor::full({}, 1)}, {"a", Tensor::full({}, 2)}};
  tensors.set("b", Tensor::full({}, 3));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors.begin()->first, "b");
  EXPECT_EQ(tensors.at("b").item(), 3.0) << "the last one wins";
}

TEST(NamedTensors, FindsByName) {
  const NamedTensors tensors = {{"a", Tensor::full({}, 2)}};
  EXPECT_TRUE(tensors.contains("a"));
  EXPECT_EQ(tensors.find("c"), nullptr);
  EXPECT_THROW(tensors.at("c"), FormatError);
}

}  // namespace
}  // namespace sonograd::io
