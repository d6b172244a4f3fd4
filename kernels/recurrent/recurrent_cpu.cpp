// A thread owns up to four sequences of one direction and walks through time: products of their states and the weight, which
// is packed once per call and stays in the cache of the thread, then the functions of the gates.
#include <algorithm>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/recurrent/places.h"
#include "kernels/recurrent/recurrent_simd.h"

namespace sonograd::kernels::cpu {
namespace {

constexpr std::int64_t padded(std::int64_t columns) {
  return blocks_of(columns, kPaddedColumns) * kPaddedColumns;
}

std::int64_t groups_of(const RecurrentProblem& p) {
  return blocks_of(p.batch, kSequencesTogether);
}

// Scratch memory of one direction, and of one group of sequences.
struct Floats {
  std::int64_t per_direction, per_group;

  std::size_t count(const RecurrentProblem& p) const {
    return static_cast<std::size_t>(p.directions * (per_direction + groups_of(p) * per_group));
  }
};

Floats forward_floats(const RecurrentProblem& p) {
  const std::int64_t row = p.units * (2 + saved_of(p.cell)) + padded(p.rows());
  return {padded(p.rows()) * (p.units + 1), kSequencesTogether * row};
}

Floats backward_floats(const RecurrentProblem& p) {
  return {padded(p.units) * p.rows(),
          kSequencesTogether * (padded(p.units) + p.units + p.rows()) + 2 * p.units};
}

// Sequences of a group, its direction, and the longest of them.
struct Group {
  std::int64_t d, first, count, longest = 0;
  std::int64_t lengths[kSequencesTogether] = {};

