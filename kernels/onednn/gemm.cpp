#include "kernels/onednn/gemm.h"

#include <oneapi/dnnl/dnnl.h>

#include "tensor/support/compute_thread.h"

namespace sonograd::kernels::onednn {

bool gemm(const GemmShape& s, const float* a, const float* b, float* c, bool add) {
  prepare_compute_team();
  return dnnl_sgemm(s.transpose_a ? 'T' : 'N', s.transpose_b ? 'T' : 'N', s.m, s.n, s.k, s.alpha, a,
                    s.leading_a, b, s.leading_b, add ? 1.0f : 0.0f, c, s.leading_c) == dnnl_success;
}

}  // namespace sonograd::kernels::onednn
