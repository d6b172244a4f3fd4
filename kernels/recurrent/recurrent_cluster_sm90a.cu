// One launch for all steps; the units of a direction are divided among the eight blocks of a cluster (compute capability 9.0),
// which exchange states through distributed shared memory.
//
// A block owns an eighth of the units: the rows of the weight of their gates (backward: their columns). A row has up to 16 parts of
// a thread each: chunks of 16 bytes, of which the thread keeps the first 32 (bf16: 24) in registers, further ones in shared memory. Every
// block has the states of all units in shared memory, in two buffers by turns. In a step its threads multiply their chunks by
// them, for one sequence after the other, and the parts are summed up through shared memory; a thread per unit and sequence
// computes the cell and writes the new state to all eight blocks, which meet once per step, while the gates of the next step are
// read.
//
// Traffic per step and sequence: the gates, y and what is saved, once; 7 H floats from block to block (backward 7 G H). The weight
// once per cluster and launch. 128 registers of a thread and up to 227 KiB of shared memory hold an eighth of the weight: LSTM of
// 404 units in float32, of 512 in bf16. It is faster than `cooperative` because its barrier is one of eight multiprocessors that
// are close to each other, because no state passes through global memory, and because most or all of the weight is in registers.
// Its limits: the latency of two barriers and of the writes to other blocks in each step, and products in float32 without tensor
// cores.
#include <algorithm>

#include "kernels/core/reference.h"
#include "kernels/recurrent/recurrent.cuh"
#include "kernels/simt/cluster.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256, kMostParts = 16;
constexpr int kBlocks = static_cast<int>(kMostClusterBlocks);
constexpr std::int64_t kMostUnits = 512, kMostSequences = 8;

// 4 elements in float32, or 8 in bf16.
using Chunk = Vec<std::uint32_t, 4>;

// Chunks that a thread keeps in registers. Those of bf16 take more of them in products.
constexpr int held_chunks(DType dtype) {
  return dtype == DType::bf16 ? 24 : 32;
}
template <class T>
constexpr int kHeld = held_chunks(std::is_same_v<T, bf16> ? DType::bf16 : DType::f32);

// The matrix that a block multiplies states by: `rows` sums over `depth` elements. Part q of a row has its chunks q, q + parts, …
struct Division {
  int units;      // of a block
  int rows;       // forward: [gate, unit]; backward: [unit]
  int depth;      // H; backward: G H
  int parts;      // of a row
  int chunks;     // of a row
  int padded;     // elements of all chunks
  int rest;       // chunks of a row in shared memory
  int sequences;  // of a cluster

  Division(const RecurrentProblem& p, bool backward, std::int64_t sequences_of_cluster)
      : units(static_cast<int>((p.units + kBlocks - 1) / kBlocks)),
        rows(backward ? units : units * static_cast<int>(p.gates())),
        depth(static_cast<int>(backward ? p.rows() : p.units)),
        parts(std::min(kMostParts, kThreads / rows)),
        sequences(static_cast<int>(sequences_of_cluster)) {
    const int per_chunk = static_cast<int>(sizeof(Chunk) / size_of(p.dtype));
    chunks = (depth + per_chunk - 1) / per_chunk;
    padded = chunks * per_chunk;
    rest = std::max(0, chunks - held_chunks(p.dtype) * parts);
  }

  // Chunks of the weight, states [2, sequences, padded], sums [sequences, parts, rows].
  std::size_t shared_bytes() const {
    return static_cast<std::size_t>(rest) * static_cast<std::size_t>(rows) * sizeof(Chunk) +
           static_cast<std::size_t>(sequences) * static_cast<std::size_t>(2 * padded + parts * rows) *
               sizeof(float);
  }
};

template <class T>
struct ClusterForward : RecurrentForwardParams<T> {
  Division by;
};

template <class T>
struct ClusterBackward : RecurrentBackwardParams<T> {
  Division by;
};

// Part of a thread in the shared memory and in the work of its block.
struct Share {
  Chunk* rest;  // [rest, rows]
  float *states, *sums;
  std::int64_t d, first_sequence, longest;
  int first_unit, count;  // units of the block
  int row, part;
  bool multiplies;
  int sequence;  // of the thread's cell, in the cluster
  Unit unit;
  std::int64_t length;  // of the sequence; 0 for a thread without a cell

