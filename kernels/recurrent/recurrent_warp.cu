// One launch for all steps; a warp per sequence and direction, a lane per unit, for up to 32 units.
//
// A lane keeps its rows of the weight in registers (backward: its columns), 32 for each gate, and reads the state of the other
// lanes from shared memory, four elements at a time. Two buffers by turns: one barrier of the warp per step, none of the block.
// The gates of the next step are read ahead. Traffic per step and sequence: the gates, y and what is saved, once; the weight is
// read once per launch. It is faster than `naive` because steps follow each other without a launch, T to 1 of them. Its limit
// is the latency of a step: 32 dependent products in each of two chains per gate, then the functions of the gates.
#include "kernels/core/reference.h"
#include "kernels/recurrent/recurrent.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kUnits = 32, kWarps = 4, kThreads = kWarps * kUnits;

// The sequence of this warp; false for surplus warps.
__device__ bool unit_of_lane(const RecurrentPlaces& at, Unit& u) {
  const std::int64_t sequence = std::int64_t{blockIdx.x} * kWarps + warp_index();
  u = {sequence / at.batch, sequence % at.batch, lane_index()};
  return sequence < at.directions * at.batch;
}

// sum over k of weight[k] values[k], for the values of a warp in shared memory.
__device__ float dot_of_lane(const float (&weight)[kUnits], const float* values) {
  float sums[2] = {};
  SONOGRAD_UNROLL
  for (int k = 0; k < kUnits; k += 4) {
    const auto four = load_vec<4>(values + k);
    SONOGRAD_UNROLL
    for (int i = 0; i < 4; ++i) sums[i % 2] += weight[k + i] * four[i];
  }
  return sums[0] + sums[1];
}

template <int kGates, class T>
SONOGRAD_KERNEL(kThreads, forward_warp_kernel, RecurrentForwardParams<T> p) {
  struct Smem {
    alignas(16) float h[2][kWarps][kUnits];
  };
  Smem& smem = shared<Smem>();
  Unit u;
  if (!unit_of_lane(p.at, u)) return;
  const int lane = static_cast<int>(lane_index());
  const std::int64_t units = p.at.units, length = p.at.length(u.n);
  const bool active = u.j < units;
  float weight[kGates][kUnits], bias[kGates];
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) {
    const T* row = one_of(p.weight_hh, u.d) + (g * units + u.j) * units;
    bias[g] = active ? widen(one_of(p.bias_hh, u.d)[g * units + u.j]) : 0.0f;
    SONOGRAD_UNROLL
    for (int k = 0; k < kUnits; ++k) weight[g][k] = active && k < units ? widen(row[k]) : 0.0f;
  }
  float h = active ? state_value(p.at, p.h0, u) : 0.0f, c = active ? state_value(p.at, p.c0, u) : 0.0f;
  float next[kGates] = {};
  if (active && length > 0) load_gates(p, u, p.at.time(u.d, 0, length), next);
  for (std::int64_t k = 0; k < length; ++k) {
    float* state = smem.h[k % 2][warp_index()];
    state[lane] = h;
    sync_warp();
    float gates[kGates], products[kGates];
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) gates[g] = next[g];
    if (active && k + 1 < length) load_gates(p, u, p.at.time(u.d, k + 1, length), next);
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) products[g] = bias[g] + dot_of_lane(weight[g], state);
    if (active) step_unit(p, u, p.at.time(u.d, k, length), gates, products, h, c);
  }
  if (!active) return;
  for (std::int64_t t = length; t < p.at.steps; ++t) pad_unit(p, u, t);
  store_final(p, u, h, c);
}

template <int kGates, class T>
SONOGRAD_KERNEL(kThreads, backward_warp_kernel, RecurrentBackwardParams<T> p) {
  struct Smem {
    alignas(16) float dproducts[2][kWarps][kGates][kUnits];
  };
  Smem& smem = shared<Smem>();
  Unit u;
  if (!unit_of_lane(p.at, u)) return;
  const int lane = static_cast<int>(lane_index());
  const std::int64_t units = p.at.units, length = p.at.length(u.n);
  const bool active = u.j < units;
  float weight[kGates][kUnits];
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) {
    SONOGRAD_UNROLL
    for (int k = 0; k < kUnits; ++k) {
      weight[g][k] =
          active && k < units ? widen(one_of(p.weight_hh, u.d)[(g * units + k) * units + u.j]) : 0.0f;
    }
  }
  float dh = active ? state_value(p.at, p.dh_n, u) : 0.0f;
  float dc = active ? state_value(p.at, p.dc_n, u) : 0.0f;
  SavedUnit<kGates> next = {};
  if (active && length > 0) next = load_saved<kGates>(p, u, length - 1, length);
  for (std::int64_t k = length - 1; k >= 0; --k) {
    const SavedUnit<kGates> now = next;
    if (active && k > 0) next = load_saved<kGates>(p, u, k - 1, length);
    float dproducts[kGates] = {};
    if (active) step_unit_back(p, u, p.at.time(u.d, k, length), now, dh, dc, dproducts);
    auto& all = smem.dproducts[k % 2][warp_index()];
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) all[g][lane] = dproducts[g];
    sync_warp();
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) dh += dot_of_lane(weight[g], all[g]);
  }
  if (!active) return;
  for (std::int64_t t = length; t < p.at.steps; ++t) pad_unit_back<kGates>(p, u, t);
  store_initial(p, u, dh, dc);
}

const char* why_not(const RecurrentProblem& p, const Context& context) {
  return p.units > kUnits ? "supports at most 32 units" : float_or_bf16(p, context);
}

Grid grid_of_sequences(const RecurrentProblem& p) {
  return {{blocks_for(p.sequences(), kWarps)}, {kThreads}};
}

void forward(const RecurrentProblem& p, const RecurrentForward::Args& a, const Context&, Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    launch("recurrent_forward", forward_warp_kernel<kGates, T>, grid_of_sequences(p), {p, a});
  });
}

void backward(const RecurrentProblem& p, const RecurrentBackward::Args& a, const Context&, Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    launch("recurrent_backward", backward_warp_kernel<kGates, T>, grid_of_sequences(p), {p, a});
  });
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_warp = {
    .name = "warp", .target = kTarget, .why_not = why_not, .run = forward};
extern const KernelVariant<RecurrentBackward> recurrent_backward_warp = {
    .name = "warp", .target = kTarget, .why_not = why_not, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
