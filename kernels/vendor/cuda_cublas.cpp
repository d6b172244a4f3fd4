#include "kernels/vendor/cublas.h"

#if __has_include(<cublas_v2.h>)
#include "kernels/core/reference.h"
#include "kernels/vendor/cublas_api.h"

namespace sonograd::kernels::vendor {
namespace {

const char* why_not(const GemmProblem& p, const Context& context) {
  if (context.batch_invariant) return "the order of its sums depends on the number of rows";
  if (p.has_bias || p.options.activation || p.has_residual)
    return "supports products without bias, function and residual only";
  if (const char* reason = why_not_places(p)) return reason;
  const char* reason = float_or_bf16(p, context);
  return reason != nullptr ? reason : cublas().library.why_not();
}

void run(const GemmProblem& p, const Gemm::Args& args, const Context& context, Workspace) {
  multiply(p, args.a, args.b, args.c, context.precision);
}

}  // namespace

extern const KernelVariant<Gemm> gemm_cublas = {.name = "cublas",
                                                .target = DeviceKind::cuda,
                                                .why_not = why_not,
                                                .run = run,
                                                .choice = Choice::by_measure};

}  // namespace sonograd::kernels::vendor
#endif