  __device__ Share(const RecurrentPlaces& at, const Division& by) {
    rest = dynamic_shared<Chunk>();
    states = reinterpret_cast<float*>(rest + by.rest * by.rows);
    sums = states + 2 * by.sequences * by.padded;
    const std::int64_t clusters = (at.batch + by.sequences - 1) / by.sequences;
    const std::int64_t cluster = blockIdx.x / kMostClusterBlocks;
    const int thread = static_cast<int>(threadIdx.x), units = static_cast<int>(at.units);
    d = cluster / clusters;
    first_sequence = cluster % clusters * by.sequences;
    first_unit = static_cast<int>(cluster_rank()) * by.units;
    count = units - first_unit < by.units ? units - first_unit : by.units;
    row = thread % by.rows;
    part = thread / by.rows;
    multiplies = part < by.parts && row % by.units < count;
    sequence = thread / by.units;
    const int j = thread % by.units;
    unit = {d, first_sequence + sequence, first_unit + j};
    const bool has_cell = sequence < by.sequences && unit.n < at.batch && j < count;
    length = has_cell ? at.length(unit.n) : 0;
    if (!has_cell) sequence = -1;
    longest = 0;
    for (std::int64_t n = first_sequence; n < first_sequence + by.sequences && n < at.batch; ++n)
      longest = at.length(n) > longest ? at.length(n) : longest;
  }

  __device__ bool has_cell() const { return sequence >= 0; }
  // States of a sequence in one of the buffers.
  __device__ float* states_of(const Division& by, std::int64_t buffer, int of_sequence) const {
    return states + (buffer * by.sequences + of_sequence) * by.padded;
  }
  // Sum over the parts of a row.
  __device__ float sum(const Division& by, int of_row) const {
    const float* first = sums + sequence * by.parts * by.rows + of_row;
    float total = first[0];
    for (int q = 1; q < by.parts; ++q) total += first[q * by.rows];
    return total;
  }
};

// A chunk of a row of `depth` elements from `first` on, zeros behind the row.
template <class T, class Element>
__device__ Chunk make_chunk(int first, int depth, const Element& element) {
  const auto at = [&](int k) { return k < depth ? element(k) : narrow<T>(0.0f); };
  Chunk chunk;
  SONOGRAD_UNROLL
  for (int i = 0; i < 4; ++i) {
    if constexpr (std::is_same_v<T, float>) {
      chunk[i] = std::bit_cast<std::uint32_t>(at(first + i));
    } else {
      chunk[i] = at(first + 2 * i).bits | std::uint32_t{at(first + 2 * i + 1).bits} << 16;
    }
  }
  return chunk;
}

template <class T>
__device__ float element_of(const Chunk& chunk, int k) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(chunk[k]);
  } else {
    return std::bit_cast<float>(k % 2 == 0 ? chunk[k / 2] << 16 : chunk[k / 2] & 0xffff0000u);
  }
}

// sums[k % 4] += chunk[k] * states[k]
template <class T>
__device__ void add_products(float (&sums)[4], const Chunk& chunk, const float* states) {
  SONOGRAD_UNROLL
  for (int k = 0; k < kVectorWidth<T>; k += 4) {
    const auto four = load_vec<4>(states + k);
    SONOGRAD_UNROLL
    for (int i = 0; i < 4; ++i) sums[i] += element_of<T>(chunk, k + i) * four[i];
  }
}

// Reads the chunks of the thread. `element(k)` is element k of its row.
template <class T, class Element>
__device__ void hold_chunks(const Division& by, const Share& share, Chunk (&held)[kHeld<T>],
                            const Element& element) {
  if (!share.multiplies) return;
  SONOGRAD_UNROLL
  for (int i = 0; i < kHeld<T>; ++i) {
    const int chunk = share.part + i * by.parts;
    held[i] = make_chunk<T>(chunk * kVectorWidth<T>, by.depth, element);
  }
  for (int i = share.part; i < by.rest; i += by.parts)
    share.rest[i * by.rows + share.row] =
        make_chunk<T>((i + kHeld<T> * by.parts) * kVectorWidth<T>, by.depth, element);
}

