#include "kernels/recurrent/recurrent_simd.h"

#include "kernels/core/simd_math.h"
#include "kernels/core/simd_vector.h"
#include "kernels/pointwise/unary/hard_sigmoid.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {
namespace {

using namespace kernels::SONOGRAD_SIMD;
using simd::narrow;
using simd::widen;

constexpr int kPanelVectors = 2;
constexpr std::int64_t kPanel = kPanelVectors * kVector;
static_assert(kPaddedColumns % kPanel == 0);

template <int kRows>
SONOGRAD_INLINE inline void multiply_panel(const PanelProduct& p, const float* panel, std::int64_t column) {
  Vector sums[kRows][kPanelVectors];
  for (int row = 0; row < kRows; ++row) {
    for (int v = 0; v < kPanelVectors; ++v)
      sums[row][v] = load(p.start + row * p.start_step + column + v * kVector);
  }
  for (std::int64_t k = 0; k < p.depth; ++k) {
    Vector weights[kPanelVectors];
    for (int v = 0; v < kPanelVectors; ++v) weights[v] = load(panel + k * kPanel + v * kVector);
    for (int row = 0; row < kRows; ++row) {
      const float value = p.in[row * p.in_step + k];
      for (int v = 0; v < kPanelVectors; ++v) sums[row][v] += value * weights[v];
    }
  }
  for (int row = 0; row < kRows; ++row) {
    for (int v = 0; v < kPanelVectors; ++v)
      store(sums[row][v], p.out + row * p.out_step + column + v * kVector);
  }
}

template <int kRows>
void multiply_rows(const PanelProduct& p) {
  for (std::int64_t column = 0; column < p.columns; column += kPanel)
    multiply_panel<kRows>(p, p.packed + column * p.depth, column);
}

// A gate of LSTM, and the gradient of its argument.
template <bool kHard>
SONOGRAD_INLINE inline float gate_of(float x) {
  if constexpr (kHard) return functions::HardSigmoid::value<void>(x, 1.0f);
  return simd::sigmoid(x);
}
template <bool kHard>
SONOGRAD_INLINE inline float gate_gradient(float y, float dy) {
  if constexpr (kHard) return functions::HardSigmoid::gradient<void>(y, dy, 1.0f);
  return dy * y * (1.0f - y);
}

}  // namespace

template <class T>
void pack_panels(const PanelSource<T>& from, float* packed) {
  for (std::int64_t column = 0; column < from.columns; column += kPanel) {
    const std::int64_t here = from.columns - column < kPanel ? from.columns - column : kPanel;
    for (std::int64_t k = 0; k < from.depth; ++k, packed += kPanel) {
      const T* row = from.matrix + k * from.depth_step + column * from.column_step;
      for (std::int64_t i = 0; i < kPanel; ++i)
        packed[i] = i < here ? widen(row[i * from.column_step]) : 0.0f;
    }
  }
}

void multiply_panels(const PanelProduct& p, std::int64_t rows) {
  switch (rows) {
    case 1:
      return multiply_rows<1>(p);
    case 2:
      return multiply_rows<2>(p);
    case 3:
      return multiply_rows<3>(p);
    default:
      return multiply_rows<kSequencesTogether>(p);
  }
}

template <class T>
void gru_step(const CellStep<T>& s, std::int64_t units) {
  const std::int64_t z_at = units, n_at = 2 * units, q_at = 3 * units;
  const CellStep<T> step = s;
#pragma omp simd
  for (std::int64_t j = 0; j < units; ++j) {
    const float r = simd::sigmoid(widen(step.gates[j]) + step.product[j]);
    const float z = simd::sigmoid(widen(step.gates[z_at + j]) + step.product[z_at + j]);
    const float q = step.product[n_at + j];
    const float n = simd::tanh(widen(step.gates[n_at + j]) + r * q);
    const float h = (1.0f - z) * n + z * step.h[j];
    step.h[j] = h;
    narrow(h, step.y[j]);
    step.saved[j] = r;
    step.saved[z_at + j] = z;
    step.saved[n_at + j] = n;
    step.saved[q_at + j] = q;
  }
}

