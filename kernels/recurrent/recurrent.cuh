// Parameters of the recurrence, and the work of one unit (one sequence, direction and element of the state) in one step,
// which all kernels share. kGates is 3 for GRU, 4 for LSTM; T is the storage type.
#pragma once

#include "kernels/pointwise/pointwise.cuh"
#include "kernels/recurrent/places.h"
#include "kernels/simt/simt.h"
#include "kernels/simt/stored.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

template <class T>
struct RecurrentForwardParams : RecurrentForwardData<T> {
  RecurrentPlaces at;

  RecurrentForwardParams(const RecurrentProblem& p, const RecurrentForward::Args& a)
      : RecurrentForwardData<T>(a), at(p, a.lengths) {}
};

template <class T>
struct RecurrentBackwardParams : RecurrentBackwardData<T> {
  RecurrentPlaces at;

  RecurrentBackwardParams(const RecurrentProblem& p, const RecurrentBackward::Args& a)
      : RecurrentBackwardData<T>(a), at(p, a.lengths) {}
};

/// Calls `f(T(), std::integral_constant<int, kGates>())` for the storage type and the cell of a problem.
template <class F>
void visit_recurrent(const RecurrentProblem& p, const F& f) {
  visit_stored(p.dtype, [&](auto tag) {
    if (p.cell == Cell::gru) return f(tag, std::integral_constant<int, 3>());
    return f(tag, std::integral_constant<int, 4>());
  });
}

/// A unit: element j of the state of sequence n in direction d.
struct Unit {
  std::int64_t d, n, j;
};

/// One of two pointers among the parameters of a kernel: an index that is no constant would copy them to local memory.
template <class P>
__device__ P one_of(P const (&pointers)[2], std::int64_t index) {
  return index == 0 ? pointers[0] : pointers[1];
}

/// Value of an initial or final state, 0 if there is none.
template <class T>
__device__ float state_value(const RecurrentPlaces& at, const T* states, const Unit& u) {
  return states == nullptr ? 0.0f : widen(states[at.state(u.d, u.n) + u.j]);
}

/// Gates of the unit at time t.
template <int kGates, class T>
__device__ void load_gates(const RecurrentForwardParams<T>& p, const Unit& u, std::int64_t t,
                           float (&gates)[kGates]) {
  const T* from = one_of(p.gates, u.d) + p.at.gate_row(u.n, t) + u.j;
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) gates[g] = widen(from[g * p.at.units]);
}

/// The gates of a cell but its tanh, and the gradient of their argument.
template <int kGates>
__device__ float gate_of(const RecurrentPlaces& at, float x) {
  if (kGates == 4 && at.hard_gates) return functions::HardSigmoid::value<DeviceMath>(x, 1.0f);
  return functions::Sigmoid::value<DeviceMath>(x, 1.0f);
}
template <int kGates>
__device__ float gate_gradient(const RecurrentPlaces& at, float y, float dy) {
  if (kGates == 4 && at.hard_gates) return functions::HardSigmoid::gradient<DeviceMath>(y, dy, 1.0f);
  return functions::Sigmoid::gradient<DeviceMath>(y, dy, 1.0f);
}

/// One step of the cell: h (and c) become the state behind it, from the gates and the products of h with their bias.
template <int kGates, class T>
__device__ void step_unit(const RecurrentForwardParams<T>& p, const Unit& u, std::int64_t t,
                          const float (&gates)[kGates], const float (&products)[kGates], float& h, float& c) {
  float saved[kGates + 1];
  saved[0] = gate_of<kGates>(p.at, gates[0] + products[0]);
  saved[1] = gate_of<kGates>(p.at, gates[1] + products[1]);
  if constexpr (kGates == 3) {
    saved[2] = DeviceMath::tanh(gates[2] + saved[0] * products[2]);
    saved[3] = products[2];
    h = (1.0f - saved[1]) * saved[2] + saved[1] * h;
  } else {
    saved[2] = DeviceMath::tanh(gates[2] + products[2]);
    saved[3] = gate_of<kGates>(p.at, gates[3] + products[3]);
    c = saved[1] * c + saved[0] * saved[2];
    saved[4] = c;
    h = saved[3] * DeviceMath::tanh(c);
  }
  p.y[p.at.output(u.n, t, u.d) + u.j] = narrow<T>(h);
  if (p.saved == nullptr) return;
  float* to = p.saved + p.at.saved(u.n, t, u.d) + u.j;
  SONOGRAD_UNROLL
  for (int s = 0; s <= kGates; ++s) to[s * p.at.units] = saved[s];
}

/// Writes y = 0 behind a sequence.
template <class T>
__device__ void pad_unit(const RecurrentForwardParams<T>& p, const Unit& u, std::int64_t t) {
  p.y[p.at.output(u.n, t, u.d) + u.j] = narrow<T>(0.0f);
}

