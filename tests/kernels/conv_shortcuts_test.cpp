// Identities by which kernels that fuse convolution and batch normalisation (BN) may leave out work (S3 to S6), on the
// reference rows in float64.
//
// Notation: y = W x + b the convolution, M its positions; xhat = (y - mean) * inv_std, gamma and beta the weight and bias of
// BN, dy, dz the gradients of its input and output.
#include "kernels/copy/copy.h"
#include "tests/kernels/float64_ops.h"

namespace sonograd::kernels {
namespace {

struct Layer {
  Shape x, weight;
  Conv2dOptions options;

  Conv2dProblem problem() const { return Conv2dProblem::make(x, weight, options, DType::f64); }
};

// Odd sizes, padding on some sides only, strides and dilations, two and three channels.
const Layer kLayers[] = {
    {{2, 9, 11, 1}, {5, 3, 3, 1}, {.padding = 1}},
    {{3, 8, 13, 1}, {4, 2, 5, 1}, {.stride = {1, 2}, .padding = {0, 1, 3, 2}}},
    {{2, 11, 7, 2}, {7, 2, 3, 2}, {.stride = 2, .padding = {2, 1}, .dilation = {3, 1}}},
    {{1, 6, 5, 3}, {6, 1, 1, 3}, {}},
};

// The patch of x at each output position: [N, T', F', K] with K = kT * kF * in, in the order of the weight.
Tensor patches_of(const Conv2dProblem& p, const Tensor& x) {
  const std::int64_t k = p.kernel.t * p.kernel.f * p.in_channels;
  const Tensor identity = Tensor::zeros({k, p.kernel.t, p.kernel.f, p.in_channels}, DType::f64);
  for (std::int64_t i = 0; i < k; ++i) identity.data<double>()[i * k + i] = 1;
  return f64::conv(Conv2dProblem::make(x.shape(), identity.shape(), p.options, DType::f64), x, identity);
}

// s [K], the sum of all patches, and R [K, K], the sum of their outer products.
struct PatchMoments {
  Tensor s, r;

