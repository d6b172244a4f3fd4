// Random problems outside of the case lists, on which scripts/mutate compares a planted change with its original.
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <iostream>

#include "kernels/conv2d/conv2d.h"
#include "kernels/core/select.h"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h"
#include "kernels/gemm/gemm.h"
#include "kernels/pool/pool.h"
#include "kernels/reduce/reduce.h"
#include "kernels/softmax/softmax.h"
#include "tensor/device/emulated.h"
#include "tensor/random.h"
#include "tests/mutants/planted.h"
#include "tests/support/cases.h"

namespace sonograd {
namespace {

int number_from(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : 0;
}

}  // namespace

const int planted_change = number_from("PLANTED");

namespace {

using cases::Case;
using kernels::Conv2dProblem;
using kernels::GemmProblem;
using kernels::Pair;
using kernels::PoolProblem;
using kernels::Precision;

constexpr Device kEmulated = {DeviceKind::emulated, 0};
constexpr int kProblems = 50;
constexpr std::uint64_t kSeeds = 8;

// A call of one table's op.
struct Problem {
  std::string op;
  std::vector<Shape> inputs, outputs;
  std::function<void(std::span<const View>, std::span<const Out>)> run;
};

class Dice {
 public:
  explicit Dice(std::uint32_t problem) : random_({.seed = 99, .example = problem}) {}
  /// A number from `low` to `high`, both included.
  std::int64_t operator()(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_.bits() % static_cast<std::uint32_t>(high - low + 1));
  }
  bool flip() { return (*this)(0, 1) == 1; }

