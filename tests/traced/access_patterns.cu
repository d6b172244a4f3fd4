// Accesses of known cost.
#include "kernels/simt/simt.h"
#include "tests/traced/access_patterns.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kWidth = 33;  // one word of padding: a column lies in 32 banks

template <int kStride>
__global__ void bank_kernel(WordBuffers words) {
  struct Smem {
    std::uint32_t words[kWarpSize * kStride];
  };
  Smem& smem = shared<Smem>();
  smem.words[threadIdx.x * kStride] = words.in[threadIdx.x];
  words.out[threadIdx.x] = smem.words[threadIdx.x * kStride];
}

template <int kStride>
__global__ void sector_kernel(WordBuffers words) {
  words.out[threadIdx.x * kStride] = words.in[threadIdx.x];
}

__global__ void vector_kernel(WordBuffers words) {
  store_vec(words.out + 4 * threadIdx.x, load_vec<4>(words.in + 4 * threadIdx.x));
}

AccessPattern pattern(std::string_view name, void (*kernel)(WordBuffers), std::size_t sectors,
                      std::size_t bank_cycles) {
  return {name,
          [=](const WordBuffers& words) {
            launch(name, kernel, {{1}, {kWarpSize}}, words);
          },
          sectors, bank_cycles};
}

}  // namespace

std::vector<AccessPattern> access_patterns() {
  return {pattern("neighbours", sector_kernel<1>, 4, 0),
          pattern("every eighth word", sector_kernel<8>, 32, 0),
          pattern("vectors", vector_kernel, 16, 0),
          pattern("no conflicts", bank_kernel<1>, 4, 1),
          pattern("padded column", bank_kernel<kWidth>, 4, 1),
          pattern("two-way conflicts", bank_kernel<2>, 4, 2),
          pattern("column", bank_kernel<32>, 4, 32)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
