#include "kernels/vendor/cublas_attention.h"

#if __has_include(<cublas_v2.h>)
#include "kernels/core/reference.h"
#include "kernels/vendor/attention_products.h"
#include "kernels/vendor/attention_steps.h"
#include "kernels/vendor/cublas_api.h"

namespace sonograd::kernels::vendor {
namespace {

const char* why_not(const AttentionProblem& p, const Context& context) {
  if (const char* reason = float_or_bf16(p, context)) return reason;
  if (p.dtype == DType::bf16 && context.precision != Precision::bf16)
    return "rounds weights to bf16, which strict precision and tf32 exclude";
  if (p.has_key_mask) return "hidden keys that are not finite would reach its products";
  if (context.batch_invariant) return "the order of its sums depends on the number of rows";
  if (p.queries == 0 || p.keys == 0) return "requires queries and keys";
  if (p.weights_shape().numel() > std::int64_t{INT32_MAX}) return "requires less than 2^31 weights";
  return cublas().library.why_not();
}

// The product of the step, which does not depend on the type of c.
auto multiply_in(Precision precision) {
  return [precision](const View& a, const View& b, const Out& c, const GemmOptions& options) {
    View stored = c.view;
    stored.dtype = a.dtype;
    const auto p = GemmProblem::make(a, b, stored, options);
    if (const char* reason = why_not_places(p)) throw DeviceError(concat("cuBLAS: ", reason));
    multiply(p, a, b, c, precision);
  };
}

void run_forward(const AttentionProblem& p, const AttentionForward::Args& args, const Context& context,
                 Workspace workspace) {
  forward_by_products(p, args, workspace, multiply_in(context.precision), cu::attention_softmax);
}

void run_backward(const AttentionProblem& p, const AttentionBackward::Args& args, const Context& context,
                  Workspace workspace) {
  backward_by_products(p, args, workspace, multiply_in(context.precision), cu::attention_errors);
}

}  // namespace

// By name: a timing run does not depend on the places of the operands, whose rows may overlap.
extern const KernelVariant<AttentionForward> attention_forward_cublas = {
    .name = "cublas",
    .target = DeviceKind::cuda,
    .why_not = why_not,
    .workspace = forward_products_workspace,
    .run = run_forward,
    .choice = Choice::by_name};
extern const KernelVariant<AttentionBackward> attention_backward_cublas = {
    .name = "cublas",
    .target = DeviceKind::cuda,
    .why_not = why_not,
    .workspace = backward_products_workspace,
    .run = run_backward,
    .choice = Choice::by_name};

}  // namespace sonograd::kernels::vendor
#endif
