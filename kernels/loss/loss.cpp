#include "kernels/loss/loss.h"

#include "kernels/core/check.h"
#include "kernels/core/select.h"
#include "kernels/loss/loss_cpu.h"

namespace sonograd::kernels {
namespace {

constexpr const KernelVariant<TagLoss>* kTagLoss[] = {&cpu::tag_loss_reference, &cpu::tag_loss_simd};
constexpr const KernelVariant<TagLossBackward>* kTagLossBackward[] = {&cpu::tag_loss_backward_reference,
                                                                      &cpu::tag_loss_backward_simd};
constexpr const KernelVariant<CrossEntropy>* kCrossEntropy[] = {&cpu::cross_entropy_reference,
                                                                &cpu::cross_entropy_simd};
constexpr const KernelVariant<CrossEntropyBackward>* kCrossEntropyBackward[] = {
    &cpu::cross_entropy_backward_reference, &cpu::cross_entropy_backward_simd};
constexpr const KernelVariant<MeanSquaredError>* kMse[] = {&cpu::mse_reference, &cpu::mse_simd};
constexpr const KernelVariant<MeanSquaredErrorBackward>* kMseBackward[] = {&cpu::mse_backward_reference,
                                                                           &cpu::mse_backward_simd};

// What every loss and its gradient have in common.
template <class Args>
void check_inputs(std::string_view op, const LossProblem& p, const Args& args) {
  check_dense(op, "logits", args.x, p.shape(), p.dtype);
  check_dense(op, "targets", args.targets, p.shape(), p.dtype);
  if (args.weight.defined()) check_dense(op, "weight", args.weight, {p.labels}, p.dtype);
  if (args.mse_mask.defined()) check_dense(op, "mse_mask", args.mse_mask, {p.labels}, DType::u8);
}

template <class Op>
void run_forward(Table<Op> table, const LossProblem& p, const LossArgs& args) {
  check_inputs(Op::name, p, args);
  check_dense(Op::name, "loss", args.loss.view, {}, p.dtype);
  run<Op>(table, p, args, args.loss.view.device);
}

template <class Op>
void run_backward(Table<Op> table, const LossProblem& p, const LossBackwardArgs& args) {
  check_inputs(Op::name, p, args);
  check_dense(Op::name, "dloss", args.dloss, {}, p.dtype);
  check_dense(Op::name, "dx", args.dx.view, p.shape(), p.dtype);
  run<Op>(table, p, args, args.dx.view.device);
}

template <class Args>
void refuse_tag_options(std::string_view op, const Args& args) {
  if (args.weight.defined() || args.mse_mask.defined()) {
    throw ShapeError(concat("[", op, "] takes neither weights nor a mask of tags"));
  }
}

}  // namespace

LossProblem LossProblem::make(const Shape& logits, DType dtype) {
  if (logits.rank() != 2 || logits.numel() == 0) {
    throw ShapeError(concat("[loss] logits want [N, C] with N, C >= 1, got ", logits));
  }
  return {logits[0], logits[1], dtype};
}

void tag_loss(const LossProblem& p, const LossArgs& args) {
  run_forward<TagLoss>(kTagLoss, p, args);
}
void tag_loss_backward(const LossProblem& p, const LossBackwardArgs& args) {
  run_backward<TagLossBackward>(kTagLossBackward, p, args);
}

void cross_entropy(const LossProblem& p, const LossArgs& args) {
  refuse_tag_options("cross_entropy", args);
  run_forward<CrossEntropy>(kCrossEntropy, p, args);
}
void cross_entropy_backward(const LossProblem& p, const LossBackwardArgs& args) {
  refuse_tag_options("cross_entropy", args);
  run_backward<CrossEntropyBackward>(kCrossEntropyBackward, p, args);
}

void mse(const LossProblem& p, const LossArgs& args) {
  refuse_tag_options("mse", args);
  run_forward<MeanSquaredError>(kMse, p, args);
}
void mse_backward(const LossProblem& p, const LossBackwardArgs& args) {
  refuse_tag_options("mse", args);
  run_backward<MeanSquaredErrorBackward>(kMseBackward, p, args);
}

TableList loss_tables() {
  return {describe<TagLoss>(kTagLoss),           describe<TagLossBackward>(kTagLossBackward),
          describe<CrossEntropy>(kCrossEntropy), describe<CrossEntropyBackward>(kCrossEntropyBackward),
          describe<MeanSquaredError>(kMse),      describe<MeanSquaredErrorBackward>(kMseBackward)};
}

}  // namespace sonograd::kernels