  static PatchMoments of(const Tensor& patches) {
    const std::int64_t k = patches.shape()[-1];
    PatchMoments m = {Tensor::zeros({k}, DType::f64), Tensor::zeros({k, k}, DType::f64)};
    for (const double* patch = patches.data<double>(); patch != patches.data<double>() + patches.numel();
         patch += k) {
      for (std::int64_t i = 0; i < k; ++i) {
        m.s.data<double>()[i] += patch[i];
        for (std::int64_t j = 0; j < k; ++j) m.r.data<double>()[i * k + j] += patch[i] * patch[j];
      }
    }
    return m;
  }
};

// [rows, K] times [K, columns], all dense.
Tensor product(const Tensor& a, const Tensor& b, std::int64_t k) {
  const std::int64_t rows = a.numel() / k, columns = b.numel() / k;
  Tensor c = Tensor::zeros({rows, columns}, DType::f64);
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    for (std::int64_t j = 0; j < k; ++j) {
      c.data<double>()[i] +=
          a.data<double>()[i / columns * k + j] * b.data<double>()[j * columns + i % columns];
    }
  }
  return c;
}

// S3, forward. A convolution is W p for each patch p, so that the statistics of all its outputs follow from the moments of
// the patches, which do not depend on W:
//   mean = W s / M + b,   variance = diag(W R W^T) / M - (W s / M)^2
// The bias is in the mean alone.
TEST(FirstLayer, StatisticsComeFromPatchMoments) {
  for (const Layer& layer : kLayers) {
    SCOPED_TRACE(layer.x);
    const Conv2dProblem p = layer.problem();
    const Tensor x = f64::random(layer.x, 1), weight = f64::random(layer.weight, 2);
    const Tensor bias = f64::random({p.out_channels}, 3);
    const Tensor patches = patches_of(p, x);
    const std::int64_t k = patches.shape()[-1];
    const auto rows = static_cast<double>(p.batch * p.out_t * p.out_f);
    const auto [s, r] = PatchMoments::of(patches);
    const Tensor ws = product(weight, s, k), wr = product(weight, r, k);
    const Tensor mean = f64::empty({p.out_channels}), inv_std = f64::empty({p.out_channels});
    for (std::int64_t o = 0; o < p.out_channels; ++o) {
      const double centre = ws.data<double>()[o] / rows;
      double squares = 0;
      for (std::int64_t i = o * k; i < (o + 1) * k; ++i) {
        squares += wr.data<double>()[i] * weight.data<double>()[i];
      }
      mean.data<double>()[o] = centre + bias.data<double>()[o];
      inv_std.data<double>()[o] = 1 / std::sqrt(squares / rows - centre * centre + f64::kEps);
    }

    const auto expected = f64::Normalization::of(f64::conv(p, x, weight, bias));
    EXPECT_LT(f64::difference(mean, expected.mean), f64::kExact);
    EXPECT_LT(f64::difference(inv_std, expected.inv_std), f64::kExact);
  }
}

// S3, backward through BN and pooling: neither y nor dy is needed, and dz only where it is not zero.
//   dW = gamma * inv_std * (T - dbeta / M * s - dgamma / M * (W R - W s / M * s) * inv_std)
//   T [out, K] = the sum of g * patch over the pooled positions that ReLU lets pass; dgamma, dbeta: pool_shortcuts_test.cpp
TEST(FirstLayer, WeightGradientIsASparseSumAndPatchMoments) {
  for (const Layer& layer : kLayers) {
    SCOPED_TRACE(layer.x);
    const Conv2dProblem p = layer.problem();
    const Tensor x = f64::random(layer.x, 1), weight = f64::random(layer.weight, 2);
    const Tensor gamma = f64::random({p.out_channels}, 4);
    const Tensor y = f64::conv(p, x, weight, f64::random({p.out_channels}, 3));
    const auto bn = f64::Normalization::of(y);
    auto pool = PoolProblem::make(y.shape(), {2, 3}, {2, 3}, DType::f64);
    pool.rectify = true;
    const Tensor index = f64::Pooled::of(pool, bn.apply(y, gamma, f64::random({p.out_channels}, 5))).index;
    const Tensor g = f64::random(pool.output_shape(), 6), dz = f64::empty(y.shape());
    max_pool_backward(pool, g, index, set(dz));
    const auto expected = bn.backward(y, dz, gamma);

    const Tensor patches = patches_of(p, x);
    const std::int64_t k = patches.shape()[-1];
    const auto rows = static_cast<double>(p.batch * p.out_t * p.out_f);
    const auto [s, r] = PatchMoments::of(patches);
    const Tensor ws = product(weight, s, k), wr = product(weight, r, k);
    const Tensor t = Tensor::zeros(layer.weight, DType::f64), dw = f64::empty(layer.weight);
    for (std::int64_t i = 0; i < g.numel(); ++i) {
      const std::uint8_t cell = index.data<std::uint8_t>()[i];
      if (cell == kNoCell<std::uint8_t>) continue;
      const std::int64_t at = f64::cell_of(pool, i, cell), o = at % p.out_channels;
      const double* patch = patches.data<double>() + at / p.out_channels * k;
      for (std::int64_t j = 0; j < k; ++j) t.data<double>()[o * k + j] += g.data<double>()[i] * patch[j];
    }
    for (std::int64_t i = 0; i < dw.numel(); ++i) {
      const std::int64_t o = i / k;
      const double sum = s.data<double>()[i % k], inv_std = bn.inv_std.data<double>()[o];
      const double covariance = (wr.data<double>()[i] - ws.data<double>()[o] / rows * sum) * inv_std;
      dw.data<double>()[i] = gamma.data<double>()[o] * inv_std *
                             (t.data<double>()[i] - expected.dbias.data<double>()[o] / rows * sum -
                              expected.dweight.data<double>()[o] / rows * covariance);
    }
    EXPECT_LT(f64::difference(dw, f64::conv_weight_gradient(p, x, expected.dx)), f64::kExact);
  }
}

// The inner product of two weights for each input channel.
Tensor inner_products(const Tensor& a, const Tensor& b) {
  Tensor sums = Tensor::zeros({a.shape()[-1]}, DType::f64);
  for (std::int64_t i = 0; i < a.numel(); ++i) {
    sums.data<double>()[i % sums.numel()] += a.data<double>()[i] * b.data<double>()[i];
  }
  return sums;
}

// S4. BN of the input, a = gamma * xhat + beta, then a convolution of a: linear in gamma and beta. With dW(m) the weight
// gradient for an input m, and 1 the map of ones,
//   dgamma = <W, dW(xhat)>, dbeta = <W, dW(1)> for each channel, and dW(a) = gamma * dW(xhat) + beta * dW(1)
// No gradient of the input is needed.
TEST(InputNormalization, GradientsComeFromWeightGradients) {
  for (const Layer& layer : kLayers) {
    SCOPED_TRACE(layer.x);
    const Conv2dProblem p = layer.problem();
    const Tensor x = f64::random(layer.x, 1), weight = f64::random(layer.weight, 2);
    const Tensor gamma = f64::random({p.in_channels}, 4), beta = f64::random({p.in_channels}, 5);
    const Tensor dy = f64::random(p.output_shape(), 6);
    const auto bn = f64::Normalization::of(x);
    const Tensor of_xhat = f64::conv_weight_gradient(p, bn.normalize(x), dy);
    const Tensor of_ones = f64::conv_weight_gradient(p, f64::ones(layer.x), dy);
    const Tensor dw = f64::empty(layer.weight);
    for (std::int64_t i = 0; i < dw.numel(); ++i) {
      const std::int64_t c = i % p.in_channels;
      dw.data<double>()[i] = gamma.data<double>()[c] * of_xhat.data<double>()[i] +
                             beta.data<double>()[c] * of_ones.data<double>()[i];
    }

    const auto expected = bn.backward(x, f64::conv_data_gradient(p, dy, weight), gamma);
    EXPECT_LT(f64::difference(inner_products(weight, of_xhat), expected.dweight), f64::kExact);
    EXPECT_LT(f64::difference(inner_products(weight, of_ones), expected.dbias), f64::kExact);
    EXPECT_LT(f64::difference(dw, f64::conv_weight_gradient(p, bn.apply(x, gamma, beta), dy)), f64::kExact);
  }
}

// Zeros around the map are not moved by beta: dW(1) is not the sum of dy, unless there is no padding.
TEST(InputNormalization, ShiftDoesNotReachThePadding) {
  for (const Layer& layer : kLayers) {
    SCOPED_TRACE(layer.x);
    const Conv2dProblem p = layer.problem();
    const Tensor dy = f64::random(p.output_shape(), 6), sum_of_dy = Tensor::zeros(layer.weight, DType::f64);
    const std::int64_t k = sum_of_dy.numel() / p.out_channels;
    for (std::int64_t i = 0; i < sum_of_dy.numel(); ++i) {
      for (std::int64_t j = i / k; j < dy.numel(); j += p.out_channels) {
        sum_of_dy.data<double>()[i] += dy.data<double>()[j];
      }
    }
    const Tensor of_ones = f64::conv_weight_gradient(p, f64::ones(layer.x), dy);
    const auto& pad = layer.options.padding;
    if (pad.t_before + pad.t_after + pad.f_before + pad.f_after == 0) {
      EXPECT_LT(f64::difference(sum_of_dy, of_ones), f64::kExact);
    } else {
      EXPECT_GT(f64::difference(sum_of_dy, of_ones), 0.01);
    }
  }
}

Tensor concatenate(int axis, const Tensor& a, const Tensor& b) {
  const std::int64_t from_a = a.shape()[axis], from_b = b.shape()[axis];
  Tensor both = f64::empty(a.shape().with(a.shape().normalize(axis), from_a + from_b));
  copy(a, set(both.view().slice(axis, 0, from_a)));
  copy(b, set(both.view().slice(axis, from_a, from_b)));
  return both;
}

// S5. Two convolutions of one input and one geometry, such as the first and the shortcut of a residual block, are one with the
// outputs of both; its data gradient is the sum of theirs, its weight gradient has the rows of both.
TEST(ResidualBlock, TwoConvolutionsAreOne) {
  for (const Layer& layer : kLayers) {
    SCOPED_TRACE(layer.x);
    const Layer shortcut = {layer.x, layer.weight.with(0, 3), layer.options};
    const Conv2dProblem p1 = layer.problem(), p3 = shortcut.problem();
    const Tensor x = f64::random(layer.x, 1);
    const Tensor w1 = f64::random(layer.weight, 2), w3 = f64::random(shortcut.weight, 3);
    const Tensor dy1 = f64::random(p1.output_shape(), 4), dy3 = f64::random(p3.output_shape(), 5);
    const Tensor weight = concatenate(0, w1, w3), dy = concatenate(-1, dy1, dy3);
    const Conv2dProblem p = Layer{layer.x, weight.shape(), layer.options}.problem();

    const Tensor y = concatenate(-1, f64::conv(p1, x, w1), f64::conv(p3, x, w3));
    EXPECT_LT(f64::difference(f64::conv(p, x, weight), y), f64::kExact);
    const Tensor dx = f64::conv_data_gradient(p1, dy1, w1);
    conv2d_backward_data(p3, dy3, w3, add_to(dx));
    EXPECT_LT(f64::difference(f64::conv_data_gradient(p, dy, weight), dx), f64::kExact);
    const Tensor dw =
        concatenate(0, f64::conv_weight_gradient(p1, x, dy1), f64::conv_weight_gradient(p3, x, dy3));
    EXPECT_LT(f64::difference(f64::conv_weight_gradient(p, x, dy), dw), f64::kExact);
  }
}

// S6. Statistics of the batch take a bias before BN away again: the output does not depend on it, and its gradient is zero.
// It moves the running mean, which evaluation subtracts: a running mean that starts higher by the bias b stays higher by b. So
// a training without b that writes a checkpoint with b adds b to running_mean.
TEST(BiasBeforeBatchNorm, MovesNothingButTheRunningMean) {
  const Layer& layer = kLayers[0];
  const Conv2dProblem p = layer.problem();
  const Shape c = {p.out_channels};
  const Tensor weight = f64::random(layer.weight, 2), bias = f64::random(c, 3);
  const Tensor gamma = f64::random(c, 4), beta = f64::random(c, 5);
  struct Averages {
    Tensor mean, var;
  };
  const Averages without = {Tensor::zeros(c, DType::f64), f64::ones(c)}, with = {bias.clone(), f64::ones(c)};
  for (std::uint32_t step = 0; step < 3; ++step) {
    const Tensor x = f64::random(layer.x, 10 + step), dz = f64::random(p.output_shape(), 20 + step);
    const Tensor y = f64::conv(p, x, weight), shifted = f64::conv(p, x, weight, bias);
    const auto bn = f64::Normalization::of(y, {without.mean, without.var, 0.1});
    const auto bn_shifted = f64::Normalization::of(shifted, {with.mean, with.var, 0.1});
    EXPECT_LT(f64::difference(bn_shifted.apply(shifted, gamma, beta), bn.apply(y, gamma, beta)), f64::kExact);
    const Tensor dy = bn_shifted.backward(shifted, dz, gamma).dx;
    EXPECT_LT(f64::difference(dy, bn.backward(y, dz, gamma).dx), f64::kExact);
    EXPECT_LT(f64::difference(inner_products(dy, f64::ones(dy.shape())), Tensor::zeros(c, DType::f64)),
              f64::kExact);
  }

  const Tensor folded = without.mean.clone(), inv_std = f64::empty(c);
  for (std::int64_t o = 0; o < c[0]; ++o) folded.data<double>()[o] += bias.data<double>()[o];
  EXPECT_LT(f64::difference(with.mean, folded), f64::kExact);
  EXPECT_LT(f64::difference(with.var, without.var), f64::kExact);

  inverse_deviation(without.var, f64::kEps, inv_std);
  const Tensor x = f64::random(layer.x, 30), shifted = f64::conv(p, x, weight, bias);
  const auto evaluate = [&](const Tensor& y, const Tensor& mean) {
    return f64::Normalization{mean, inv_std}.apply(y, gamma, beta);
  };
  const Tensor expected = evaluate(f64::conv(p, x, weight), without.mean);
  EXPECT_LT(f64::difference(evaluate(shifted, folded), expected), f64::kExact);
  EXPECT_GT(f64::difference(evaluate(shifted, without.mean), expected), 0.01);
}

}  // namespace
}  // namespace sonograd::kernels