// Products of the thread's chunks with the states of every sequence, as its parts of the sums.
template <class T>
__device__ void multiply(const Division& by, const Share& share, const Chunk (&held)[kHeld<T>],
                         std::int64_t buffer) {
  if (!share.multiplies) return;
  for (int s = 0; s < by.sequences; ++s) {
    const float* states = share.states_of(by, buffer, s);
    float sums[4] = {};
    SONOGRAD_UNROLL
    for (int i = 0; i < kHeld<T>; ++i) {
      const int chunk = share.part + i * by.parts;
      if (chunk < by.chunks) add_products<T>(sums, held[i], states + chunk * kVectorWidth<T>);
    }
    for (int i = share.part; i < by.rest; i += by.parts)
      add_products<T>(sums, share.rest[i * by.rows + share.row],
                      states + (i + kHeld<T> * by.parts) * kVectorWidth<T>);
    share.sums[(s * by.parts + share.part) * by.rows + share.row] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
}

// Writes a value to the same place in all blocks of the cluster.
__device__ inline void store_everywhere(const Share& share, float& place, float value) {
  SONOGRAD_UNROLL
  for (int rank = 0; rank < kBlocks; ++rank)
    RemoteShared(*share.rest, static_cast<unsigned>(rank)).store(place, value);
}

template <int kGates, class T>
SONOGRAD_KERNEL(kThreads, forward_cluster_kernel, ClusterForward<T> p) {
  const RecurrentPlaces& at = p.at;
  const Division& by = p.by;
  const Share share(at, by);
  const Unit& u = share.unit;
  const std::int64_t units = at.units, length = share.length;
  const int j = static_cast<int>(u.j) - share.first_unit;
  Chunk held[kHeld<T>] = {};
  const T* weight = one_of(p.weight_hh, share.d) +
                    (share.row / by.units * units + share.first_unit + share.row % by.units) * units;
  hold_chunks<T>(by, share, held, [&](int k) { return weight[k]; });
  for (int i = static_cast<int>(threadIdx.x); i < 2 * by.sequences * by.padded; i += kThreads) {
    const Unit other = {share.d, share.first_sequence + i / by.padded, i % by.padded};
    const bool given = i < by.sequences * by.padded && other.n < at.batch && other.j < units;
    share.states[i] = given ? state_value(at, p.h0, other) : 0.0f;
  }
  float h = 0, c = 0, bias[kGates] = {}, gates[kGates] = {};
  if (share.has_cell()) {
    h = state_value(at, p.h0, u);
    c = state_value(at, p.c0, u);
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) bias[g] = widen(one_of(p.bias_hh, u.d)[g * units + u.j]);
  }
  if (length > 0) load_gates(p, u, at.time(u.d, 0, length), gates);
  sync_cluster();
  for (std::int64_t k = 0; k < share.longest; ++k) {
    multiply<T>(by, share, held, k % 2);
    sync_block();
    const bool is_last = k + 1 == share.longest;
    if (k < length) {
      float products[kGates];
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) products[g] = bias[g] + share.sum(by, g * by.units + j);
      step_unit(p, u, at.time(u.d, k, length), gates, products, h, c);
      if (!is_last) store_everywhere(share, share.states_of(by, (k + 1) % 2, share.sequence)[u.j], h);
    }
    if (is_last) break;
    arrive_cluster();
    if (k + 1 < length) load_gates(p, u, at.time(u.d, k + 1, length), gates);
    wait_cluster();
  }
  if (!share.has_cell()) return;
  for (std::int64_t t = length; t < at.steps; ++t) pad_unit(p, u, t);
  store_final(p, u, h, c);
}