template <class T>
__device__ void store_final(const RecurrentForwardParams<T>& p, const Unit& u, float h, float c) {
  const std::int64_t place = p.at.state(u.d, u.n) + u.j;
  if (p.h_n != nullptr) p.h_n[place] = narrow<T>(h);
  if (p.c_n != nullptr) p.c_n[place] = narrow<T>(c);
}

/// Values that backward reads for a unit at its k-th step.
template <int kGates>
struct SavedUnit {
  float saved[kGates + 1], dy, h, c;  // h, c: before the step
};

template <int kGates, class T>
__device__ SavedUnit<kGates> load_saved(const RecurrentBackwardParams<T>& p, const Unit& u, std::int64_t k,
                                        std::int64_t length) {
  const RecurrentPlaces& at = p.at;
  const std::int64_t t = at.time(u.d, k, length), earlier = at.time(u.d, k - 1, length);
  SavedUnit<kGates> unit;
  const float* from = p.saved + at.saved(u.n, t, u.d) + u.j;
  SONOGRAD_UNROLL
  for (int s = 0; s <= kGates; ++s) unit.saved[s] = from[s * at.units];
  unit.dy = widen(p.dy[at.output(u.n, t, u.d) + u.j]);
  unit.h = k > 0 ? widen(p.y[at.output(u.n, earlier, u.d) + u.j]) : state_value(at, p.h0, u);
  unit.c = 0;
  if constexpr (kGates == 4) {
    unit.c = k > 0 ? p.saved[at.saved(u.n, earlier, u.d) + 4 * at.units + u.j] : state_value(at, p.c0, u);
  }
  return unit;
}

/// One step backward. `dh` and `dc`, gradients of the state behind the step, become their parts in the state before it that
/// do not pass the products; `dproducts` are the gradients of the products.
template <int kGates, class T>
__device__ void step_unit_back(const RecurrentBackwardParams<T>& p, const Unit& u, std::int64_t t,
                               const SavedUnit<kGates>& unit, float& dh, float& dc,
                               float (&dproducts)[kGates]) {
  float dgates[kGates];
  dh += unit.dy;
  const float* v = unit.saved;
  if constexpr (kGates == 3) {
    const float r = v[0], z = v[1], n = v[2], q = v[3];
    dgates[2] = dh * (1.0f - z) * (1.0f - n * n);
    dgates[0] = gate_gradient<kGates>(p.at, r, dgates[2] * q);
    dgates[1] = gate_gradient<kGates>(p.at, z, dh * (unit.h - n));
    dproducts[2] = dgates[2] * r;
    dh *= z;
  } else {
    const float tanh_c = DeviceMath::tanh(v[4]);
    dc += dh * v[3] * (1.0f - tanh_c * tanh_c);
    dgates[0] = gate_gradient<kGates>(p.at, v[0], dc * v[2]);
    dgates[1] = gate_gradient<kGates>(p.at, v[1], dc * unit.c);
    dgates[2] = dc * v[0] * (1.0f - v[2] * v[2]);
    dgates[3] = gate_gradient<kGates>(p.at, v[3], dh * tanh_c);
    dproducts[2] = dgates[2];
    dproducts[3] = dgates[3];
    dc *= v[1];
    dh = 0;
  }
  dproducts[0] = dgates[0];
  dproducts[1] = dgates[1];
  const std::int64_t row = p.at.gate_row(u.n, t) + u.j;
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) {
    one_of(p.dgates, u.d)[row + g * p.at.units] = narrow<T>(dgates[g]);
    if (kGates == 3) one_of(p.dhidden, u.d)[row + g * p.at.units] = narrow<T>(dproducts[g]);
  }
  one_of(p.before, u.d)[p.at.before(u.n, t) + u.j] = narrow<T>(unit.h);
}

/// Writes the zeros behind a sequence.
template <int kGates, class T>
__device__ void pad_unit_back(const RecurrentBackwardParams<T>& p, const Unit& u, std::int64_t t) {
  const std::int64_t row = p.at.gate_row(u.n, t) + u.j;
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) {
    one_of(p.dgates, u.d)[row + g * p.at.units] = narrow<T>(0.0f);
    if (kGates == 3) one_of(p.dhidden, u.d)[row + g * p.at.units] = narrow<T>(0.0f);
  }
  one_of(p.before, u.d)[p.at.before(u.n, t) + u.j] = narrow<T>(0.0f);
}

template <class T>
__device__ void store_initial(const RecurrentBackwardParams<T>& p, const Unit& u, float dh, float dc) {
  const std::int64_t place = p.at.state(u.d, u.n) + u.j;
  if (p.dh0 != nullptr) write(p.dh0[place], dh, p.dh0_adds);
  if (p.dc0 != nullptr) write(p.dc0[place], dc, p.dc0_adds);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