  Group(const RecurrentPlaces& at, std::int64_t groups, std::int64_t block)
      : d(block / groups),
        first(block % groups * kSequencesTogether),
        count(std::min(kSequencesTogether, at.batch - first)) {
    for (std::int64_t i = 0; i < count; ++i) {
      lengths[i] = at.length(first + i);
      longest = std::max(longest, lengths[i]);
    }
  }
};

template <class T>
void load_state(const T* from, std::int64_t units, float* to) {
  for (std::int64_t j = 0; j < units; ++j) to[j] = from == nullptr ? 0.0f : widen(from[j]);
}

template <class T>
void store_state(const float* from, std::int64_t units, T* to, bool add) {
  for (std::int64_t j = 0; j < units; ++j) {
    to[j] = narrow<T>(add ? static_cast<double>(widen(to[j])) + static_cast<double>(from[j])
                          : static_cast<double>(from[j]));
  }
}

template <class T>
const T* row_of(const T* states, const RecurrentPlaces& at, std::int64_t d, std::int64_t n) {
  return states == nullptr ? nullptr : states + at.state(d, n);
}

template <class T>
void forward_group(const RecurrentProblem& p, const RecurrentPlaces& at, const RecurrentForwardData<T>& a,
                   const Group& group, const float* packed, float* scratch) {
  const std::int64_t units = p.units, d = group.d, product_step = padded(p.rows());
  float* product = scratch;  // [sequence, padded rows]
  float* h = product + kSequencesTogether * product_step;
  float* c = h + kSequencesTogether * units;
  float* unsaved = c + kSequencesTogether * units;
  const float* bias = packed + product_step * units;
  for (std::int64_t i = 0; i < group.count; ++i) {
    load_state(row_of(a.h0, at, d, group.first + i), units, h + i * units);
    load_state(row_of(a.c0, at, d, group.first + i), units, c + i * units);
  }
  for (std::int64_t k = 0; k < group.longest; ++k) {
    SONOGRAD_SIMD_CALL(multiply_panels)
    ({packed, units, p.rows(), h, units, bias, 0, product, product_step}, group.count);
    for (std::int64_t i = 0; i < group.count; ++i) {
      if (k >= group.lengths[i]) continue;
      const std::int64_t n = group.first + i, t = at.time(d, k, group.lengths[i]);
      const CellStep<T> step = {a.gates[d] + at.gate_row(n, t),
                                product + i * product_step,
                                h + i * units,
                                c + i * units,
                                a.y + at.output(n, t, d),
                                a.saved == nullptr ? unsaved : a.saved + at.saved(n, t, d)};
      if (p.cell == Cell::gru) {
        SONOGRAD_SIMD_CALL(gru_step<T>)(step, units);
      } else if (p.cell == Cell::lstm) {
        SONOGRAD_SIMD_CALL(lstm_step<T, false>)(step, units);
      } else {
        SONOGRAD_SIMD_CALL(lstm_step<T, true>)(step, units);
      }
    }
  }
  for (std::int64_t i = 0; i < group.count; ++i) {
    const std::int64_t n = group.first + i;
    for (std::int64_t t = group.lengths[i]; t < p.steps; ++t)
      std::fill_n(a.y + at.output(n, t, d), units, T{});
    if (a.h_n != nullptr) store_state(h + i * units, units, a.h_n + at.state(d, n), false);
    if (a.c_n != nullptr) store_state(c + i * units, units, a.c_n + at.state(d, n), false);
  }
}

template <class T>
void forward(const RecurrentProblem& p, const RecurrentForward::Args& args, Workspace workspace) {
  const RecurrentPlaces at(p, args.lengths);
  const RecurrentForwardData<T> a(args);
  const Floats floats = forward_floats(p);
  float* packed = workspace.take<float>(floats.count(p));
  float* scratch = packed + p.directions * floats.per_direction;
  for (std::int64_t d = 0; d < p.directions; ++d) {
    float* panels = packed + d * floats.per_direction;
    SONOGRAD_SIMD_CALL(pack_panels<T>)({a.weight_hh[d], p.units, p.rows(), 1, p.units}, panels);
    float* bias = panels + padded(p.rows()) * p.units;
    std::fill_n(bias, padded(p.rows()), 0.0f);
    load_state(a.bias_hh[d], p.rows(), bias);
  }
  const std::int64_t groups = groups_of(p);
  launch("recurrent_forward", p.directions * groups, [&](std::int64_t block) {
    const Group group(at, groups, block);
    forward_group(p, at, a, group, packed + group.d * floats.per_direction,
                  scratch + block * floats.per_group);
  });
}

template <class T>
void backward_group(const RecurrentProblem& p, const RecurrentPlaces& at, const RecurrentBackwardData<T>& a,
                    const Group& group, const float* packed, float* scratch) {
  const std::int64_t units = p.units, rows = p.rows(), d = group.d, state_step = padded(units);
  float* dh = scratch;  // [sequence, padded units]
  float* dc = dh + kSequencesTogether * state_step;
  float* dproduct = dc + kSequencesTogether * units;
  float* zeros = dproduct + kSequencesTogether * rows;
  std::fill_n(dh, kSequencesTogether * state_step, 0.0f);
  std::fill_n(dproduct, kSequencesTogether * rows, 0.0f);
  std::fill_n(zeros, 2 * units, 0.0f);
  for (std::int64_t i = 0; i < group.count; ++i) {
    const std::int64_t n = group.first + i;
    load_state(row_of(a.dh_n, at, d, n), units, dh + i * state_step);
    load_state(row_of(a.dc_n, at, d, n), units, dc + i * units);
    for (std::int64_t t = group.lengths[i]; t < p.steps; ++t) {
      std::fill_n(a.dgates[d] + at.gate_row(n, t), rows, T{});
      if (p.cell == Cell::gru) std::fill_n(a.dhidden[d] + at.gate_row(n, t), rows, T{});
      std::fill_n(a.before[d] + at.before(n, t), units, T{});
    }
  }
  const T* zero_state = reinterpret_cast<const T*>(zeros);
  for (std::int64_t k = group.longest - 1; k >= 0; --k) {
    for (std::int64_t i = 0; i < group.count; ++i) {
      if (k >= group.lengths[i]) continue;
      const std::int64_t n = group.first + i, length = group.lengths[i];
      const std::int64_t t = at.time(d, k, length), earlier = at.time(d, k - 1, length);
      const T* h0 = row_of(a.h0, at, d, n);
      const T* h = k > 0 ? a.y + at.output(n, earlier, d) : h0 == nullptr ? zero_state : h0;
      const float* c = zeros;
      if (p.cell != Cell::gru && k > 0) c = a.saved + at.saved(n, earlier, d) + 4 * units;
      if (p.cell != Cell::gru && k == 0 && a.c0 != nullptr) {
        load_state(row_of(a.c0, at, d, n), units, zeros + units);
        c = zeros + units;
      }
      const CellStepGradient<T> step = {a.saved + at.saved(n, t, d),
                                        h,
                                        a.dy + at.output(n, t, d),
                                        c,
                                        dh + i * state_step,
                                        dc + i * units,
                                        dproduct + i * rows,
                                        a.dgates[d] + at.gate_row(n, t),
                                        p.cell == Cell::gru ? a.dhidden[d] + at.gate_row(n, t) : nullptr,
                                        a.before[d] + at.before(n, t)};
      if (p.cell == Cell::gru) {
        SONOGRAD_SIMD_CALL(gru_step_gradient<T>)(step, units);
      } else if (p.cell == Cell::lstm) {
        SONOGRAD_SIMD_CALL(lstm_step_gradient<T, false>)(step, units);
      } else {
        SONOGRAD_SIMD_CALL(lstm_step_gradient<T, true>)(step, units);
      }
    }
    SONOGRAD_SIMD_CALL(multiply_panels)
    ({packed, rows, units, dproduct, rows, dh, state_step, dh, state_step}, group.count);
  }
  for (std::int64_t i = 0; i < group.count; ++i) {
    const std::int64_t place = at.state(d, group.first + i);
    if (a.dh0 != nullptr) store_state(dh + i * state_step, units, a.dh0 + place, a.dh0_adds);
    if (a.dc0 != nullptr) store_state(dc + i * units, units, a.dc0 + place, a.dc0_adds);
  }
}

template <class T>
void backward(const RecurrentProblem& p, const RecurrentBackward::Args& args, Workspace workspace) {
  const RecurrentPlaces at(p, args.lengths);
  const RecurrentBackwardData<T> a(args);
  const Floats floats = backward_floats(p);
  float* packed = workspace.take<float>(floats.count(p));
  float* scratch = packed + p.directions * floats.per_direction;
  for (std::int64_t d = 0; d < p.directions; ++d) {
    SONOGRAD_SIMD_CALL(pack_panels<T>)
    ({a.weight_hh[d], p.rows(), p.units, p.units, 1}, packed + d * floats.per_direction);
  }
  const std::int64_t groups = groups_of(p);
  launch("recurrent_backward", p.directions * groups, [&](std::int64_t block) {
    const Group group(at, groups, block);
    backward_group(p, at, a, group, packed + group.d * floats.per_direction,
                   scratch + block * floats.per_group);
  });
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .workspace =
        [](const RecurrentProblem& p) { return Workspace::bytes<float>(forward_floats(p).count(p)); },
    .run =
        [](const RecurrentProblem& p, const RecurrentForward::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { forward<decltype(tag)>(p, a, workspace); });
        }};
extern const KernelVariant<RecurrentBackward> recurrent_backward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .workspace =
        [](const RecurrentProblem& p) { return Workspace::bytes<float>(backward_floats(p).count(p)); },
    .run =
        [](const RecurrentProblem& p, const RecurrentBackward::Args& a, const Context&, Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
