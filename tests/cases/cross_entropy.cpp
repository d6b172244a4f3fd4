#include "kernels/losses/cross_entropy.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::CrossEntropyProblem;

struct Batch {
  const char* name;
  Shape x;
  bool bench = false;
};

const Batch kBatches[] = {
    {"genres", {64, 10}, true},
    {"many classes", {3, 5003}},
    {"prime sizes", {131, 7}},
    {"single class", {1, 1}},
};

}  // namespace

OpCases cross_entropy_cases() {
  TableCases forward{"cross_entropy_forward", {}}, backward{"cross_entropy_backward", {}};
  for (const bool soft : {false, true}) {
    for (const Batch& batch : kBatches) {
      const Input x = {batch.x, -8, 8};
      const Input target =
          soft ? Input{batch.x, 0, 1} : Input{{batch.x[0]}, 0, static_cast<double>(batch.x[1]), DType::i32};
      const auto problem = [batch, target](DType dtype) {
        return CrossEntropyProblem::make(batch.x, target.shape, dtype);
      };
      const CrossEntropyProblem p = problem(DType::f32);
      const std::string name = concat(batch.name, soft ? ", soft" : "");
      forward.list.push_back({name,
                              {x, target},
                              {{}},
                              [problem](DType dtype, auto in, auto out) {
                                kernels::cross_entropy_forward(problem(dtype), in[0], in[1], out[0]);
                              },
                              2e-6,
                              p.flops(),
                              p.bytes(false),
                              batch.bench});
      // With soft targets of mass m the softmax is multiplied by m, and so is its error.
      backward.list.push_back({name,
                               {x, target, {Shape{}, 0.5, 2}},
                               {batch.x},
                               [problem](DType dtype, auto in, auto out) {
                                 kernels::cross_entropy_backward(problem(dtype), in[0], in[1], in[2], out[0]);
                               },
                               2e-6,
                               p.flops(),
                               p.bytes(true),
                               batch.bench});
    }
  }
  return {forward, backward};
}

}  // namespace sonograd::cases
