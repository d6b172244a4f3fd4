#include "kernels/onednn/version.h"

#include <oneapi/dnnl/dnnl.hpp>

#include "tensor/support/error.h"

namespace sonograd::kernels::onednn {

std::string version() {
  const dnnl_version_t& v = *dnnl_version();
  return concat(v.major, '.', v.minor, '.', v.patch);
}

}  // namespace sonograd::kernels::onednn
