// Inside a BatchInvariantScope every variant gives an example the bits that it has alone.
#include <cstring>
#include <gtest/gtest.h>

#include "kernels/conv2d/conv2d.h"
#include "kernels/core/context.h"
#include "kernels/core/pins.h"
#include "kernels/gemm/gemm.h"
#include "kernels/recurrent/recurrent.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"
#include "tests/support/variants.h"

namespace sonograd::kernels {
namespace {

// The first axis of a tensor from `begin` on, `count` long.
View examples(const Tensor& tensor, std::int64_t begin, std::int64_t count) {
  const View all = tensor.view();
  const std::int64_t step = all.numel() / all.shape[0];
  return View(
      static_cast<std::byte*>(all.pointer) + begin * step * static_cast<std::int64_t>(size_of(all.dtype)),
      all.shape.with(0, count), all.dtype, all.device);
}

// Calls `run(first example, number of examples, result)` for all examples at once, and for stretches of `step`.
template <class Run>
void expect_equal_bits(const Shape& shape, Device device, std::int64_t step, const Run& run) {
  const Tensor together = Tensor::empty(shape, DType::f32, device),
               apart = Tensor::empty(shape, DType::f32, device);
  run(0, shape[0], together.view());
  for (std::int64_t i = 0; i < shape[0]; i += step) {
    const std::int64_t count = std::min(step, shape[0] - i);
    run(i, count, examples(apart, i, count));
  }
  const Tensor expected = apart.to(Device{}), actual = together.to(Device{});
  EXPECT_EQ(0, std::memcmp(expected.data<float>(), actual.data<float>(),
                           static_cast<std::size_t>(shape.numel()) * sizeof(float)))
      << "in stretches of " << step;
}

// Calls `run_test()` with the op pinned to each of its rows for the device. Those that refuse the problem do not count.
template <class Test>
std::size_t for_each_variant(std::string_view op, Device device, const Test& run_test) {
  std::size_t count = 0;
  for (const test::VariantOn& row : test::variants_of(op)) {
    if (row.device.kind != device.kind) continue;
    SCOPED_TRACE(concat(op, ' ', row));
    const PinScope pin(op, row.name);
    try {
      run_test();
      ++count;
    } catch (const DeviceError&) {
    }
  }
  return count;
}

TEST(BatchInvariance, OfProducts) {
  const BatchInvariantScope alone;
  for (const Device device : test::all_devices()) {
    for (const auto& [m, n, k] : {std::tuple{64, 50, 512}, {17, 3, 33}, {33, 130, 100}, {5, 1, 8}}) {
      SCOPED_TRACE(concat(m, ' ', n, ' ', k));
      const Tensor a = random_tensor({m, k}).to(device), b = random_tensor({n, k}, DType::f32, 1).to(device);
      const Tensor bias = random_tensor({n}, DType::f32, 2).to(device);
      const auto count = for_each_variant("gemm", device, [&] {
        for (const std::int64_t step : {1, 2, 7, 16}) {
          expect_equal_bits({m, n}, device, step, [&](std::int64_t first, std::int64_t rows, const View& c) {
            gemm(examples(a, first, rows), b, set(c), {.transpose_b = true}, {.bias = bias});
          });
        }
      });
      EXPECT_GE(count, 2u) << "a row that is faster than `reference`, on " << device;
    }
  }
}

// Rows of C, in every layout of the operands. The sizes end within a tile and behind one, and sums are longer than a part.
TEST(BatchInvariance, OfTransposedProducts) {
  const BatchInvariantScope alone;
  for (const Device device : test::all_devices()) {
    for (const auto& [m, n, k] : {std::tuple{19, 70, 33}, {13, 5, 300}, {211, 3, 9}}) {
      if (device != Device{} && m > 100) continue;  // many launches; there rows are not divided otherwise
      for (const bool transpose_a : {false, true}) {
        for (const bool transpose_b : {false, true}) {
          SCOPED_TRACE(concat(m, ' ', n, ' ', k, transpose_a ? " ta" : "", transpose_b ? " tb" : ""));
          const Tensor a = random_tensor(transpose_a ? Shape{k, m} : Shape{m, k}).to(device);
          const Tensor b = random_tensor(transpose_b ? Shape{n, k} : Shape{k, n}, DType::f32, 1).to(device);
          const auto count = for_each_variant("gemm", device, [&] {
            for (const std::int64_t step : {1, 7}) {
              expect_equal_bits(
                  {m, n}, device, step, [&](std::int64_t first, std::int64_t rows, const View& c) {
                    gemm(a.view().slice(transpose_a ? 1 : 0, first, rows), b, set(c),
                         {.transpose_a = transpose_a, .transpose_b = transpose_b, .alpha = 0.3});
                  });
            }
          });
          EXPECT_GE(count, 2u) << "a row that is faster than `reference`, on " << device;
        }
      }
    }
  }
}

// Matrices of a batch, as heads of attention are: scores of all queries, and values.
TEST(BatchInvariance, OfBatchedProducts) {
  const BatchInvariantScope alone;
  constexpr std::int64_t kBatch = 6, kRows = 31, kSum = 40;
  for (const Device device : test::all_devices()) {
    for (const bool transpose_b : {false, true}) {
      SCOPED_TRACE(transpose_b ? "scores" : "values");
      const Tensor a = random_tensor({kBatch, kRows, kSum}).to(device);
      const std::int64_t n = transpose_b ? kRows : 24;
      const Tensor b =
          random_tensor(transpose_b ? Shape{kBatch, n, kSum} : Shape{kBatch, kSum, n}, DType::f32, 1)
              .to(device);
      const auto count = for_each_variant("gemm", device, [&] {
        for (const std::int64_t step : {1, 4}) {
          expect_equal_bits({kBatch, kRows, n}, device, step,
                            [&](std::int64_t first, std::int64_t matrices, const View& c) {
                              gemm(examples(a, first, matrices), examples(b, first, matrices), set(c),
                                   {.transpose_b = transpose_b});
                            });
        }
      });
      EXPECT_GE(count, 2u) << "a row that is faster than `reference`, on " << device;
    }
  }
}

TEST(BatchInvariance, OfConvolutions) {
  const BatchInvariantScope alone;
  struct Sizes {
    std::int64_t t, f, in, out, kernel, stride;
  };
  for (const Device device : test::all_devices()) {
    for (const Sizes s : {Sizes{12, 9, 1, 32, 3, 1}, Sizes{9, 7, 16, 24, 3, 1}, Sizes{10, 10, 32, 40, 3, 1},
                          Sizes{8, 8, 32, 16, 3, 2}, Sizes{5, 4, 64, 64, 1, 1}, Sizes{6, 1, 24, 40, 3, 3},
                          Sizes{19, 11, 1, 40, 6, 1}}) {
      constexpr std::int64_t kBatch = 9;
      SCOPED_TRACE(concat(s.t, 'x', s.f, ' ', s.in, " -> ", s.out));
      const std::int64_t width = s.f == 1 ? 1 : s.kernel;
      const Tensor x = random_tensor({kBatch, s.t, s.f, s.in}).to(device);
      const Tensor weight = random_tensor({s.out, s.kernel, width, s.in}, DType::f32, 1).to(device);
      const Tensor bias = random_tensor({s.out}, DType::f32, 2).to(device);
      Conv2dOptions options;
      options.stride = {s.stride, s.f == 1 ? 1 : s.stride};
      const auto problem = [&](std::int64_t batch) {
        return Conv2dProblem::make({batch, s.t, s.f, s.in}, weight.shape(), options);
      };
      const auto count = for_each_variant("conv2d_forward", device, [&] {
        for (const std::int64_t step : {1, 2, 4}) {
          expect_equal_bits(problem(kBatch).output_shape(), device, step,
                            [&](std::int64_t first, std::int64_t examples_count, const View& y) {
                              conv2d_forward(problem(examples_count), examples(x, first, examples_count),
                                             weight, bias, set(y), nullptr);
                            });
        }
      });
      EXPECT_GE(count, 2u) << "a row that is faster than `reference`, on " << device;
    }
  }
}

// Rows of each size, in every precision: sequences that share products, and a sequence alone.
TEST(BatchInvariance, OfRecurrentLayers) {
  const BatchInvariantScope alone;
  constexpr std::int64_t kBatch = 9, kSteps = 3;
  for (const Device device : test::all_devices()) {
    for (const auto& [cell, units] : {std::pair{Cell::gru, 20}, {Cell::lstm, 40}, {Cell::gru, 70}}) {
      SCOPED_TRACE(concat(name_of(cell), ' ', units));
      const auto problem = [&, cell = cell, units = units](std::int64_t batch) {
        return RecurrentProblem::make(cell, batch, kSteps, units, 1);
      };
      const Shape all = problem(kBatch).gates_shape(), rows = {all[2]};
      const Tensor gates = random_tensor(all).to(device);
      const Tensor weight = random_tensor({all[2], units}, DType::f32, 1).to(device);
      const Tensor bias = random_tensor(rows, DType::f32, 2).to(device);
      for (const Precision precision : {Precision::strict, Precision::tf32, Precision::bf16}) {
        const PrecisionScope scope(precision);
        for_each_variant("recurrent_forward", device, [&] {
          for (const std::int64_t step : {1, 4}) {
            expect_equal_bits(problem(kBatch).output_shape(), device, step,
                              [&](std::int64_t first, std::int64_t count, const View& y) {
                                recurrent_forward(problem(count), {.gates = {examples(gates, first, count)},
                                                                   .weight_hh = {weight},
                                                                   .bias_hh = {bias},
                                                                   .y = y});
                              });
          }
        });
      }
    }
  }
}

}  // namespace
}  // namespace sonograd::kernels
