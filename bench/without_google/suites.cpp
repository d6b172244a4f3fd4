#include "bench/suite.h"
#include "tensor/support/error.h"

namespace sonograd::bench {
namespace {

[[noreturn]] void refuse() {
  throw Error(
      "this build has no Google Benchmark: install libbenchmark-dev and build again with "
      "-DSONOGRAD_BENCH=ON");
}

}  // namespace

SuiteResult time_kernels(const SuiteOptions&) {
  refuse();
}
SuiteResult time_models(const SuiteOptions&) {
  refuse();
}

}  // namespace sonograd::bench
