// Stacks of recurrent layers.
#pragma once

#include <array>
#include <deque>

#include "autograd/ops/recurrent.h"
#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

struct RecurrentOptions {
  std::int64_t layers = 1;     ///< at least 1
  bool bidirectional = false;  ///< the second direction begins at the end of a sequence
  double dropout = 0;          ///< of the output of each layer but the last, in training; in [0, 1)
};

/// GRU or LSTM as in PyTorch, with the batch first: x [N, T, in] -> y [N, T, D units], D directions; the second direction comes
/// behind the first. Parameters of layer k: weight_ih_lk [G units, in of the layer], weight_hh_lk [G units, units], bias_ih_lk
/// and bias_hh_lk [G units], and those of the second direction with `_reverse`. Initial values: U(-1/sqrt(units), 1/sqrt(units)).
class Recurrent : public Layer {
 public:
  /// States of all layers [layers D, N, units], the directions of a layer side by side. Undefined: zero.
  struct Bounds {
    Variable h0, c0;
    Tensor lengths;             ///< see `sequence_lengths`
    bool final_states = false;  ///< h_n and c_n are computed
  };

  /// Throws ConfigError for options that are out of range.
  Recurrent(Cell cell, std::int64_t in, std::int64_t units, const RecurrentOptions& options);

  Variable forward(const Variable& x) const override;
  /// The same with initial states and lengths; h_n and c_n [layers D, N, units].
  RecurrentOutput forward(const Variable& x, const Bounds& bounds) const;

 private:
  std::array<RecurrentParameters, 2> parameters_of(std::int64_t layer) const;

  Cell cell_;
  std::int64_t units_, directions_;
  RecurrentOptions options_;
  std::deque<Parameter> parameters_;  // four of each layer and direction
};

class Gru : public Recurrent {
 public:
  Gru(std::int64_t in, std::int64_t units, const RecurrentOptions& options = {})
      : Recurrent(Cell::gru, in, units, options) {}
};

class Lstm : public Recurrent {
 public:
  Lstm(std::int64_t in, std::int64_t units, const RecurrentOptions& options = {})
      : Recurrent(Cell::lstm, in, units, options) {}
};

}  // namespace sonograd::layers
