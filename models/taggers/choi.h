// Common parts of the taggers of Choi et al. (2016, 2017): input, blocks, and the budgets of parameters of their comparison.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017.
#pragma once

#include <array>

#include "layers/conv_unit.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {

/// The batch norm of Keras since 1.1.
inline constexpr layers::BatchNormOptions kKerasNorm = {.eps = 1e-3, .momentum = 0.01};

/// 29.12 s at 12 kHz: 1,366 frames of 96 bands on the scale of Slaney, within 80 dB of the maximum.
inline LogMelFront choi_front() {
  return {.samples = 349440,
          .mel = {.sample_rate = 12000,
                  .f_max = 6000,
                  .mel_scale = kernels::MelScale::slaney,
                  .mel_norm = kernels::MelNorm::slaney,
                  .db = {.top_db = 80}}};
}

/// The front end of the taggers of 2016: decibels of the square of the power.
inline LogMelFront squared_power_front() {
  LogMelFront front = choi_front();
  front.mel.compression = layers::Compression::amplitude_decibel;
  front.mel.db.amin = 1e-5;
  return front;
}

/// Convolution, norm, ELU and maximum: 3x3 with padding 1 unless `kernel` and `padding` are given.
inline layers::ConvUnitOptions<layers::Conv2d> choi_block(kernels::Pair pool, kernels::Pair kernel = 3,
                                                          const kernels::Padding& padding = 1) {
  return {.kernel = kernel,
          .conv = {.padding = padding},
          .norm = kKerasNorm,
          .activation = layers::Activation::elu,
          .pool = pool};
}

/// Numbers of parameters at which the structures were compared; norms are not counted.
enum class Budget : std::uint8_t { m0_1, m0_25, m0_5, m1, m3 };
inline constexpr std::size_t kBudgets = 5;

/// The widths of one structure: those of a budget, or multiples of its first one.
template <std::size_t N>
struct BudgetWidths {
  std::array<std::array<std::int64_t, N>, kBudgets> table;  ///< a row for each budget; no option
  std::array<std::int64_t, N> multiples;                    ///< of `channels`; no option
  Budget budget = Budget::m1;
  std::int64_t channels = 0;

  void list(OptionList& all) {
    all.add("budget", budget,
            {{"0.1M", Budget::m0_1},
             {"0.25M", Budget::m0_25},
             {"0.5M", Budget::m0_5},
             {"1M", Budget::m1},
             {"3M", Budget::m3}},
            "parameters of the published size, without norms, from which all widths follow");
    all.idle_when([this] { return channels == 0 ? "" : concat("model.channels = ", channels); });
    all.add("channels", channels, {0, 4096},
            "width of the first block, the others are multiples of it; 0: the widths of the budget");
  }

  std::array<std::int64_t, N> widths() const {
    if (channels == 0) return table[static_cast<std::size_t>(budget)];
    std::array<std::int64_t, N> all = multiples;
    for (std::int64_t& width : all) width *= channels;
    return all;
  }

  /// Sets the budget that has these widths; where none has them, `channels`.
  void read(const std::array<std::int64_t, N>& found) {
    for (std::size_t row = 0; row < kBudgets; ++row) {
      if (table[row] == found) budget = static_cast<Budget>(row), channels = 0;
    }
    if (widths() != found) channels = found[0];
  }
};

}  // namespace sonograd::models
