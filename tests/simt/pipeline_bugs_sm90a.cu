// A ring of two buffers between a warp that fills and a warp that reads, with its arrivals missing.
#include "kernels/simt/mbarrier.h"
#include "kernels/simt/simt.h"
#include "tests/simt/planted_bug.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kLanes = 32, kRounds = 6, kStages = 2;

enum class Missing { nothing, full_arrive, empty_arrive, initialisation };

struct Params {
  WordBuffers words;
  Missing missing;
};

__global__ void pipeline_kernel(Params p) {
  struct Smem {
    std::uint32_t words[kStages][kLanes];
    Mbarrier full[kStages], empty[kStages];
  };
  Smem& smem = shared<Smem>();
  if (threadIdx.x < kStages && p.missing != Missing::initialisation) {
    init_mbarrier(smem.full[threadIdx.x], kLanes);
    init_mbarrier(smem.empty[threadIdx.x], kLanes);
    fence_mbarriers();
  }
  sync_block();
  const unsigned lane = threadIdx.x % kLanes;
  for (unsigned round = 0; round < kRounds; ++round) {
    const unsigned stage = round % kStages, turn = round / kStages;
    if (threadIdx.x < kLanes) {
      wait(smem.empty[stage], (turn + 1) % 2);
      smem.words[stage][lane] = p.words.in[round * kLanes + lane];
      if (p.missing != Missing::full_arrive || lane != 7) arrive(smem.full[stage]);
    } else {
      wait(smem.full[stage], turn % 2);
      p.words.out[round * kLanes + lane] = smem.words[stage][lane ^ 31];
      if (p.missing != Missing::empty_arrive || lane != 7) arrive(smem.empty[stage]);
    }
  }
}

PlantedBug bug(std::string_view name, std::string_view message, Missing missing) {
  return {name, message, kRounds * kLanes,
          [=](const WordBuffers& words, bool planted) {
            launch(name, pipeline_kernel, {{1}, {2 * kLanes}}, {words, planted ? missing : Missing::nothing});
          },
          [](const Words& in, std::size_t i) { return in[i ^ 31]; }};
}

}  // namespace

std::vector<PlantedBug> pipeline_bugs() {
  constexpr std::string_view kNever = "waits in mbarrier wait for something that never happens";
  return {bug("missing arrive of the producer", kNever, Missing::full_arrive),
          bug("missing arrive of the consumer", kNever, Missing::empty_arrive),
          bug("mbarrier not initialised", "not been initialised", Missing::initialisation)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
