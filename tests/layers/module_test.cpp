// Members of modules register themselves, under their names and in the order of their declaration.
#include "layers/module.h"

#include <gtest/gtest.h>

#include "layers/derived.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "layers/part.h"
#include "layers/random_scope.h"
#include "layers/sequential.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

using namespace layers;

// Everything a module can have.
class Example : public Module {
 public:
  explicit Example(bool with_more = false) {
    if (with_more) more_.emplace(*this, "more", 1, 1, Bias::none);
  }

  double sum() const { return sum_.get(); }
  int made() const { return made_; }
  const Parameter& scale() const { return scale_; }
  const Tensor& table() const { return table_; }

 private:
  Parameter scale_{*this, "scale", Tensor::full({2}, 3)};
  Parameter absent_{*this, "absent", Tensor()};
  Part<Linear> first_{*this, "first", 2, 3};
  Part<BatchNorm> norm_{*this, "norm", 3};
  Buffer window_{*this, "spec.window", Tensor::full({4}, 1), StateKind::front_end};
  Buffer table_{*this, "table", Tensor::full({3}, 1), StateKind::constant};
  std::optional<Part<Linear>> more_;
  mutable int made_ = 0;
  Derived<double> sum_{
      *this, [this] {
        ++made_;
        const auto values = scale_.data().to(Device{}).to(DType::f32);
        return std::make_unique<const double>(values.span<float>()[0] + values.span<float>()[1]);
      }};
};

std::vector<std::string> names_of(const Module& module) {
  std::vector<std::string> names;
  for (const StateInfo& entry : module.state()) names.push_back(entry.name);
  return names;
}

TEST(Module, MembersAppearInTheOrderOfTheirDeclaration) {
  EXPECT_EQ(names_of(Example()),
            (std::vector<std::string>{"scale", "first.weight", "first.bias", "norm.weight", "norm.bias",
                                      "norm.running_mean", "norm.running_var", "norm.num_batches_tracked",
                                      "spec.window"}));
  EXPECT_EQ(names_of(Example(true)).back(), "more.weight");
  EXPECT_EQ(Example().parameters().size(), 5u);
  EXPECT_EQ(Example(true).parameter_count(), 2 + 9 + 6 + 1);
}

TEST(Module, EntriesSayWhatTheyAre) {
  Example module;
  const auto state = module.state();
  for (const StateEntry& entry : state) {
    EXPECT_EQ(entry.parameter != nullptr, entry.kind == StateKind::parameter) << entry.name;
    EXPECT_EQ(entry.may_be_missing(), entry.name == "norm.num_batches_tracked" || entry.name == "spec.window")
        << entry.name;
  }
  EXPECT_EQ(state[5].kind, StateKind::statistic);
  EXPECT_EQ(state[7].kind, StateKind::counter);
  EXPECT_EQ(state[8].kind, StateKind::front_end);
}

template <class M>
constexpr bool kGivesParameters = requires(M& module) {
  module.parameters();
};

TEST(Module, IsReadOnlyWhereItIsConst) {
  Example module;
  const Module& constant = module;
  const std::vector<StateEntry> writable = module.state();
  const std::vector<ConstStateEntry> readable = constant.state();
  ASSERT_EQ(readable.size(), writable.size());
  for (std::size_t i = 0; i < readable.size(); ++i) {
    EXPECT_EQ(readable[i].name, writable[i].name);
    EXPECT_EQ(readable[i].kind, writable[i].kind);
    EXPECT_EQ(readable[i].shape, writable[i].tensor.shape());
    EXPECT_EQ(readable[i].value.dtype(), writable[i].tensor.dtype());
  }
  static_assert(std::is_same_v<decltype(readable[0].value.data<float>()), const float*>);
  static_assert(!std::is_convertible_v<ConstView, View>, "no kernel writes through it");
  static_assert(!std::is_convertible_v<ConstView, Tensor>);
  static_assert(kGivesParameters<Module> && !kGivesParameters<const Module>);

  EXPECT_EQ(readable[0].value.data<float>(), writable[0].tensor.data<float>()) << "a view, no copy";
  const Tensor copy = Tensor::copy_of(readable[0].value);
  EXPECT_NE(copy.data<float>(), readable[0].value.data<float>());
  EXPECT_TRUE(std::ranges::equal(copy.span<float>(), writable[0].tensor.span<float>()));
  EXPECT_EQ(Tensor::copy_of(readable[0].value, {DeviceKind::emulated, 0}).device().kind,
            DeviceKind::emulated);
  EXPECT_THROW(Tensor::copy_of(View(Tensor::zeros({2, 3})).permute(std::array{1, 0})), ShapeError);
}

