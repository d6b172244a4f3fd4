// Indices outside of arrays. The sanitizers stop the process at each; without them nothing is checked. A flag plants them.
#include "kernels/simt/simt.h"
#include "tests/simt/planted_bug.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 64;

struct Smem {
  std::uint32_t first[kThreads];
  std::uint32_t second[kThreads];
};

__global__ void beyond_global_memory_kernel(PlantedParams p) {
  p.words.out[threadIdx.x + (p.planted ? 1 : 0)] = p.words.in[threadIdx.x];
}

// The word belongs to the next array of the same struct.
__global__ void beyond_an_array_kernel(PlantedParams p) {
  Smem& smem = shared<Smem>();
  smem.first[threadIdx.x + (p.planted ? 1 : 0)] = p.words.in[threadIdx.x];
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

__global__ void beyond_shared_memory_kernel(PlantedParams p) {
  std::uint32_t* words = shared<Smem>().second;
  words[threadIdx.x + (p.planted ? 1 : 0)] = p.words.in[threadIdx.x];
  p.words.out[threadIdx.x] = p.words.in[threadIdx.x];
}

PlantedBug bug(std::string_view name, std::string_view message, void (*kernel)(PlantedParams)) {
  return {name, message, kThreads,
          [=](const WordBuffers& words, bool planted) {
            launch(name, kernel, {{1}, {kThreads}}, {words, planted});
          },
          [](const Words& in, std::size_t i) { return in[i]; }};
}

}  // namespace

std::vector<PlantedBug> out_of_range_bugs() {
  return {bug("beyond global memory", "heap-buffer-overflow", beyond_global_memory_kernel),
          bug("beyond an array of a shared struct", "index 64 out of bounds", beyond_an_array_kernel),
          bug("beyond shared memory", "use-after-poison", beyond_shared_memory_kernel)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
