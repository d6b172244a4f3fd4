#include "kernels/pointwise/pointwise.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Binary;
using kernels::BinaryProblem;
using kernels::Unary;
using kernels::UnaryProblem;

// Range of the argument, or of the saved value for the backward pass.
struct Range {
  double low, high;
};
struct Ranges {
  Range argument, saved;
};

// Ranges of functions for which the general ranges are not suitable.
Ranges ranges_of(Unary f) {
  switch (f) {
    case Unary::relu:
      return {{-3, 3}, {0, 3}};
    case Unary::sigmoid:
      return {{-12, 12}, {0, 1}};
    case Unary::tanh:
      return {{-5, 5}, {-1, 1}};
    case Unary::exp:
      return {{-20, 5}, {0, 100}};
    case Unary::log:
      return {{1e-6, 50}, {0.01, 50}};
    case Unary::sqrt:
      return {{0, 50}, {0.1, 7}};
    case Unary::elu:
    case Unary::leaky_relu:
      return {{-6, 6}, {-1, 3}};
    case Unary::selu:
      return {{-6, 6}, {-1.7, 3}};
    case Unary::scale:
      return {{-1, 1}, {-1, 1}};
    default:
      return {{-6, 6}, kernels::saved_by(f) == kernels::Saves::output ? Range{0, 1} : Range{-6, 6}};
  }
}

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
    {"scale of channels", {2, 57, 32, 128}, {2, 1, 1, 128}, true},
    {"scale of frames and channels", {2, 57, 32, 128}, {2, 57, 1, 128}},
    {"one number a frame", {3, 11, 5, 7}, {1, 11, 1, 1}},
    {"first operand repeats", {1, 11, 1, 8}, {3, 11, 4, 8}},
    {"both repeat", {2, 1, 5, 1, 12}, {3, 1, 4, 12}},
    {"outer sum", {37, 1}, {1, 41}},
    {"scalar first", {}, {3, 5}},
    {"single value", {1}, {1}},
};

}  // namespace

OpCases pointwise_cases() {
  TableCases forward{"unary_forward", {}, kFloat32AndBf16}, backward{"unary_backward", {}, kFloat32AndBf16},
      binary{"binary_forward", {}, kFloat32AndBf16};
  for (const Unary f : kernels::kUnaryFunctions) {
    const auto [argument, saved] = ranges_of(f);
    for (const Shape& shape : {Shape{4, 15, 48, 128}, Shape{3, 7, 11}}) {
      const bool bench = shape.rank() == 4;
      const UnaryProblem p = {.function = f, .shape = shape, .alpha = -2.5};
      const auto problem = [p](DType dtype) {
        UnaryProblem typed = p;
        typed.dtype = dtype;
        return typed;
      };
      const std::string name = concat(name_of(f), bench ? " of a map" : " of odd sizes");
      // Functions are exact to a few units in the last place.
      forward.list.push_back({name,
                              {{shape, argument.low, argument.high}},
                              {shape},
                              [problem](DType dtype, auto in, auto out) {
                                kernels::unary_forward(problem(dtype), in[0], out[0]);
                              },
                              5e-7,
                              p.flops(),
                              p.bytes(2),
                              bench});
      backward.list.push_back({name,
                               {{shape, saved.low, saved.high}, {shape}},
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
  for (const Binary function : kernels::kBinaryFunctions) {
    for (const Pair& pair : kPairs) {
      const auto problem = [function, pair](DType dtype) {
        return BinaryProblem::make(function, pair.a, pair.b, dtype);
      };
      const BinaryProblem p = problem(DType::f32);
      const Input divisor = {pair.b, 0.5, 1.5};
      binary.list.push_back({concat(name_of(function), ", ", pair.name),
                             {{pair.a}, function == Binary::div ? divisor : Input{pair.b}},
                             {p.y},
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
