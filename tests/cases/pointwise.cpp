#include "kernels/pointwise/pointwise.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Binary;
using kernels::BinaryProblem;
using kernels::Unary;
using kernels::UnaryProblem;

struct Function {
  const char* name;
  Unary function;
  double low, high;  ///< of the argument, or of the saved value for the backward pass
  double saved_low, saved_high;
};

const Function kFunctions[] = {
    {"relu", Unary::relu, -3, 3, 0, 3},
    {"sigmoid", Unary::sigmoid, -12, 12, 0, 1},
    {"tanh", Unary::tanh, -5, 5, -1, 1},
    {"gelu", Unary::gelu, -6, 6, -6, 6},
    {"exp", Unary::exp, -20, 5, 0, 100},
    {"log", Unary::log, 1e-6, 50, 0.01, 50},
    {"scale by -2.5", Unary::scale, -1, 1, -1, 1},
};

struct Pair {
  const char* name;
  Shape a;
  Shape b;
  bool bench = false;
};

const Pair kPairs[] = {
    {"residual", {2, 57, 32, 128}, {2, 57, 32, 128}, true},
    {"bias", {2, 57, 32, 128}, {128}, true},
    {"last two axes", {5, 7, 11}, {7, 11}},
    {"wide rows", {3, 40007}, {40007}},
    {"scalar", {17, 3}, {}},
    {"single value", {1}, {1}},
};

}  // namespace

OpCases pointwise_cases() {
  TableCases forward{"unary_forward", {}}, backward{"unary_backward", {}}, binary{"binary_forward", {}};
  for (const Function& f : kFunctions) {
    for (const Shape& shape : {Shape{4, 15, 48, 128}, Shape{3, 7, 11}}) {
      const bool bench = shape.rank() == 4;
      const UnaryProblem p = {.function = f.function, .shape = shape, .alpha = -2.5};
      const auto problem = [p](DType dtype) {
        UnaryProblem typed = p;
        typed.dtype = dtype;
        return typed;
      };
      const std::string name = concat(f.name, bench ? " of a map" : " of odd sizes");
      // Functions are exact to a few units in the last place.
      forward.list.push_back({name,
                              {{shape, f.low, f.high}},
                              {shape},
                              [problem](DType dtype, auto in, auto out) {
                                kernels::unary_forward(problem(dtype), in[0], out[0]);
                              },
                              5e-7,
                              p.flops(),
                              p.bytes(2),
                              bench});
      backward.list.push_back({name,
                               {{shape, f.saved_low, f.saved_high}, {shape}},
                               {shape},
                               [problem](DType dtype, auto in, auto out) {
                                 kernels::unary_backward(problem(dtype), in[0], in[1], out[0]);
                               },
                               5e-7,
                               p.flops(),
                               p.bytes(3),
                               bench});
    }
  }
  for (const auto& [function, prefix] : {std::pair{Binary::add, "add, "}, std::pair{Binary::mul, "mul, "}}) {
    for (const Pair& pair : kPairs) {
      const auto problem = [function = function, pair](DType dtype) {
        return BinaryProblem::make(function, pair.a, pair.b, dtype);
      };
      const BinaryProblem p = problem(DType::f32);
      binary.list.push_back({concat(prefix, pair.name),
                             {{pair.a}, {pair.b}},
                             {pair.a},
                             [problem](DType dtype, auto in, auto out) {
                               kernels::binary_forward(problem(dtype), in[0], in[1], out[0]);
                             },
                             2e-7,
                             p.flops(),
                             p.bytes(),
                             pair.bench});
    }
  }
  return {forward, backward, binary};
}

}  // namespace sonograd::cases
