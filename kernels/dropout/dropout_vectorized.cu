// Dropout of four neighbouring elements per thread, whose mask is one Philox block, or of eight bf16 with two blocks.
//
// The mask has the same bits as on the CPU, because it is a function of the element's number. Traffic: x and y once.
// Limit: the ten rounds of Philox, about 60 integer operations per four elements.
#include "kernels/core/reference.h"
#include "kernels/dropout/dropout.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class T>
struct Dropped {
  const T* x;
  RandomKey key;
  std::uint32_t threshold;
  float scale;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    auto v = load_wide<N>(x + first);
    const std::size_t word = N >= 4 ? 0 : static_cast<std::size_t>(first % 4);
    for (std::size_t block = 0; block < (N + 3) / 4; ++block) {
      const Philox4 bits = bits_of(static_cast<std::uint32_t>(first / 4 + static_cast<std::int64_t>(block)));
      for (std::size_t i = 0; i < (N < 4 ? N : 4); ++i) {
        float& value = v.values[4 * block + i];
        value = bits[word + i] < threshold ? 0 : value * scale;
      }
    }
    return v;
  }

  // Random words of elements 4 * block to 4 * block + 3.
  __device__ Philox4 bits_of(std::uint32_t block) const {
    return philox4x32({block, key.example, key.step, static_cast<std::uint32_t>(key.stream)},
                      {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)});
  }
};

void run_vectorized(const DropoutProblem& p, const Dropout::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const Dropped<T> dropped = {a.x.data<T>(), p.key, p.threshold(), static_cast<float>(1 / (1 - p.p))};
    launch_elementwise<T>("dropout", dropped, a.y, vector_aligned(dropped.x));
  });
}

}  // namespace

extern const KernelVariant<Dropout> dropout_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_or_bf16, .run = run_vectorized};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
