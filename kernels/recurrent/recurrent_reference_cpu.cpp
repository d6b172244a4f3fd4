// The formulas as loops in double precision.
#include <algorithm>
#include <cmath>

#include "kernels/core/reference.h"
#include "kernels/pointwise/unary/hard_sigmoid.h"
#include "kernels/recurrent/places.h"

namespace sonograd::kernels::cpu {
namespace {

double exact_sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

// A gate of LSTM, and the gradient of its argument.
double gate_of(Cell cell, double x) {
  return cell == Cell::hard_lstm ? functions::HardSigmoid::value<void>(x, 1.0) : exact_sigmoid(x);
}
double gate_gradient(Cell cell, double y, double dy) {
  return cell == Cell::hard_lstm ? functions::HardSigmoid::gradient<void>(y, dy, 1.0) : dy * y * (1 - y);
}

template <class T>
std::vector<double> widened(const T* from, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size() && from != nullptr; ++i)
    values[i] = static_cast<double>(widen(from[i]));
  return values;
}

template <class T>
void narrow_into(const std::vector<double>& values, T* to) {
  for (std::size_t i = 0; i < values.size(); ++i) to[i] = narrow<T>(values[i]);
}

// Elements of sequence n in a state [D, N, H] that may be undefined.
template <class T>
std::vector<double> state_of(const RecurrentPlaces& at, const T* states, std::int64_t d, std::int64_t n) {
  return widened(states == nullptr ? nullptr : states + at.state(d, n), at.units);
}

template <class T>
void forward(const RecurrentProblem& p, const RecurrentForward::Args& args) {
  const RecurrentPlaces at(p, args.lengths);
  const RecurrentForwardData<T> a(args);
  const std::int64_t units = p.units, rows = p.rows();
  for (std::int64_t d = 0; d < p.directions; ++d) {
    const std::vector<double> weight = widened(a.weight_hh[d], rows * units);
    for (std::int64_t n = 0; n < p.batch; ++n) {
      const std::int64_t length = at.length(n);
      std::vector<double> h = state_of(at, a.h0, d, n), c = state_of(at, a.c0, d, n);
      for (std::int64_t k = 0; k < length; ++k) {
        const std::int64_t t = at.time(d, k, length);
        std::vector<double> product = widened(a.bias_hh[d], rows);
        for (std::int64_t row = 0; row < rows; ++row) {
          double& sum = product[static_cast<std::size_t>(row)];
          for (std::size_t i = 0; i < h.size(); ++i)
            sum += weight[static_cast<std::size_t>(row * units) + i] * h[i];
        }
        const std::vector<double> gates = widened(a.gates[d] + at.gate_row(n, t), rows);
        for (std::int64_t j = 0; j < units; ++j) {
          const auto term = [&](std::int64_t gate) {
            return gates[static_cast<std::size_t>(gate * units + j)];
          };
          const auto dot = [&](std::int64_t gate) {
            return product[static_cast<std::size_t>(gate * units + j)];
          };
          double& hj = h[static_cast<std::size_t>(j)];
          double& cj = c[static_cast<std::size_t>(j)];
          std::array<double, 5> saved{};
          if (p.cell == Cell::gru) {
            const double r = exact_sigmoid(term(0) + dot(0)), z = exact_sigmoid(term(1) + dot(1));
            const double candidate = std::tanh(term(2) + r * dot(2));
            hj = (1 - z) * candidate + z * hj;
            saved = {r, z, candidate, dot(2)};
          } else {
            const double i = gate_of(p.cell, term(0) + dot(0)), f = gate_of(p.cell, term(1) + dot(1));
            const double g = std::tanh(term(2) + dot(2)), o = gate_of(p.cell, term(3) + dot(3));
            cj = f * cj + i * g;
            hj = o * std::tanh(cj);
            saved = {i, f, g, o, cj};
          }
          if (a.saved == nullptr) continue;
          for (std::int64_t s = 0; s < at.values; ++s)
            a.saved[at.saved(n, t, d) + s * units + j] =
                static_cast<Computed<T>>(saved[static_cast<std::size_t>(s)]);
        }
        narrow_into(h, a.y + at.output(n, t, d));
      }
      for (std::int64_t t = length; t < p.steps; ++t)
        narrow_into(std::vector<double>(h.size()), a.y + at.output(n, t, d));
      if (a.h_n != nullptr) narrow_into(h, a.h_n + at.state(d, n));
      if (a.c_n != nullptr) narrow_into(c, a.c_n + at.state(d, n));
    }
  }
}

// Gradients of one unit and step. `dh`, of h', becomes what flows to h beside the products; `dc` likewise.
template <class S>
void unit_gradients(Cell cell, const S* saved, std::int64_t units, double h, double c, double& dh, double& dc,
                    std::array<double, 4>& dgates, double& third_hidden) {
  const auto value = [=](std::int64_t s) { return static_cast<double>(saved[s * units]); };
  if (cell == Cell::gru) {
    const double r = value(0), z = value(1), candidate = value(2), q = value(3);
    const double dn = dh * (1 - z) * (1 - candidate * candidate);
    dgates = {dn * q * r * (1 - r), dh * (h - candidate) * z * (1 - z), dn, 0};
    third_hidden = dn * r;
    dh *= z;
  } else {
    const double i = value(0), f = value(1), g = value(2), o = value(3), tanh_c = std::tanh(value(4));
    dc += dh * o * (1 - tanh_c * tanh_c);
    dgates = {gate_gradient(cell, i, dc * g), gate_gradient(cell, f, dc * c), dc * i * (1 - g * g),
              gate_gradient(cell, o, dh * tanh_c)};
    third_hidden = dgates[2];
    dc *= f;
    dh = 0;
  }
}

template <class T>
void backward(const RecurrentProblem& p, const RecurrentBackward::Args& args) {
  const RecurrentPlaces at(p, args.lengths);
  const RecurrentBackwardData<T> a(args);
  const std::int64_t units = p.units, rows = p.rows();
  for (std::int64_t d = 0; d < p.directions; ++d) {
    const std::vector<double> weight = widened(a.weight_hh[d], rows * units);
    for (std::int64_t n = 0; n < p.batch; ++n) {
      const std::int64_t length = at.length(n);
      std::vector<double> dh = state_of(at, a.dh_n, d, n), dc = state_of(at, a.dc_n, d, n);
      for (std::int64_t t = length; t < p.steps; ++t) {
        std::fill_n(a.dgates[d] + at.gate_row(n, t), rows, T{});
        if (p.cell == Cell::gru) std::fill_n(a.dhidden[d] + at.gate_row(n, t), rows, T{});
        std::fill_n(a.before[d] + at.before(n, t), units, T{});
      }
      for (std::int64_t k = length - 1; k >= 0; --k) {
        const std::int64_t t = at.time(d, k, length), t_before = at.time(d, k - 1, length);
        const std::vector<double> h =
            k == 0 ? state_of(at, a.h0, d, n) : widened(a.y + at.output(n, t_before, d), units);
        const std::vector<double> dy = widened(a.dy + at.output(n, t, d), units);
        const Computed<T>* saved = a.saved + at.saved(n, t, d);
        std::vector<double> c(h.size());
        if (p.cell != Cell::gru) {
          c = k == 0 ? state_of(at, a.c0, d, n)
                     : widened(a.saved + at.saved(n, t_before, d) + 4 * units, units);
        }
        std::vector<double> dgates(static_cast<std::size_t>(rows)), dhidden(dgates.size());
        for (std::int64_t j = 0; j < units; ++j) {
          const auto i = static_cast<std::size_t>(j);
          dh[i] += dy[i];
          std::array<double, 4> own{};
          double third = 0;
          unit_gradients(p.cell, saved + j, units, h[i], c[i], dh[i], dc[i], own, third);
          for (std::int64_t gate = 0; gate < p.gates(); ++gate) {
            const auto row = static_cast<std::size_t>(gate * units + j);
            dgates[row] = own[static_cast<std::size_t>(gate)];
            dhidden[row] = gate == 2 ? third : dgates[row];
          }
        }
        for (std::int64_t row = 0; row < rows; ++row) {
          const double factor = dhidden[static_cast<std::size_t>(row)];
          for (std::size_t i = 0; i < dh.size(); ++i)
            dh[i] += factor * weight[static_cast<std::size_t>(row * units) + i];
        }
        narrow_into(dgates, a.dgates[d] + at.gate_row(n, t));
        if (p.cell == Cell::gru) narrow_into(dhidden, a.dhidden[d] + at.gate_row(n, t));
        narrow_into(h, a.before[d] + at.before(n, t));
      }
      for (std::int64_t j = 0; j < units; ++j) {
        const auto i = static_cast<std::size_t>(j);
        if (a.dh0 != nullptr) store<T>(args.dh0, at.state(d, n) + j, dh[i]);
        if (a.dc0 != nullptr) store<T>(args.dc0, at.state(d, n) + j, dc[i]);
      }
    }
  }
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_reference =
    stored_reference_row<RecurrentForward>(
        []<class T>(T, const RecurrentProblem& p, const RecurrentForward::Args& a) { forward<T>(p, a); });
extern const KernelVariant<RecurrentBackward> recurrent_backward_reference =
    stored_reference_row<RecurrentBackward>(
        []<class T>(T, const RecurrentProblem& p, const RecurrentBackward::Args& a) { backward<T>(p, a); });

}  // namespace sonograd::kernels::cpu
