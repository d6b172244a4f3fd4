#include "layers/non_local.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include "tests/layers/layer_gradients.h"
#include "tests/support/devices.h"

namespace sonograd::layers {
namespace {

constexpr Affinity kAffinities[] = {Affinity::gaussian, Affinity::embedded_gaussian, Affinity::dot_product,
                                    Affinity::concatenation};

using Matrix = std::vector<std::vector<double>>;

/// State of a block in double.
class State {
 public:
  explicit State(NonLocal& block) {
    for (const StateEntry& entry : block.state()) {
      if (entry.kind == StateKind::counter) continue;
      const auto values = entry.tensor.span<float>();
      values_[entry.name] = std::vector<double>(values.begin(), values.end());
    }
  }
  const std::vector<double>& at(const std::string& name) const { return values_.at(name); }
  Matrix project(const std::string& name, const Matrix& x) const {
    const auto &weight = at(name + ".weight"), &bias = at(name + ".bias");
    Matrix y;
    for (const auto& row : x) {
      std::vector<double> out = bias;
      for (std::size_t o = 0; o < out.size(); ++o) {
        for (std::size_t i = 0; i < row.size(); ++i) out[o] += weight[o * row.size() + i] * row[i];
      }
      y.push_back(std::move(out));
    }
    return y;
  }

