#include "kernels/pool/pool.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Pair;
using kernels::PoolProblem;

struct Layer {
  const char* name;
  Shape x;
  Pair kernel, stride;
  bool bench = false;
};

// Pools of real networks with few examples, then primes, one, remainders, gaps and overlaps.
const Layer kLayers[] = {
    {"fcn layer1", {1, 90, 96, 64}, {4, 2}, {4, 2}, true},
    {"short-chunk layer2", {2, 57, 32, 128}, 2, 2, true},
    {"sample_cnn layer1", {2, 729, 128}, {3, 1}, {3, 1}, true},
    {"whole axis", {2, 11, 96, 5}, {1, 96}, {1, 96}},
    {"prime sizes", {3, 17, 13, 7}, {3, 2}, {3, 2}},
    {"single value", {1, 1, 1, 1}, 1, 1},
    {"overlap", {2, 13, 11, 19}, {3, 4}, {2, 1}},
    {"gaps", {2, 13, 11, 65}, {2, 1}, {3, 4}},
    {"window of more than 255 cells", {1, 40, 33, 3}, {16, 16}, {8, 16}},
};

// Numbers of cells of the windows, and 255 (none of them) now and then.
Tensor indices(const PoolProblem& p, Device device) {
  const Tensor index = Tensor::empty(p.output_shape(), p.index_dtype());
  visit(p.index_dtype(), [&](auto type) {
    using T = decltype(type);
    if constexpr (std::is_integral_v<T>) {
      for (std::int64_t i = 0; i < index.numel(); ++i) {
        index.data<T>()[i] = static_cast<T>(i % 17 == 0 ? 255 : i * 7 % p.window());
      }
    }
  });
  return index.to(device);
}

}  // namespace

OpCases pool_cases() {
  TableCases max_forward{"max_pool_forward", {}, kFloat32AndBf16},
      max_backward{"max_pool_backward", {}, kFloat32AndBf16};
  TableCases avg_forward{"avg_pool_forward", {}, kFloat32AndBf16},
      avg_backward{"avg_pool_backward", {}, kFloat32AndBf16};
  for (const Layer& layer : kLayers) {
    const auto problem = [layer](DType dtype) {
      return PoolProblem::make(layer.x, layer.kernel, layer.stride, dtype);
    };
    const PoolProblem p = problem(DType::f32);
    const Shape y = p.output_shape();
    const auto add = [&](TableCases& table, const Shape& in, const Shape& out, double tolerance, auto run) {
      table.list.push_back({layer.name, {{in}}, {out}, run, tolerance, p.flops(), p.bytes(), layer.bench});
    };
    // Selection is exact, up to the rounding of an accumulation; overlapping windows add up.
    add(max_forward, layer.x, y, 1e-7, [problem](DType dtype, auto in, auto out) {
      const PoolProblem typed = problem(dtype);
      kernels::max_pool_forward(typed, in[0], out[0],
                                Tensor::empty(typed.output_shape(), typed.index_dtype(), out[0].view.device));
    });
    add(max_forward, layer.x, y, 1e-7, [problem](DType dtype, auto in, auto out) {
      PoolProblem rectified = problem(dtype);
      rectified.rectify = true;
      kernels::max_pool_forward(rectified, in[0], out[0]);
    });
    add(max_backward, y, layer.x, 5e-7, [problem](DType dtype, auto in, auto out) {
      const PoolProblem typed = problem(dtype);
      kernels::max_pool_backward(typed, in[0], indices(typed, out[0].view.device), out[0]);
    });
    // Sums of up to 256 numbers in float32.
    add(avg_forward, layer.x, y, 2e-6, [problem](DType dtype, auto in, auto out) {
      kernels::avg_pool_forward(problem(dtype), in[0], out[0]);
    });
    add(avg_backward, y, layer.x, 1e-6, [problem](DType dtype, auto in, auto out) {
      kernels::avg_pool_backward(problem(dtype), in[0], out[0]);
    });
  }
  return {max_forward, max_backward, avg_forward, avg_backward};
}

}  // namespace sonograd::cases
