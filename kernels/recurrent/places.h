// Operands of the recurrence as typed pointers, and the places of their elements: shared by rows in C++ and in CUDA.
#pragma once

#include "kernels/core/stored.h"
#include "kernels/recurrent/recurrent.h"

namespace sonograd::kernels {

/// Offsets, in elements, of step t of sequence n in direction d.
struct RecurrentPlaces {
  std::int64_t batch, steps, units, directions, gates, values;  ///< `values`: saved of each unit
  const std::int32_t* lengths;                                  ///< null: all sequences have `steps`
  bool hard_gates;                                              ///< of LSTM

  explicit RecurrentPlaces(const RecurrentProblem& p, const View& given_lengths)
      : batch(p.batch),
        steps(p.steps),
        units(p.units),
        directions(p.directions),
        gates(p.gates()),
        values(saved_of(p.cell)),
        lengths(given_lengths.defined() ? given_lengths.data<std::int32_t>() : nullptr),
        hard_gates(p.cell == Cell::hard_lstm) {}

  constexpr std::int64_t length(std::int64_t n) const {
    if (lengths == nullptr) return steps;
    const std::int64_t given = lengths[n];
    return given < 0 ? 0 : given > steps ? steps : given;
  }
  /// Time of the k-th step in the order of a direction.
  constexpr std::int64_t time(std::int64_t d, std::int64_t k, std::int64_t length) const {
    return d == 0 ? k : length - 1 - k;
  }
  constexpr std::int64_t gate_row(std::int64_t n, std::int64_t t) const {
    return (n * steps + t) * gates * units;
  }
  constexpr std::int64_t output(std::int64_t n, std::int64_t t, std::int64_t d) const {
    return ((n * steps + t) * directions + d) * units;
  }
  constexpr std::int64_t saved(std::int64_t n, std::int64_t t, std::int64_t d) const {
    return output(n, t, d) * values;
  }
  constexpr std::int64_t before(std::int64_t n, std::int64_t t) const { return (n * steps + t) * units; }
  constexpr std::int64_t state(std::int64_t d, std::int64_t n) const { return (d * batch + n) * units; }
};

/// Pointer to the elements; null for an undefined view.
template <class T>
T* pointer_of(const View& view) {
  return view.defined() ? view.data<T>() : nullptr;
}

template <class T>
struct RecurrentForwardData {
  const T *gates[2], *weight_hh[2], *bias_hh[2], *h0, *c0;
  T *y, *h_n, *c_n;
  Computed<T>* saved;

  explicit RecurrentForwardData(const RecurrentForward::Args& a)
      : gates{pointer_of<T>(a.gates[0]), pointer_of<T>(a.gates[1])},
        weight_hh{pointer_of<T>(a.weight_hh[0]), pointer_of<T>(a.weight_hh[1])},
        bias_hh{pointer_of<T>(a.bias_hh[0]), pointer_of<T>(a.bias_hh[1])},
        h0(pointer_of<T>(a.h0)),
        c0(pointer_of<T>(a.c0)),
        y(pointer_of<T>(a.y)),
        h_n(pointer_of<T>(a.h_n)),
        c_n(pointer_of<T>(a.c_n)),
        saved(pointer_of<Computed<T>>(a.saved)) {}
};

template <class T>
struct RecurrentBackwardData {
  const T* weight_hh[2];
  const Computed<T>* saved;
  const T *y, *h0, *c0, *dy, *dh_n, *dc_n;
  T *dgates[2], *dhidden[2], *before[2], *dh0, *dc0;
  bool dh0_adds, dc0_adds;

  explicit RecurrentBackwardData(const RecurrentBackward::Args& a)
      : weight_hh{pointer_of<T>(a.weight_hh[0]), pointer_of<T>(a.weight_hh[1])},
        saved(pointer_of<Computed<T>>(a.saved)),
        y(pointer_of<T>(a.y)),
        h0(pointer_of<T>(a.h0)),
        c0(pointer_of<T>(a.c0)),
        dy(pointer_of<T>(a.dy)),
        dh_n(pointer_of<T>(a.dh_n)),
        dc_n(pointer_of<T>(a.dc_n)),
        dgates{pointer_of<T>(a.dgates[0]), pointer_of<T>(a.dgates[1])},
        dhidden{pointer_of<T>(a.dhidden[0]), pointer_of<T>(a.dhidden[1])},
        before{pointer_of<T>(a.before[0]), pointer_of<T>(a.before[1])},
        dh0(pointer_of<T>(a.dh0.view)),
        dc0(pointer_of<T>(a.dc0.view)),
        dh0_adds(a.dh0.adds()),
        dc0_adds(a.dc0.adds()) {}
};

}  // namespace sonograd::kernels
