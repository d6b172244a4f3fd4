// One launch for all steps; a block per sequence and direction, a thread per row of the weight, in registers.
//
// Thread (g, j) keeps row j of gate g (backward: column j of that gate), up to 128 elements of GRU or 96 of LSTM, and multiplies
// it by the state, which all threads read at the same place in shared memory, four elements at a time. The H threads of the
// first gate then compute the cell. Two barriers per step. The gates of the next step are read ahead. Traffic per step and
// sequence: the gates, y and what is saved, once; the weight once per launch. It is faster than `naive` because of one launch
// for T of them. Its limits: the issue of products, 3 H of them for each of four schedulers and 96 threads, and registers, which
// allow one block of 128 units per multiprocessor.
#include "kernels/core/reference.h"
#include "kernels/recurrent/recurrent.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

// Most units: 3 * 128 or 4 * 96 threads of up to 168 registers.
template <int kGates>
constexpr int kMostUnits = kGates == 3 ? 128 : 96;

template <int kK>
__device__ float dot_of_thread(const float (&weight)[kK], const float (&values)[kK]) {
  float sums[4] = {};
  SONOGRAD_UNROLL
  for (int k = 0; k < kK; k += 4) {
    const auto four = load_vec<4>(values + k);
    SONOGRAD_UNROLL
    for (int i = 0; i < 4; ++i) sums[i] += weight[k + i] * four[i];
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// kK: units, rounded up.
template <int kGates, int kK, class T>
SONOGRAD_KERNEL(kGates* kK, forward_persistent_kernel, RecurrentForwardParams<T> p) {
  struct Smem {
    alignas(16) float h[kK];
    float products[kGates][kK];
  };
  Smem& smem = shared<Smem>();
  const std::int64_t sequence = blockIdx.x;
  const int units = static_cast<int>(p.at.units), thread = static_cast<int>(threadIdx.x);
  const int gate = thread / units, j = thread % units;
  const Unit u = {sequence / p.at.batch, sequence % p.at.batch, j};
  const bool has_row = gate < kGates, has_unit = gate == 0;
  const std::int64_t length = p.at.length(u.n);
  float weight[kK];
  SONOGRAD_UNROLL
  for (int k = 0; k < kK; ++k) {
    weight[k] = has_row && k < units ? widen(one_of(p.weight_hh, u.d)[(gate * units + j) * units + k]) : 0.0f;
  }
  const float bias = has_row ? widen(one_of(p.bias_hh, u.d)[gate * units + j]) : 0.0f;
  float h = has_unit ? state_value(p.at, p.h0, u) : 0.0f, c = has_unit ? state_value(p.at, p.c0, u) : 0.0f;
  for (int k = thread; k < kK; k += static_cast<int>(blockDim.x)) smem.h[k] = 0;
  sync_block();
  if (has_unit) smem.h[j] = h;
  float next[kGates] = {};
  if (has_unit && length > 0) load_gates(p, u, p.at.time(u.d, 0, length), next);
  sync_block();
  for (std::int64_t k = 0; k < length; ++k) {
    if (has_row) smem.products[gate][j] = bias + dot_of_thread<kK>(weight, smem.h);
    sync_block();
    if (has_unit) {
      float gates[kGates], products[kGates];
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) gates[g] = next[g], products[g] = smem.products[g][j];
      if (k + 1 < length) load_gates(p, u, p.at.time(u.d, k + 1, length), next);
      step_unit(p, u, p.at.time(u.d, k, length), gates, products, h, c);
      smem.h[j] = h;
    }
    sync_block();
  }
  if (!has_unit) return;
  for (std::int64_t t = length; t < p.at.steps; ++t) pad_unit(p, u, t);
  store_final(p, u, h, c);
}

template <int kGates, int kK, class T>
SONOGRAD_KERNEL(kGates* kK, backward_persistent_kernel, RecurrentBackwardParams<T> p) {
  struct Smem {
    alignas(16) float dproducts[kGates][kK];
    float parts[kGates][kK];
  };
  Smem& smem = shared<Smem>();
  const std::int64_t sequence = blockIdx.x;
  const int units = static_cast<int>(p.at.units), thread = static_cast<int>(threadIdx.x);
  const int gate = thread / units, j = thread % units;
  const Unit u = {sequence / p.at.batch, sequence % p.at.batch, j};
  const bool has_row = gate < kGates, has_unit = gate == 0;
  const std::int64_t length = p.at.length(u.n);
  float weight[kK];
  SONOGRAD_UNROLL
  for (int k = 0; k < kK; ++k) {
    weight[k] = has_row && k < units ? widen(one_of(p.weight_hh, u.d)[(gate * units + k) * units + j]) : 0.0f;
  }
  float dh = has_unit ? state_value(p.at, p.dh_n, u) : 0.0f;
  float dc = has_unit ? state_value(p.at, p.dc_n, u) : 0.0f;
  for (int k = thread; k < kGates * kK; k += static_cast<int>(blockDim.x)) smem.dproducts[k / kK][k % kK] = 0;
  sync_block();
  for (std::int64_t k = length - 1; k >= 0; --k) {
    if (has_unit) {
      float dproducts[kGates];
      step_unit_back(p, u, p.at.time(u.d, k, length), load_saved<kGates>(p, u, k, length), dh, dc, dproducts);
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) smem.dproducts[g][j] = dproducts[g];
    }
    sync_block();
    if (has_row) smem.parts[gate][j] = dot_of_thread<kK>(weight, smem.dproducts[gate]);
    sync_block();
    if (has_unit) {
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) dh += smem.parts[g][j];
    }
  }
  if (!has_unit) return;
  for (std::int64_t t = length; t < p.at.steps; ++t) pad_unit_back<kGates>(p, u, t);
  store_initial(p, u, dh, dc);
}

const char* why_not(const RecurrentProblem& p, const Context& context) {
  if (p.cell == Cell::gru && p.units > kMostUnits<3>) return "supports at most 128 units of GRU";
  if (p.cell != Cell::gru && p.units > kMostUnits<4>) return "supports at most 96 units of LSTM";
  return float_or_bf16(p, context);
}

Grid grid_of_sequences(const RecurrentProblem& p) {
  return {{blocks_for(p.sequences(), 1)}, {blocks_for(p.rows(), kWarpSize) * kWarpSize}};
}

// Calls `f` with the number of elements of a row that a thread keeps.
template <int kGates, class F>
void visit_units(std::int64_t units, const F& f) {
  if (units <= 64) return f(std::integral_constant<int, 64>());
  f(std::integral_constant<int, kMostUnits<kGates>>());
}

void forward(const RecurrentProblem& p, const RecurrentForward::Args& a, const Context&, Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    visit_units<kGates>(p.units, [&]<int kK>(std::integral_constant<int, kK>) {
      launch("recurrent_forward", forward_persistent_kernel<kGates, kK, T>, grid_of_sequences(p), {p, a});
    });
  });
}

void backward(const RecurrentProblem& p, const RecurrentBackward::Args& a, const Context&, Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    visit_units<kGates>(p.units, [&]<int kK>(std::integral_constant<int, kK>) {
      launch("recurrent_backward", backward_persistent_kernel<kGates, kK, T>, grid_of_sequences(p), {p, a});
    });
  });
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_persistent = {
    .name = "persistent", .target = kTarget, .why_not = why_not, .run = forward};
extern const KernelVariant<RecurrentBackward> recurrent_backward_persistent = {
    .name = "persistent", .target = kTarget, .why_not = why_not, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
