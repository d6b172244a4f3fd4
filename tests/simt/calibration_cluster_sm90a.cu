// The time of a barrier of a cluster.
#include "kernels/simt/cluster.h"
#include "kernels/simt/simt.h"
#include "tests/simt/calibration.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr unsigned kThreads = 256;

SONOGRAD_KERNEL(kThreads, cluster_barriers_kernel, Rounds p) {
  int count = 0;
  for (int round = 0; round < p.count; ++round, ++count) sync_cluster();
  if (threadIdx.x == 0) p.out[blockIdx.x] = count;
}

}  // namespace

void cluster_barriers(const Rounds& p) {
  launch_clusters("cluster_barriers", cluster_barriers_kernel, {{p.blocks}, {kThreads}}, kMostClusterBlocks,
                  p);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
