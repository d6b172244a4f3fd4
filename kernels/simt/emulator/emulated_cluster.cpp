#include "kernels/simt/emulator/emulated_cluster.h"

#include <algorithm>

#include "kernels/simt/emulator/multiprocessor.h"
#include "kernels/simt/emulator/observer.h"
#include "tensor/support/error.h"

namespace sonograd::kernels::emulator {
namespace {

Multiprocessor& this_multiprocessor() {
  return *self().block->multiprocessor;
}

Cluster& this_cluster(const char* what, Place place) {
  Cluster& cluster = this_multiprocessor().cluster();
  if (cluster.blocks == 0) fail(concat(what, " requires launch_clusters"), place);
  return cluster;
}

std::string text(const Thread& thread) {
  return concat("thread ", thread.rank, " of block ", cluster_of(*thread.block).rank, " of the cluster");
}

constexpr std::string_view kMissing = "; sync_cluster between both is missing";

}  // namespace

ClusterOf cluster_of(const Block& block) {
  const auto blocks = static_cast<unsigned>(block.multiprocessor->cluster().blocks);
  if (blocks == 0) return {&block, 0, 1};
  return {&block.multiprocessor->block(0), block.index.x % blocks, blocks};
}

void Cluster::begin(std::size_t blocks_of_cluster, std::size_t threads) {
  blocks = blocks_of_cluster;
  if (blocks == 0) return;
  threads_of_block = threads;
  phase = 0;
  arrived = 0;
  waiting = {};
  members.assign(blocks * threads, {});
  visits.assign(blocks, {});
  running.assign(blocks, threads);
  left = nullptr;
}

Cluster::Member& Cluster::member(const Thread& thread) {
  return members[cluster_of(*thread.block).rank * threads_of_block + thread.rank];
}

void cluster_arrive(Place place) {
  Cluster& cluster = this_cluster("arrive_cluster", place);
  Cluster::Member& mine = cluster.member(self());
  if (mine.arrivals > mine.waits) fail("arrive_cluster twice: expected wait_cluster in between", place);
  if (cluster.left != nullptr)
    fail(concat("arrive_cluster: ", text(*cluster.left), " has left the kernel"), place);
  if (observer != nullptr) observer->arrived(&cluster.phases[mine.arrivals % 2]);
  ++mine.arrivals;
  cluster.place = place;
  if (++cluster.arrived < cluster.members.size()) return;
  cluster.arrived = 0;
  ++cluster.phase;
  this_multiprocessor().wake(cluster.waiting);
}

void cluster_wait(Place place) {
  Cluster& cluster = this_cluster("wait_cluster", place);
  Cluster::Member& mine = cluster.member(self());
  if (mine.arrivals == mine.waits) fail("wait_cluster: expected arrive_cluster before it", place);
  if (cluster.phase == mine.waits) this_multiprocessor().wait(cluster.waiting, "wait_cluster", place);
  if (observer != nullptr) observer->waited(&cluster.phases[mine.waits % 2]);
  ++mine.waits;
}

void leave_cluster(Multiprocessor& multiprocessor, const Thread& gone) {
  Cluster& cluster = multiprocessor.cluster();
  const unsigned rank = cluster_of(*gone.block).rank;
  if (cluster.arrived > 0 && cluster.member(gone).arrivals == cluster.phase) {
    multiprocessor.fail("has left the kernel while others of its cluster wait in wait_cluster", gone,
                        cluster.place);
  }
  cluster.left = &gone;
  if (--cluster.running[rank] > 0) return;
  unsigned waits = 0;
  for (std::size_t i = 0; i < cluster.threads_of_block; ++i)
    waits = std::max(waits, cluster.members[rank * cluster.threads_of_block + i].waits);
  const Cluster::Visit& visit = cluster.visits[rank];
  if (visit.waits <= waits) return;
  multiprocessor.fail(
      concat("has left the kernel, whose shared memory ", text(*visit.visitor), " accesses", kMissing), gone,
      visit.place);
}

RemoteObject remote_object(const void* mine, const SharedType& type, unsigned rank, Place place) {
  const ClusterOf cluster = cluster_of(*self().block);
  if (rank >= cluster.blocks)
    fail(concat("block ", rank, " of a cluster: expected a number below ", cluster.blocks), place);
  Block& own = *self().block;
  Block& other = rank == cluster.rank ? own : own.multiprocessor->block(rank);
  if (mine == own.shared.base() && own.grid->shared_bytes > 0)
    return {own.shared.base(), other.shared.base(), own.grid->shared_bytes, rank};
  if (own.shared.find(type.key, type.bytes, type.alignment) != mine)
    fail("RemoteShared: expected an object of shared or the first one of dynamic_shared", place);
  void* theirs = other.shared.find(type.key, type.bytes, type.alignment);
  return {static_cast<const std::byte*>(mine), static_cast<std::byte*>(theirs), type.bytes, rank};
}

void* remote_place(const RemoteObject& object, const void* mine, std::size_t bytes, Place place) {
  const auto* first = static_cast<const std::byte*>(mine);
  check_aligned(mine, bytes, place);
  if (first < object.mine || first + bytes > object.mine + object.bytes)
    fail("RemoteShared: the place is outside of the object", place);
  void* theirs = object.theirs + (first - object.mine);
  Cluster& cluster = this_multiprocessor().cluster();
  if (object.rank == cluster_of(*self().block).rank) return theirs;
  const Cluster::Member& visitor = cluster.member(self());
  if (visitor.waits == 0)
    fail("accesses another block before the first sync_cluster: that block may not have started", place);
  if (cluster.running[object.rank] == 0)
    fail(concat("accesses the shared memory of block ", object.rank,
                " of the cluster, which has left the kernel", kMissing),
         place);
  Cluster::Visit& last = cluster.visits[object.rank];
  if (visitor.arrivals + 1 > last.waits) last = {visitor.arrivals + 1, &self(), place};
  return theirs;
}

}  // namespace sonograd::kernels::emulator
