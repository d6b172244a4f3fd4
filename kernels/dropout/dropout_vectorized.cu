// Dropout of four neighbouring elements per thread: those that one Philox block decides about.
//
// The mask has the same bits as on the CPU, because it is a function of the element's number. Traffic: x and y once; what
// limits it are the ten rounds of Philox, about 60 integer operations per thread.
#include "kernels/core/reference.h"
#include "kernels/dropout/dropout.h"
#include "kernels/simt/elementwise.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

struct Dropped {
  const float* x;
  RandomKey key;
  std::uint32_t threshold;
  float scale;

  template <int N>
  __device__ Vec<float, N> at(std::int64_t first) const {
    const Philox4 bits =
        philox4x32({static_cast<std::uint32_t>(first / 4), key.example, key.step,
                    static_cast<std::uint32_t>(key.stream)},
                   {static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)});
    const std::size_t word = N == 4 ? 0 : static_cast<std::size_t>(first % 4);
    auto v = load_vec<N>(x + first);
    for (std::size_t i = 0; i < N; ++i) {
      float& value = v.values[i];
      value = bits[word + i] < threshold ? 0 : value * scale;
    }
    return v;
  }
};

void run_vectorized(const DropoutProblem& p, const Dropout::Args& a, const Context&, Workspace) {
  const Dropped dropped = {a.x.data<float>(), p.key, p.threshold(), static_cast<float>(1 / (1 - p.p))};
  launch_elementwise("dropout", dropped, a.y, vector_aligned(dropped.x));
}

}  // namespace

extern const KernelVariant<Dropout> dropout_vectorized = {
    .name = "vectorized", .target = kTarget, .why_not = float_only, .run = run_vectorized};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