// The states are the gradients of the products, [G, H].
template <int kGates, class T>
SONOGRAD_KERNEL(kThreads, backward_cluster_kernel, ClusterBackward<T> p) {
  const RecurrentPlaces& at = p.at;
  const Division& by = p.by;
  const Share share(at, by);
  const Unit& u = share.unit;
  const std::int64_t units = at.units, length = share.length;
  Chunk held[kHeld<T>] = {};
  const T* weight = one_of(p.weight_hh, share.d) + share.first_unit + share.row;
  hold_chunks<T>(by, share, held, [&](int k) { return weight[k * units]; });
  for (int i = static_cast<int>(threadIdx.x); i < 2 * by.sequences * by.padded; i += kThreads)
    share.states[i] = 0;
  float dh = share.has_cell() ? state_value(at, p.dh_n, u) : 0.0f;
  float dc = share.has_cell() ? state_value(at, p.dc_n, u) : 0.0f;
  SavedUnit<kGates> saved = {};
  if (length > 0 && length == share.longest) saved = load_saved<kGates>(p, u, length - 1, length);
  sync_cluster();
  for (std::int64_t k = share.longest - 1; k >= 0; --k) {
    if (k < length) {
      float dproducts[kGates];
      step_unit_back(p, u, at.time(u.d, k, length), saved, dh, dc, dproducts);
      float* states = share.states_of(by, k % 2, share.sequence);
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) store_everywhere(share, states[g * units + u.j], dproducts[g]);
    }
    arrive_cluster();
    if (k > 0 && k - 1 < length) saved = load_saved<kGates>(p, u, k - 1, length);
    wait_cluster();
    multiply<T>(by, share, held, k % 2);
    sync_block();
    if (k < length) dh += share.sum(by, static_cast<int>(u.j) - share.first_unit);
  }
  if (!share.has_cell()) return;
  for (std::int64_t t = length; t < at.steps; ++t) pad_unit_back<kGates>(p, u, t);
  store_initial(p, u, dh, dc);
}

template <bool kBackward>
const char* why_not(const RecurrentProblem& p, const Context& context) {
  if (compute_capability(context.device) != 90) return "requires compute capability 9.0";
  if (p.units > kMostUnits) return "supports at most 512 units";
  if (const char* reason = float_or_bf16(p, context)) return reason;
  if (Division(p, kBackward, 1).shared_bytes() > shared_memory_of_block(context.device))
    return "the weight exceeds the registers and the shared memory of a cluster";
  return nullptr;
}

// As few sequences per cluster as the device has room for at a time.
template <bool kBackward, class Kernel>
Division division_of(const RecurrentProblem& p, Kernel kernel, const Context& context) {
  const Division alone(p, kBackward, 1);
  const std::int64_t resident = resident_clusters(kernel, kMostClusterBlocks, kThreads, alone.shared_bytes());
  const std::int64_t of_direction = std::max(std::int64_t{1}, resident / p.directions);
  const std::int64_t most = std::min(kMostSequences, std::int64_t{kThreads / alone.units});
  Division division(p, kBackward, std::min(most, (p.batch + of_direction - 1) / of_direction));
  while (division.shared_bytes() > shared_memory_of_block(context.device)) --division.sequences;
  return division;
}

Grid grid_of(const RecurrentProblem& p, const Division& by) {
  const std::int64_t clusters = p.directions * ((p.batch + by.sequences - 1) / by.sequences);
  return {{blocks_for(clusters * kBlocks, 1)}, {kThreads}, by.shared_bytes()};
}

void forward(const RecurrentProblem& p, const RecurrentForward::Args& a, const Context& context, Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    const auto kernel = forward_cluster_kernel<kGates, T>;
    const Division by = division_of<false>(p, kernel, context);
    launch_clusters("recurrent_forward", kernel, grid_of(p, by), kMostClusterBlocks, {{p, a}, by});
  });
}

void backward(const RecurrentProblem& p, const RecurrentBackward::Args& a, const Context& context,
              Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    const auto kernel = backward_cluster_kernel<kGates, T>;
    const Division by = division_of<true>(p, kernel, context);
    launch_clusters("recurrent_backward", kernel, grid_of(p, by), kMostClusterBlocks, {{p, a}, by});
  });
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_cluster = {
    .name = "cluster", .target = kTarget, .why_not = why_not<false>, .run = forward};
extern const KernelVariant<RecurrentBackward> recurrent_backward_cluster = {
    .name = "cluster", .target = kTarget, .why_not = why_not<true>, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