template <class T, bool kHardGates>
void lstm_step(const CellStep<T>& s, std::int64_t units) {
  const std::int64_t f_at = units, g_at = 2 * units, o_at = 3 * units, c_at = 4 * units;
  const CellStep<T> step = s;
#pragma omp simd
  for (std::int64_t j = 0; j < units; ++j) {
    const float i = gate_of<kHardGates>(widen(step.gates[j]) + step.product[j]);
    const float f = gate_of<kHardGates>(widen(step.gates[f_at + j]) + step.product[f_at + j]);
    const float g = simd::tanh(widen(step.gates[g_at + j]) + step.product[g_at + j]);
    const float o = gate_of<kHardGates>(widen(step.gates[o_at + j]) + step.product[o_at + j]);
    const float c = f * step.c[j] + i * g;
    const float h = o * simd::tanh(c);
    step.c[j] = c;
    step.h[j] = h;
    narrow(h, step.y[j]);
    step.saved[j] = i;
    step.saved[f_at + j] = f;
    step.saved[g_at + j] = g;
    step.saved[o_at + j] = o;
    step.saved[c_at + j] = c;
  }
}

template <class T>
void gru_step_gradient(const CellStepGradient<T>& s, std::int64_t units) {
  const std::int64_t z_at = units, n_at = 2 * units, q_at = 3 * units;
  const CellStepGradient<T> step = s;
#pragma omp simd
  for (std::int64_t j = 0; j < units; ++j) {
    const float r = step.saved[j], z = step.saved[z_at + j], n = step.saved[n_at + j];
    const float q = step.saved[q_at + j], h = widen(step.h[j]);
    const float dh = step.dh[j] + widen(step.dy[j]);
    const float dn = dh * (1.0f - z) * (1.0f - n * n);
    const float dr = dn * q * r * (1.0f - r), dz = dh * (h - n) * z * (1.0f - z), dq = dn * r;
    step.dh[j] = dh * z;
    step.dproduct[j] = dr;
    step.dproduct[z_at + j] = dz;
    step.dproduct[n_at + j] = dq;
    narrow(dr, step.dgates[j]);
    narrow(dz, step.dgates[z_at + j]);
    narrow(dn, step.dgates[n_at + j]);
    narrow(dr, step.dhidden[j]);
    narrow(dz, step.dhidden[z_at + j]);
    narrow(dq, step.dhidden[n_at + j]);
    narrow(h, step.before[j]);
  }
}

template <class T, bool kHardGates>
void lstm_step_gradient(const CellStepGradient<T>& s, std::int64_t units) {
  const std::int64_t f_at = units, g_at = 2 * units, o_at = 3 * units, c_at = 4 * units;
  const CellStepGradient<T> step = s;
#pragma omp simd
  for (std::int64_t j = 0; j < units; ++j) {
    const float i = step.saved[j], f = step.saved[f_at + j], g = step.saved[g_at + j];
    const float o = step.saved[o_at + j], tanh_c = simd::tanh(step.saved[c_at + j]);
    const float dh = step.dh[j] + widen(step.dy[j]);
    const float dc = step.dc[j] + dh * o * (1.0f - tanh_c * tanh_c);
    const float di = gate_gradient<kHardGates>(i, dc * g);
    const float df = gate_gradient<kHardGates>(f, dc * step.c[j]);
    const float dg = dc * i * (1.0f - g * g), d_o = gate_gradient<kHardGates>(o, dh * tanh_c);
    step.dh[j] = 0.0f;
    step.dc[j] = dc * f;
    step.dproduct[j] = di;
    step.dproduct[f_at + j] = df;
    step.dproduct[g_at + j] = dg;
    step.dproduct[o_at + j] = d_o;
    narrow(di, step.dgates[j]);
    narrow(df, step.dgates[f_at + j]);
    narrow(dg, step.dgates[g_at + j]);
    narrow(d_o, step.dgates[o_at + j]);
    narrow(widen(step.h[j]), step.before[j]);
  }
}

#define SONOGRAD_RECURRENT_STEPS(T)                                                     \
  template void pack_panels(const PanelSource<T>&, float*);                             \
  template void gru_step(const CellStep<T>&, std::int64_t);                             \
  template void lstm_step<T, false>(const CellStep<T>&, std::int64_t);                  \
  template void lstm_step<T, true>(const CellStep<T>&, std::int64_t);                   \
  template void gru_step_gradient(const CellStepGradient<T>&, std::int64_t);            \
  template void lstm_step_gradient<T, false>(const CellStepGradient<T>&, std::int64_t); \
  template void lstm_step_gradient<T, true>(const CellStepGradient<T>&, std::int64_t);
SONOGRAD_RECURRENT_STEPS(float)
SONOGRAD_RECURRENT_STEPS(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
