// Clusters of emulated blocks, for kernels/simt/cluster.h: their barrier, and accesses to the shared memory of other blocks.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/simt/emulator/emulator.h"

namespace sonograd::kernels::emulator {

/// Runs a kernel as `run` does, in clusters of `blocks` neighbours along x, one after the other.
void run_clusters(const Launch& launch, unsigned blocks);

/// The cluster of a block: its first block, the number of the block in it, and the number of blocks. A block of another launch
/// is a cluster of its own.
struct ClusterOf {
  const Block* first;
  unsigned rank, blocks;
};
ClusterOf cluster_of(const Block& block);

/// The barrier between all threads of the cluster of the running thread.
void cluster_arrive(Place place);
void cluster_wait(Place place);

/// Type of an object in shared memory, as `shared_object` takes it.
struct SharedType {
  const void* key;
  std::size_t bytes, alignment;
};

/// Bytes in the shared memory of the running block, and their counterparts in block `rank` of its cluster.
struct RemoteObject {
  const std::byte* mine;
  std::byte* theirs;
  std::size_t bytes;
  unsigned rank;
};
/// The object `mine`, or all dynamic shared memory if it is the first object there.
RemoteObject remote_object(const void* mine, const SharedType& type, unsigned rank, Place place);
/// Counterpart of `bytes` bytes of the object at `mine`, which the running thread accesses now.
void* remote_place(const RemoteObject& object, const void* mine, std::size_t bytes, Place place);

/// State of a cluster that runs.
struct Cluster {
  /// Calls of `arrive_cluster` and `wait_cluster` of a thread.
  struct Member {
    unsigned arrivals = 0, waits = 0;
  };
  /// An access by a thread of another block. The block may end after `waits` calls of `wait_cluster`.
  struct Visit {
    unsigned waits = 0;
    const Thread* visitor = nullptr;
    Place place;
  };

  std::size_t blocks = 0;  ///< 0: the launch has no clusters
  std::size_t threads_of_block = 0;
  unsigned phase = 0;       ///< number of times that all threads have arrived
  std::size_t arrived = 0;  ///< threads of the next time; `place`: line of the last one
  Place place;
  ThreadList waiting;
  std::vector<Member> members;       ///< [block in the cluster, thread]
  std::vector<Visit> visits;         ///< [block]: the last one by `waits`
  std::vector<std::size_t> running;  ///< [block]: threads that have not left the kernel
  const Thread* left = nullptr;      ///< a thread that has
  char phases[2] = {};               ///< addresses of an even and an odd phase, for the observer

  void begin(std::size_t blocks_of_cluster, std::size_t threads);
  Member& member(const Thread& thread);
};

/// Notes that a thread returns from the kernel.
void leave_cluster(Multiprocessor& multiprocessor, const Thread& gone);

}  // namespace sonograd::kernels::emulator