TEST(Module, NamesAreGivenOnce) {
  Sequential layers;
  layers.emplace<Linear>("dense", 2, 2);
  EXPECT_THROW(layers.emplace<Linear>("dense", 2, 2), Error);
  EXPECT_THROW(layers.emplace<Linear>("", 2, 2), Error);
  EXPECT_EQ(layers.size(), 1u);
  EXPECT_EQ(names_of(layers), (std::vector<std::string>{"dense.weight", "dense.bias"}));
}

TEST(Module, PathsGoDownFromTheOutermost) {
  Sequential network;
  Sequential& blocks = network.emplace<Sequential>("blocks");
  const Linear& second = blocks.emplace<Linear>("1", 2, 2);
  EXPECT_EQ(network.path(), "");
  EXPECT_EQ(second.path(), "blocks.1");
}

TEST(Module, CountersStayOnTheHostAndKeepTheirType) {
  const Device emulated{DeviceKind::emulated, 0};
  Example module;
  module.to(emulated);
  module.to(DType::f64);
  for (const StateEntry& entry : module.state()) {
    const bool counter = entry.kind == StateKind::counter;
    EXPECT_EQ(entry.tensor.device(), counter ? Device{} : emulated) << entry.name;
    EXPECT_EQ(entry.tensor.dtype(), counter ? DType::i64 : DType::f64) << entry.name;
    EXPECT_EQ(entry.parameter != nullptr && entry.parameter->requires_grad(), entry.parameter != nullptr);
  }
}

TEST(Module, ConstantsAreInNoFileAndMoveAlong) {
  const Device emulated{DeviceKind::emulated, 0};
  Example module;
  module.to(emulated);
  EXPECT_EQ(module.table().device(), emulated);
  for (const StateEntry& entry : module.state()) EXPECT_NE(entry.name, "table");
}

TEST(Module, ParametersThatStayKeepTheirGradients) {
  Example module;
  const auto before = module.parameters();
  module.to(Device{});
  module.to(DType::f32);
  const auto after = module.parameters();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].slot(), after[i].slot());
}

TEST(Module, DerivedValuesAreMadeByPrepareAndFollowTheState) {
  Example module;
  module.prepare({});
  EXPECT_FALSE(module.training());
  EXPECT_EQ(module.made(), 1);
  EXPECT_EQ(module.sum(), 6);
  EXPECT_EQ(module.made(), 1);
  module.scale().data().data<float>()[0] = 1;
  module.state_changed();
  EXPECT_EQ(module.sum(), 4);
  module.train();
  EXPECT_EQ(module.sum(), 4);
  EXPECT_EQ(module.made(), 3);
}

TEST(Module, DerivedValuesOfPartsFollowToo) {
  Sequential outer;
  class Wrapper : public Layer {
   public:
    Variable forward(const Variable& x) const override { return x; }
    Part<Example> example{*this, "example"};
  };
  const Wrapper& inner = outer.emplace<Wrapper>("inner");
  outer.prepare({});
  EXPECT_EQ(inner.example.made(), 1);
  outer.state_changed();
  EXPECT_EQ(inner.example.sum(), 6);
  EXPECT_EQ(inner.example.made(), 2);
}

TEST(Sequential, IsItsLayersOneAfterTheOther) {
  Sequential layers;
  const Variable x(random_tensor({3, 2}));
  EXPECT_EQ(layers.forward(x).data().view().pointer, x.data().view().pointer);
  layers.emplace<Linear>("0", 2, 4);
  layers.emplace<Linear>("1", 4, 3, Bias::none);
  const Tensor expected = layers[1].forward(layers[0].forward(x)).data();
  const Tensor y = layers.forward(x).data();
  ASSERT_EQ(y.shape(), (Shape{3, 3}));
  EXPECT_TRUE(std::ranges::equal(y.span<float>(), expected.span<float>()));
}

TEST(Linear, WithoutABiasDrawsNothingForIt) {
  const auto first_weight = [](const Linear& layer) { return layer.state()[0].value.data<float>()[0]; };
  const RandomScope scope(7, 0);
  Linear plain(2, 2, Bias::none), next(2, 2);
  EXPECT_EQ(plain.parameters().size(), 1u);
  EXPECT_EQ(plain.forward(Variable(Tensor::zeros({1, 2}))).data().data<float>()[0], 0);
  const RandomScope again(7, 0);
  RandomScope::next(RandomStream::init);
  EXPECT_EQ(first_weight(Linear(2, 2)), first_weight(next));
}

}  // namespace
}  // namespace sonograd