 private:
  Random random_;
};

std::vector<Problem> gemm_problems(Dice& dice) {
  const kernels::GemmOptions options = {dice.flip(), dice.flip()};
  const std::int64_t batch = dice(1, 2), m = dice(1, 150), n = dice(1, 150), k = dice(1, 90);
  const Shape a = options.transpose_a ? Shape{batch, k, m} : Shape{batch, m, k};
  const Shape b = options.transpose_b ? Shape{batch, n, k} : Shape{batch, k, n};
  return {{"gemm", {a, b}, {{batch, m, n}}, [=](auto in, auto out) { gemm(in[0], in[1], out[0], options); }}};
}

std::vector<Problem> conv2d_problems(Dice& dice) {
  const std::int64_t channels = dice.flip() ? 1 : dice(2, 40), kernel_t = dice(1, 3), kernel_f = dice(1, 3);
  const Shape x = {dice(1, 2), dice(4, 20), dice(4, 20), channels},
              w = {dice(1, 70), kernel_t, kernel_f, channels};
  const kernels::Conv2dOptions options = {
      .stride = Pair(dice(1, 2), dice(1, 2)),
      .padding = kernels::Padding(dice(0, kernel_t - 1), dice(0, kernel_f - 1))};
  const auto p = Conv2dProblem::make(x, w, options);
  const auto with_statistics = kernels::Conv2dBnStatsProblem::make(x, w, options);
  const Shape y = p.output_shape();
  return {{"conv2d_bn_stats",
           {x, w, {w[0]}},
           {y, {w[0]}, {w[0]}},
           [=](auto in, auto out) {
             conv2d_bn_stats(with_statistics, in[0], in[1], in[2], 1e-5, out[0].view, out[1].view,
                             out[2].view);
           }},
          {"conv2d_forward",
           {x, w, {w[0]}},
           {y},
           [=](auto in, auto out) { conv2d_forward(p, in[0], in[1], in[2], out[0]); }},
          {"conv2d_backward_data",
           {y, w},
           {x},
           [=](auto in, auto out) { conv2d_backward_data(p, in[0], in[1], out[0]); }},
          {"conv2d_backward_weight", {x, y}, {w}, [=](auto in, auto out) {
             conv2d_backward_weight(p, in[0], in[1], out[0]);
           }}};
}

std::vector<Problem> pool_problems(Dice& dice) {
  const Pair kernel(dice(1, 3), dice(1, 3)), stride(dice(1, 3), dice(1, 3));
  const Shape x = {dice(1, 2), dice(3, 17), dice(3, 17), dice(1, 40)};
  const auto p = PoolProblem::make(x, kernel, stride);
  const Shape y = p.output_shape();
  const auto max_and_back = [=](auto in, auto out) {
    const Tensor index = Tensor::zeros(y, p.index_dtype(), kEmulated);
    max_pool_forward(p, in[0], out[0], index);
    max_pool_backward(p, out[0].view, index, out[1]);
  };
  return {{"max_pool_forward", {x}, {y, x}, max_and_back},
          {"max_pool_backward", {x}, {y, x}, max_and_back},
          {"avg_pool_forward", {x}, {y}, [=](auto in, auto out) { avg_pool_forward(p, in[0], out[0]); }},
          {"avg_pool_backward", {y}, {x}, [=](auto in, auto out) { avg_pool_backward(p, in[0], out[0]); }}};
}

std::vector<Problem> softmax_problems(Dice& dice) {
  const Shape x = {dice(1, 20), dice(1, 700)};
  const auto p = kernels::SoftmaxProblem::make(x, dice.flip());
  return {{"softmax_forward", {x}, {x}, [=](auto in, auto out) { softmax_forward(p, in[0], out[0]); }},
          {"softmax_backward", {x, x}, {x}, [=](auto in, auto out) {
             softmax_backward(p, in[0], in[1], out[0]);
           }}};
}

std::vector<Problem> reduce_problems(Dice& dice) {
  const Shape x = {dice(1, 9), dice(1, 40), dice(1, 30), dice(1, 9)};
  std::vector<int> axes;
  for (int axis = 0; axis < 4; ++axis) {
    if (dice.flip()) axes.push_back(axis);
  }
  const auto p = kernels::ReduceProblem::make(x, axes, false);
  const Shape y = p.output;
  const auto max_and_back = [=](auto in, auto out) {
    const Tensor index = Tensor::zeros(y, DType::i32, kEmulated);
    reduce_max(p, in[0], out[0], index);
    reduce_max_backward(p, out[0].view, index, out[1]);
  };
  return {{"reduce_sum", {x}, {y}, [=](auto in, auto out) { reduce_sum(p, in[0], out[0], 0.5); }},
          {"reduce_sum_backward",
           {y},
           {x},
           [=](auto in, auto out) { reduce_sum_backward(p, in[0], out[0], 0.5); }},
          {"reduce_max", {x}, {y, x}, max_and_back},
          {"reduce_max_backward", {x}, {y, x}, max_and_back}};
}

std::vector<Problem> problems_of(const std::string& operation, Dice dice) {
  if (operation == "gemm") return gemm_problems(dice);
  if (operation == "conv2d") return conv2d_problems(dice);
  if (operation == "pool") return pool_problems(dice);
  if (operation == "softmax") return softmax_problems(dice);
  if (operation == "reduce") return reduce_problems(dice);
  throw ConfigError("OPERATION=" + operation + ": there are no random problems for it");
}

// FNV-1a over everything that is added.
class Hash {
 public:
  void add(const void* bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      value_ = (value_ ^ static_cast<const unsigned char*>(bytes)[i]) * 0x100000001b3ull;
    }
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325ull;
};

// Outputs start with known values, and every other problem adds to them.
void run_problem(const Problem& problem, bool adds, Hash& hash) {
  std::vector<Tensor> tensors;
  std::vector<View> inputs;
  std::vector<Out> outputs;
  const Case inputs_of = {.inputs = {problem.inputs.begin(), problem.inputs.end()}};
  for (const Tensor& input : cases::make_inputs(inputs_of, DType::f32)) {
    inputs.push_back(tensors.emplace_back(input.to(kEmulated)));
  }
  for (const Shape& shape : problem.outputs) {
    const View view = tensors.emplace_back(Tensor::full(shape, 0.25, DType::f32, kEmulated));
    outputs.push_back(adds && problem.outputs.size() == 1 ? add_to(view) : set(view));
  }
  problem.run(inputs, outputs);
  for (const Out& out : outputs) hash.add(out.view.pointer, out.view.bytes());
}

void run_variant(const Problem& problem, std::string_view variant, int number, Hash& hash) {
  const kernels::PinScope pin(problem.op, variant);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const EmulatorScope emulator({.seed = seed, .host_threads = 1});
    for (const Precision precision : {Precision::strict, Precision::bf16}) {
      const kernels::PrecisionScope ambient(precision);
      try {
        run_problem(problem, number % 2 == 1, hash);
        break;
      } catch (const DeviceError&) {  // the variant does not support the problem
      }
    }
  }
}

TEST(RandomProblems, PrintBits) {
  const char* operation = std::getenv("OPERATION");
  if (operation == nullptr) GTEST_SKIP() << "OPERATION names none";
  Hash hash;
  for (int number = 0; number < kProblems; ++number) {
    for (const Problem& problem : problems_of(operation, Dice(static_cast<std::uint32_t>(number)))) {
      for (const auto& folder : kernels::all_tables()) {
        for (const kernels::TableInfo& table : folder) {
          if (table.op != problem.op) continue;
          for (const auto& row : table.rows) {
            if (row.target == kEmulated.kind) run_variant(problem, row.name, number, hash);
          }
        }
      }
    }
  }
  std::cout << "bits " << std::hex << hash.value() << '\n';
}

}  // namespace
}  // namespace sonograd