 private:
  std::map<std::string, std::vector<double>> values_;
};

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// The definition, position by position: x_i plus norm(out(sum over j of f g_j / C)) in evaluation.
Matrix defined(const State& state, const NonLocalOptions& options, const Matrix& x, const Matrix& others) {
  const bool embedded = options.affinity != Affinity::gaussian;
  const bool is_softmax =
      options.affinity == Affinity::gaussian || options.affinity == Affinity::embedded_gaussian;
  const Matrix queries = embedded ? state.project("theta", x) : x;
  const Matrix keys = embedded ? state.project("phi", others) : others;
  const Matrix values = state.project("g", others);
  const double width = options.scaled ? std::sqrt(static_cast<double>(queries[0].size())) : 1;
  Matrix y;
  for (const auto& query : queries) {
    std::vector<double> sum(values[0].size());
    double total = 0;
    for (std::size_t j = 0; j < keys.size(); ++j) {
      double f = is_softmax ? std::exp(product(query, keys[j]) / width) : product(query, keys[j]);
      if (options.affinity == Affinity::concatenation) {
        std::vector<double> both = query;
        both.insert(both.end(), keys[j].begin(), keys[j].end());
        f = std::max(0.0, product(state.at("affinity"), both));
      }
      total += is_softmax ? f : 1;
      for (std::size_t c = 0; c < sum.size(); ++c) sum[c] += f * values[j][c];
    }
    for (double& value : sum) value /= total;
    y.push_back(std::move(sum));
  }
  Matrix z = state.project("out", y);
  for (std::size_t i = 0; i < z.size(); ++i) {
    for (std::size_t c = 0; c < z[i].size(); ++c) {
      if (options.norm) {
        const double scale =
            state.at("bn.weight")[c] / std::sqrt(state.at("bn.running_var")[c] + options.norm->eps);
        z[i][c] = (z[i][c] - state.at("bn.running_mean")[c]) * scale + state.at("bn.bias")[c];
      }
      z[i][c] += x[i][c];
    }
  }
  return z;
}

// Positions of one example, and those of its maxima over 2 or 2 x 2 positions.
Matrix positions_in(const Tensor& x, std::int64_t example) {
  const std::int64_t channels = x.shape()[-1], count = x.numel() / x.shape()[0] / channels;
  Matrix rows;
  for (std::int64_t p = 0; p < count; ++p) {
    const float* row = x.data<float>() + (example * count + p) * channels;
    rows.emplace_back(row, row + channels);
  }
  return rows;
}
Matrix halved(const Matrix& x, std::size_t frames, std::size_t bands, bool is_map) {
  const std::size_t high = is_map ? 2 : 1;
  Matrix rows;
  for (std::size_t t = 0; t + 1 < frames; t += 2) {
    for (std::size_t f = 0; f + high <= bands; f += high) {
      std::vector<double> most = x[t * bands + f];
      for (std::size_t k = 1; k < 2 * high; ++k) {
        const auto& other = x[(t + k / high) * bands + f + k % high];
        std::ranges::transform(most, other, most.begin(), [](double a, double b) { return std::max(a, b); });
      }
      rows.push_back(std::move(most));
    }
  }
  return rows;
}

TEST(NonLocal, HasTheDefinitionOfThePaper) {
  for (const Device device : test::all_devices()) {
    for (const Affinity affinity : kAffinities) {
      for (const bool is_map : {false, true}) {
        for (const bool other : {false, true}) {
          NonLocalOptions options{
              .affinity = affinity, .inner = other ? 3 : 0, .scaled = !other, .subsampled = other};
          if (other) options.norm.reset();
          const Shape shape = is_map ? Shape{2, 5, 4, 6} : Shape{2, 7, 6};
          NonLocal block(6, options);
          test::disturb(block);
          block.train(false);
          const Tensor x = random_tensor(shape);
          const State state(block);
          block.to(device);
          const Tensor y = block.forward(Variable(x.to(device))).data().to(Device{});
          ASSERT_EQ(y.shape(), shape);
          for (std::int64_t n = 0; n < 2; ++n) {
            const Matrix from = positions_in(x, n);
            const Matrix to = other ? halved(from, is_map ? 5 : 7, is_map ? 4 : 1, is_map) : from;
            const Matrix expected = defined(state, options, from, to), actual = positions_in(y, n);
            for (std::size_t p = 0; p < expected.size(); ++p) {
              for (std::size_t c = 0; c < expected[p].size(); ++c)
                EXPECT_NEAR(actual[p][c], expected[p][c], 1e-5)
                    << p << ' ' << c << ' ' << static_cast<int>(affinity);
            }
          }
        }
      }
    }
  }
}

TEST(NonLocal, ANewBlockReturnsItsInput) {
  for (const Affinity affinity : kAffinities) {
    for (const bool norm : {false, true}) {
      NonLocalOptions options{.affinity = affinity};
      if (!norm) options.norm.reset();
      NonLocal block(4, options);
      const Tensor x = random_tensor({2, 3, 5, 4});
      for (const bool training : {true, false}) {
        block.train(training);
        const Tensor y = block.forward(Variable(x)).data();
        EXPECT_TRUE(std::ranges::equal(y.span<float>(), x.span<float>()));
      }
    }
  }
}

TEST(NonLocal, PermutingPositionsPermutesTheResult) {
  for (const Affinity affinity : kAffinities) {
    NonLocal block(4, {.affinity = affinity});
    test::disturb(block);
    block.train(false);
    const Tensor x = random_tensor({1, 6, 4}), turned = Tensor::empty(x.shape());
    const auto at = [](const Tensor& t, std::int64_t p) { return t.data<float>() + 4 * p; };
    for (std::int64_t p = 0; p < 6; ++p) std::copy_n(at(x, p), 4, at(turned, (p + 2) % 6));
    const Tensor y = block.forward(Variable(x)).data(), other = block.forward(Variable(turned)).data();
    for (std::int64_t p = 0; p < 6; ++p) {
      for (int c = 0; c < 4; ++c) EXPECT_NEAR(at(y, p)[c], at(other, (p + 2) % 6)[c], 1e-6);
    }
  }
}

TEST(NonLocal, GradientsOfEveryAffinity) {
  for (const Affinity affinity : kAffinities) {
    for (const bool subsampled : {false, true}) {
      NonLocal block(4, {.affinity = affinity, .subsampled = subsampled});
      test::disturb(block);
      EXPECT_LE(test::layer_gradient_error(block, {2, 6, 4}), 1e-6) << static_cast<int>(affinity);
      NonLocal map(4, {.affinity = affinity, .subsampled = subsampled, .norm = std::nullopt});
      test::disturb(map);
      EXPECT_LE(test::layer_gradient_error(map, {2, 4, 3, 4}), 1e-6) << static_cast<int>(affinity);
    }
  }
}

TEST(NonLocal, AnAxisOfOnePositionIsNotPooled) {
  NonLocal block(4, {.subsampled = true});
  test::disturb(block);
  block.train(false);
  const Tensor x = random_tensor({2, 6, 4});
  const Tensor expected = block.forward(Variable(x)).data();
  for (const Shape& map : {Shape{2, 6, 1, 4}, Shape{2, 1, 6, 4}}) {
    const Tensor y = block.forward(Variable(x.reshape(map))).data();
    EXPECT_TRUE(std::ranges::equal(y.span<float>(), expected.span<float>())) << map;
  }
}

// Wang et al.: 1024 channels, 512 of them inside.
TEST(NonLocal, ParametersOfThePaper) {
  EXPECT_EQ(NonLocal(1024).parameter_count(), 2101760);
}

TEST(NonLocal, RefusesOtherRanksAndSizes) {
  EXPECT_THROW(NonLocal(4).forward(Variable(random_tensor({3, 4}))), ShapeError);
  EXPECT_THROW(NonLocal(4, {.inner = -1}), ConfigError);
}

}  // namespace
}  // namespace sonograd::layers
