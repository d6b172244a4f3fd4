#include "kernels/onednn/gemm.h"

#include <oneapi/dnnl/dnnl.h>

#include "tensor/support/compute_thread.h"
#include "tensor/support/error.h"

namespace sonograd::kernels::onednn {

void gemm(const GemmShape& s, const float* a, const float* b, float* c, bool add) {
  prepare_compute_team();
  const dnnl_status_t status =
      dnnl_sgemm(s.transpose_a ? 'T' : 'N', s.transpose_b ? 'T' : 'N', s.m, s.n, s.k, 1.0f, a,
                 s.transpose_a ? s.m : s.k, b, s.transpose_b ? s.k : s.n, add ? 1.0f : 0.0f, c, s.n);
  if (status != dnnl_success) throw DeviceError(concat("[gemm] oneDNN failed with status ", status));
}

}  // namespace sonograd::kernels::onednn
