#include "kernels/losses/loss.h"

#include "tests/support/cases.h"

namespace sonograd::cases {
namespace {

using kernels::Criterion;
using kernels::LossProblem;

struct Batch {
  const char* name;
  Shape shape;
  bool bench = false;
};

const Batch kBatches[] = {
    {"batch of 50 tags", {64, 50}, true},
    {"frames", {3, 401, 29}},
    {"many tags", {2, 9001}},
    {"single value", {1}},
};

}  // namespace

OpCases loss_cases() {
  TableCases forward{"loss_forward", {}}, backward{"loss_backward", {}};
  for (const auto& [criterion, prefix] :
       {std::pair{Criterion::squared_error, "squared error, "},
        std::pair{Criterion::bce_with_logits, "bce, "}, std::pair{Criterion::bce_mse_mix, "mix, "},
        std::pair{Criterion::mse_with_logits, "probability, "}}) {
    for (const Batch& batch : kBatches) {
      const auto problem = [criterion = criterion, batch](DType dtype) {
        return LossProblem::make(criterion, batch.shape, dtype);
      };
      const LossProblem p = problem(DType::f32);
      const std::string name = concat(prefix, batch.name);
      const Input x = {batch.shape, -8, 8}, target = {batch.shape, 0, 1}, weight = {{p.tags}, 0.5, 2};
      const Input marked = {{p.tags}, 0, 2, DType::u8};
      // Positive terms: the sum keeps the precision of its terms.
      forward.list.push_back({name,
                              {x, target, weight, marked},
                              {{}},
                              [problem](DType dtype, auto in, auto out) {
                                kernels::loss_forward(problem(dtype), in[0], in[1], in[2], in[3], out[0]);
                              },
                              2e-6,
                              p.flops(),
                              p.bytes(2),
                              batch.bench});
      backward.list.push_back({name,
                               {x, target, weight, marked, {Shape{}, 0.5, 2}},
                               {batch.shape},
                               [problem](DType dtype, auto in, auto out) {
                                 kernels::loss_backward(problem(dtype), in[0], in[1], in[2], in[3], in[4],
                                                        out[0]);
                               },
                               1e-6,
                               p.flops(),
                               p.bytes(3),
                               batch.bench});
    }
  }
  return {forward, backward};
}

}  // namespace sonograd::cases
