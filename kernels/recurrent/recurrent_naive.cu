// One launch per step, one thread per unit.
//
// A thread computes the products of its unit, a dot product of H elements for each gate, and then the cell. States are in
// global memory, in two buffers by turns. Backward it is the same with the columns of the weight, and one launch more for the
// gradient of h0. Traffic per step and sequence: the weight, 4 G H^2 bytes, from the caches. Its limit is the number of
// launches, T forward and T + 1 backward: several microseconds each, for a step that computes for a fraction of one.
#include "kernels/core/reference.h"
#include "kernels/recurrent/recurrent.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256;

template <class T>
struct ForwardStep : RecurrentForwardParams<T> {
  std::int64_t k;
  const float* h_before;  // [D, N, H]
  float *h_after, *c;     // [D, N, H]
};

template <class T>
struct BackwardStep : RecurrentBackwardParams<T> {
  std::int64_t k;
  float *dh, *dc;                 // [D, N, H]: the parts that do not pass the products
  const float* dproducts_behind;  // [D, N, G, H], of step k + 1
  float* dproducts;               // of step k
};

// The unit of this thread; false for surplus threads.
__device__ bool unit_of_thread(const RecurrentPlaces& at, Unit& u) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  u = {i / (at.batch * at.units), i / at.units % at.batch, i % at.units};
  return i < at.directions * at.batch * at.units;
}

template <int kGates, class T>
SONOGRAD_KERNEL(kThreads, forward_step_kernel, ForwardStep<T> p) {
  Unit u;
  if (!unit_of_thread(p.at, u)) return;
  const std::int64_t units = p.at.units, length = p.at.length(u.n), state = p.at.state(u.d, u.n);
  if (p.k == 0 && length == 0) store_final(p, u, state_value(p.at, p.h0, u), state_value(p.at, p.c0, u));
  if (p.k >= length) return pad_unit(p, u, p.k);
  const std::int64_t t = p.at.time(u.d, p.k, length);
  float gates[kGates], products[kGates];
  load_gates(p, u, t, gates);
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) {
    const T* weight = one_of(p.weight_hh, u.d) + (g * units + u.j) * units;
    float sum = widen(one_of(p.bias_hh, u.d)[g * units + u.j]);
    for (std::int64_t i = 0; i < units; ++i) {
      const float h = p.k > 0 ? p.h_before[state + i] : state_value(p.at, p.h0, {u.d, u.n, i});
      sum += widen(weight[i]) * h;
    }
    products[g] = sum;
  }
  float h = p.k > 0 ? p.h_before[state + u.j] : state_value(p.at, p.h0, u);
  float c = p.k > 0 ? p.c[state + u.j] : state_value(p.at, p.c0, u);
  step_unit(p, u, t, gates, products, h, c);
  p.h_after[state + u.j] = h;
  p.c[state + u.j] = c;
  if (p.k == length - 1) store_final(p, u, h, c);
}

// k = -1: the gradient of the initial state.
template <int kGates, class T>
SONOGRAD_KERNEL(kThreads, backward_step_kernel, BackwardStep<T> p) {
  Unit u;
  if (!unit_of_thread(p.at, u)) return;
  const std::int64_t units = p.at.units, length = p.at.length(u.n), state = p.at.state(u.d, u.n);
  if (p.k >= length) return pad_unit_back<kGates>(p, u, p.k);
  float dh, dc;
  if (p.k == length - 1) {
    dh = state_value(p.at, p.dh_n, u);
    dc = state_value(p.at, p.dc_n, u);
  } else {
    dh = p.dh[state + u.j];
    dc = p.dc[state + u.j];
    const float* behind = p.dproducts_behind + state * kGates;
    for (std::int64_t row = 0; row < kGates * units; ++row)
      dh += widen(one_of(p.weight_hh, u.d)[row * units + u.j]) * behind[row];
  }
  if (p.k < 0) return store_initial(p, u, dh, dc);
  const std::int64_t t = p.at.time(u.d, p.k, length);
  float dproducts[kGates];
  step_unit_back(p, u, t, load_saved<kGates>(p, u, p.k, length), dh, dc, dproducts);
  p.dh[state + u.j] = dh;
  p.dc[state + u.j] = dc;
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) p.dproducts[state * kGates + g * units + u.j] = dproducts[g];
}

std::size_t state_count(const RecurrentProblem& p) {
  return static_cast<std::size_t>(p.sequences() * p.units);
}

std::size_t forward_workspace(const RecurrentProblem& p) {
  return 3 * Workspace::bytes<float>(state_count(p));
}
std::size_t backward_workspace(const RecurrentProblem& p) {
  return 2 * Workspace::bytes<float>(state_count(p)) +
         2 * Workspace::bytes<float>(state_count(p) * static_cast<std::size_t>(p.gates()));
}

Grid grid_of_units(const RecurrentProblem& p) {
  return {{blocks_for(p.sequences() * p.units, kThreads)}, {kThreads}};
}

void forward(const RecurrentProblem& p, const RecurrentForward::Args& a, const Context&, Workspace scratch) {
  float* states[] = {scratch.take<float>(state_count(p)), scratch.take<float>(state_count(p))};
  float* c = scratch.take<float>(state_count(p));
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    for (std::int64_t k = 0; k < p.steps; ++k) {
      launch("recurrent_forward", forward_step_kernel<kGates, T>, grid_of_units(p),
             {{p, a}, k, states[k % 2], states[(k + 1) % 2], c});
    }
  });
}

void backward(const RecurrentProblem& p, const RecurrentBackward::Args& a, const Context&,
              Workspace scratch) {
  float* dh = scratch.take<float>(state_count(p));
  float* dc = scratch.take<float>(state_count(p));
  const std::size_t products = state_count(p) * static_cast<std::size_t>(p.gates());
  float* dproducts[] = {scratch.take<float>(products), scratch.take<float>(products)};
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    for (std::int64_t k = p.steps - 1; k >= -1; --k) {
      launch("recurrent_backward", backward_step_kernel<kGates, T>, grid_of_units(p),
             {{p, a}, k, dh, dc, dproducts[(k + 2) % 2], dproducts[(k + 1) % 2]});
    }
  });
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_naive = {.name = "naive",
                                                                        .target = kTarget,
                                                                        .why_not = float_or_bf16,
                                                                        .workspace = forward_workspace,
                                                                        .run = forward};
extern const KernelVariant<RecurrentBackward> recurrent_backward_naive = {.name = "naive",
                                                                          .target = kTarget,
                                                                          .why_not = float_or_bf16,
                                                                          .workspace = backward_workspace,
                                                                          .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
