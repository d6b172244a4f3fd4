// Clusters of blocks (compute capability 9.0): up to `kMostClusterBlocks` neighbours along x that run at the same time, meet at a
// barrier, and read and write each other's shared memory. Kernels that use them are in files called `*_sm90a.cu`.
//
//   launch_clusters("name", kernel, grid, 4, params);         grid.blocks.x: a multiple of 4
//
//   Smem& smem = shared<Smem>();
//   sync_cluster();                                           all blocks have started
//   const RemoteShared other(smem, (cluster_rank() + 1) % cluster_blocks());
//   other.store(smem.words[i], value);                        to words[i] of the other block
//   sync_cluster();                                           the words have arrived
//
// The shared memory of a block ends with the block: no block may leave the kernel before the others have accessed its memory for
// the last time, which a barrier after those accesses ensures.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/core/cluster.h"
#include "kernels/simt/launch.h"
#include "kernels/simt/shared.h"

#if defined(__CUDACC__)
#include "kernels/simt/cuda/cuda_cluster.h"
#else
#include "kernels/simt/emulator/emulated_cluster.h"
#endif

namespace sonograd::kernels::SONOGRAD_TARGET {

/// `launch` in clusters of `blocks` blocks, 1 to `kMostClusterBlocks`. Throws KernelError for another number, and for a grid
/// whose x is not a multiple of it.
template <LaunchableKernel Kernel>
void launch_clusters(std::string_view name, Kernel kernel, const Grid& grid, unsigned blocks,
                     const typename Signature<Kernel>::Params& params) {
#if defined(__CUDACC__)
  cuda::launch_clusters({name, grid, reinterpret_cast<const void*>(kernel)}, blocks, &params);
#else
  const ProfileRange range(RangeKind::launch, name);
  emulator::run_clusters(emulated_launch(name, kernel, grid, params, false), blocks);
#endif
}

/// Number of clusters of this shape that the current device holds at a time.
template <LaunchableKernel Kernel>
unsigned resident_clusters(Kernel kernel, unsigned blocks, unsigned threads, std::size_t shared_bytes = 0) {
#if defined(__CUDACC__)
  return cuda::resident_clusters(reinterpret_cast<const void*>(kernel), blocks, threads, shared_bytes);
#else
  static_cast<void>(kernel), static_cast<void>(shared_bytes);
  return blocks <= kMostClusterBlocks && threads <= Signature<Kernel>::kMost ? 1 : 0;
#endif
}

#if defined(__CUDACC__)

/// Number of the block in its cluster, and the number of blocks there.
__device__ inline unsigned cluster_rank() {
  unsigned rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
__device__ inline unsigned cluster_blocks() {
  unsigned blocks;
  asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(blocks));
  return blocks;
}

/// Arrives at the barrier between all threads of the cluster. Work until `wait_cluster` runs beside the others.
__device__ inline void arrive_cluster(Place = Place::here()) {
  asm volatile("barrier.cluster.arrive.release;" ::: "memory");
}
/// Waits for the arrival of all threads of the cluster; everything that they wrote before it is visible then.
__device__ inline void wait_cluster(Place = Place::here()) {
  asm volatile("barrier.cluster.wait.acquire;" ::: "memory");
}

#else

inline unsigned cluster_rank() {
  return emulator::cluster_of(*emulator::self().block).rank;
}
inline unsigned cluster_blocks() {
  return emulator::cluster_of(*emulator::self().block).blocks;
}
inline void arrive_cluster(Place place = Place::here()) {
  emulator::cluster_arrive(place);
}
inline void wait_cluster(Place place = Place::here()) {
  emulator::cluster_wait(place);
}

#endif

/// Waits for all threads of the cluster.
__device__ inline void sync_cluster(Place place = Place::here()) {
  arrive_cluster(place);
  wait_cluster(place);
}

/// An object of `shared<Object>()`, or the first one of `dynamic_shared<Object>()`, in another block of the cluster. Places are
/// named by their counterparts in the block that runs, at any distance within the object or the dynamic shared memory. Elements
/// have 4, 8 or 16 bytes, to which they are aligned.
template <class Object>
class RemoteShared {
 public:
  __device__ RemoteShared(Object& mine, unsigned rank, Place = Place::here());

