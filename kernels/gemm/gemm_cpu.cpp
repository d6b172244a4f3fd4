#include "kernels/core/reference.h"
#include "kernels/gemm/gemm.h"
#include "kernels/onednn/gemm.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Gemm> gemm_reference =
    reference_row<Gemm>([]<class T>(T, const GemmProblem& p, const Gemm::Args& args) {
      const auto [transpose_a, transpose_b] = p.options;
      const std::int64_t a_row = transpose_a ? 1 : p.k, a_column = transpose_a ? p.m : 1;
      const std::int64_t b_row = transpose_b ? 1 : p.n, b_column = transpose_b ? p.k : 1;
      for (std::int64_t batch = 0; batch < p.batch; ++batch) {
        const T* a = args.a.data<T>() + batch * p.m * p.k;
        const T* b = args.b.data<T>() + batch * p.k * p.n;
        for (std::int64_t i = 0; i < p.m; ++i) {
          for (std::int64_t j = 0; j < p.n; ++j) {
            double sum = 0;
            for (std::int64_t l = 0; l < p.k; ++l) {
              sum += static_cast<double>(a[i * a_row + l * a_column]) *
                     static_cast<double>(b[l * b_row + j * b_column]);
            }
            store<T>(args.c, (batch * p.m + i) * p.n + j, sum);
          }
        }
      }
    });

extern const KernelVariant<Gemm> gemm_onednn = {
    .name = "onednn",
    .why_not = float_only,
    .run = [](const GemmProblem& p, const Gemm::Args& args, const Context&, Workspace) {
      const auto [transpose_a, transpose_b] = p.options;
      for (std::int64_t batch = 0; batch < p.batch; ++batch) {
        const float* a = args.a.data<float>() + batch * p.m * p.k;
        const float* b = args.b.data<float>() + batch * p.k * p.n;
        float* c = args.c.data<float>() + batch * p.m * p.n;
        onednn::gemm({p.m, p.n, p.k, transpose_a, transpose_b}, a, b, c, args.c.adds());
      }
    }};

}  // namespace sonograd::kernels::cpu