  /// Value of the other block's place.
  template <class T>
  __device__ T load(const T& place, Place = Place::here()) const;
  template <class T>
  __device__ void store(T& place, const T& value, Place = Place::here()) const;

 private:
  template <class T>
  static constexpr bool kIsElement =
      (sizeof(T) == 4 || sizeof(T) == 8 || sizeof(T) == 16) && std::is_trivially_copyable_v<T>;

#if defined(__CUDACC__)
  static __device__ unsigned address_of(const void* mine) {
    return static_cast<unsigned>(__cvta_generic_to_shared(mine));
  }
  __device__ unsigned address_of_other(const void* mine) const {
    return theirs_ + (address_of(mine) - mine_);
  }

  unsigned mine_, theirs_ = 0;
#else
  emulator::RemoteObject object_;
#endif
};

#if defined(__CUDACC__)

namespace detail {

template <std::size_t kBytes>
struct RemoteWords {
  std::uint32_t words[kBytes / 4];
};

}  // namespace detail

template <class Object>
__device__ RemoteShared<Object>::RemoteShared(Object& mine, unsigned rank, Place) : mine_(address_of(&mine)) {
  asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(theirs_) : "r"(mine_), "r"(rank));
}

template <class Object>
template <class T>
__device__ T RemoteShared<Object>::load(const T& place, Place) const {
  static_assert(kIsElement<T>);
  detail::RemoteWords<sizeof(T)> value;
  std::uint32_t(&w)[sizeof(T) / 4] = value.words;
  const unsigned from = address_of_other(&place);
  if constexpr (sizeof(T) == 4) {
    asm volatile("ld.shared::cluster.u32 %0, [%1];" : "=r"(w[0]) : "r"(from) : "memory");
  } else if constexpr (sizeof(T) == 8) {
    asm volatile("ld.shared::cluster.v2.u32 {%0, %1}, [%2];" : "=r"(w[0]), "=r"(w[1]) : "r"(from) : "memory");
  } else {
    asm volatile("ld.shared::cluster.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(w[0]), "=r"(w[1]), "=r"(w[2]), "=r"(w[3])
                 : "r"(from)
                 : "memory");
  }
  return std::bit_cast<T>(value);
}

template <class Object>
template <class T>
__device__ void RemoteShared<Object>::store(T& place, const T& value, Place) const {
  static_assert(kIsElement<T>);
  const auto words = std::bit_cast<detail::RemoteWords<sizeof(T)>>(value);
  const std::uint32_t(&w)[sizeof(T) / 4] = words.words;
  const unsigned to = address_of_other(&place);
  if constexpr (sizeof(T) == 4) {
    asm volatile("st.shared::cluster.u32 [%0], %1;" ::"r"(to), "r"(w[0]) : "memory");
  } else if constexpr (sizeof(T) == 8) {
    asm volatile("st.shared::cluster.v2.u32 [%0], {%1, %2};" ::"r"(to), "r"(w[0]), "r"(w[1]) : "memory");
  } else {
    asm volatile("st.shared::cluster.v4.u32 [%0], {%1, %2, %3, %4};" ::"r"(to), "r"(w[0]), "r"(w[1]),
                 "r"(w[2]), "r"(w[3])
                 : "memory");
  }
}

#else

template <class Object>
RemoteShared<Object>::RemoteShared(Object& mine, unsigned rank, Place place)
    : object_(emulator::remote_object(&mine, {&kSharedKey<Object>, sizeof(Object), alignof(Object)}, rank,
                                      place)) {}

template <class Object>
template <class T>
T RemoteShared<Object>::load(const T& place, Place line) const {
  static_assert(kIsElement<T>);
  return *static_cast<const T*>(emulator::remote_place(object_, &place, sizeof(T), line));
}

template <class Object>
template <class T>
void RemoteShared<Object>::store(T& place, const T& value, Place line) const {
  static_assert(kIsElement<T>);
  *static_cast<T*>(emulator::remote_place(object_, &place, sizeof(T), line)) = value;
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
