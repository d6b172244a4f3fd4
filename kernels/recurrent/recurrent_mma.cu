// `persistent` on tensor cores: one launch for all steps; a block for eight sequences of a direction.
//
// A warp owns 16 units, of all gates: their rows of the weight are A fragments in its registers, rounded once, and the states of
// the eight sequences are B. So the four elements of an accumulator of a lane are the products of four cells, which the lane
// computes; float32 states stay in its registers, a rounded copy goes to shared memory, in two buffers by turns. One barrier per
// step. Backward the columns of the weight are A, and the gradients of all gates B. Traffic per step and sequence: the gates, y
// and what is saved, once; the weight once per eight sequences and launch. It is faster than `persistent` because a state is
// read once for 16 units, and a weight once for eight sequences. Its limits: registers for fragments (96 or 144 of a thread),
// and the latency of H / 16 dependent products and of the functions of the gates.
#include "kernels/core/reference.h"
#include "kernels/recurrent/recurrent.cuh"
#include "kernels/simt/mma.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kRows = 16, kSequences = 8, kPairs = 4;

// Products along the state of kTiles * 16 units.
template <class P, int kTiles>
constexpr int kDepth = kTiles* kRows / kMmaK<P>;

// Elements between the states of two sequences: 16 bytes more than a multiple of 32 words, so that eight of them are in
// different banks.
template <class P, int kElements>
constexpr int kPitch = kElements + 16 / static_cast<int>(sizeof(P));

// A word of a fragment: one tf32, or two bf16, of which `value(0)` and `value(1)` are the elements.
template <class P, class Value>
__device__ std::uint32_t fragment_word(const Value& value) {
  if constexpr (std::is_same_v<P, bf16>) {
    return narrow_two(value(0), value(1));
  } else {
    return std::bit_cast<std::uint32_t>(round_tf32(value(0)));
  }
}

// A fragment of a matrix [16, ...] whose elements are `element(row, k)`, from k = `first` on.
template <class P, class Element>
__device__ FragmentA<P> make_fragment(int first, const Element& element) {
  constexpr int kPerWord = 4 / static_cast<int>(sizeof(P));
  const int lane = static_cast<int>(lane_index());
  FragmentA<P> a;
  SONOGRAD_UNROLL
  for (int i = 0; i < 4; ++i) {
    const int row = lane / 4 + i % 2 * 8, k = first + (lane % 4 + i / 2 * 4) * kPerWord;
    a.words[i] = fragment_word<P>([&](int second) { return element(row, k + second); });
  }
  return a;
}

// The cells of a lane: pair i is unit `16 warp + acc_row(lane, i)` of sequence `8 block + acc_col(lane, i)`.
struct LaneCells {
  std::int64_t d, n[kPairs], j[kPairs], length[kPairs], longest;
  bool active[kPairs];

  __device__ LaneCells(const RecurrentPlaces& at) {
    const std::int64_t groups = (at.batch + kSequences - 1) / kSequences;
    const std::int64_t first = blockIdx.x % groups * kSequences;
    d = blockIdx.x / groups;
    longest = 0;
    for (std::int64_t n_of = first; n_of < first + kSequences && n_of < at.batch; ++n_of)
      longest = at.length(n_of) > longest ? at.length(n_of) : longest;
    SONOGRAD_UNROLL
    for (int i = 0; i < kPairs; ++i) {
      n[i] = first + acc_col(lane_index(), i);
      j[i] = std::int64_t{warp_index()} * kRows + acc_row(lane_index(), i);
      active[i] = n[i] < at.batch && j[i] < at.units;
      length[i] = active[i] ? at.length(n[i]) : 0;
    }
  }
  __device__ Unit unit(int i) const { return {d, n[i], j[i]}; }
};

template <int kGates, int kTiles, class P, class T>
SONOGRAD_KERNEL(kTiles* static_cast<int>(kWarpSize), forward_mma_kernel, RecurrentForwardParams<T> p) {
  constexpr int kElements = kTiles * kRows;
  struct Smem {
    alignas(16) P h[2][kSequences][kPitch<P, kElements>];
  };
  Smem& smem = shared<Smem>();
  const LaneCells cells(p.at);
  const std::int64_t units = p.at.units, first_unit = std::int64_t{warp_index()} * kRows;
  FragmentA<P> weight[kDepth<P, kTiles>][kGates];
  SONOGRAD_UNROLL
  for (int s = 0; s < kDepth<P, kTiles>; ++s) {
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) {
      weight[s][g] = make_fragment<P>(s * kMmaK<P>, [&](int row, int k) {
        const std::int64_t j = first_unit + row;
        return j < units && k < units ? widen(one_of(p.weight_hh, cells.d)[(g * units + j) * units + k])
                                      : 0.0f;
      });
    }
  }
  float bias[kGates][2], h[kPairs] = {}, c[kPairs] = {};
  SONOGRAD_UNROLL
  for (int g = 0; g < kGates; ++g) {
    SONOGRAD_UNROLL
    for (int half = 0; half < 2; ++half) {
      const std::int64_t j = cells.j[2 * half];
      bias[g][half] = j < units ? widen(one_of(p.bias_hh, cells.d)[g * units + j]) : 0.0f;
    }
  }
  const auto store_state = [&](int buffer, int i) {
    smem.h[buffer][acc_col(lane_index(), i)][first_unit + acc_row(lane_index(), i)] = rounded<P>(h[i]);
  };
  SONOGRAD_UNROLL
  for (int i = 0; i < kPairs; ++i) {
    h[i] = cells.active[i] ? state_value(p.at, p.h0, cells.unit(i)) : 0.0f;
    c[i] = cells.active[i] ? state_value(p.at, p.c0, cells.unit(i)) : 0.0f;
    store_state(0, i);
  }
  sync_block();
  for (std::int64_t step = 0; step < cells.longest; ++step) {
    const int buffer = static_cast<int>(step % 2);
    float gates[kPairs][kGates] = {};
    SONOGRAD_UNROLL
    for (int i = 0; i < kPairs; ++i) {
      if (step < cells.length[i])
        load_gates(p, cells.unit(i), p.at.time(cells.d, step, cells.length[i]), gates[i]);
    }
    Accumulator sums[kGates][1];
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) {
      SONOGRAD_UNROLL
      for (int i = 0; i < kPairs; ++i) sums[g][0].values[i] = bias[g][i / 2];
    }
    SONOGRAD_UNROLL
    for (int s = 0; s < kDepth<P, kTiles>; ++s) {
      FragmentB<P> state[1];
      load_b(state[0], [&](int column, int half) {
        return &smem.h[buffer][column][s * kMmaK<P> + half * kMmaK<P> / 2];
      });
      mma(sums, weight[s], state);
    }
    SONOGRAD_UNROLL
    for (int i = 0; i < kPairs; ++i) {
      if (step < cells.length[i]) {
        float products[kGates];
        SONOGRAD_UNROLL
        for (int g = 0; g < kGates; ++g) products[g] = sums[g][0].values[i];
        const std::int64_t t = p.at.time(cells.d, step, cells.length[i]);
        step_unit(p, cells.unit(i), t, gates[i], products, h[i], c[i]);
      }
      store_state(1 - buffer, i);
    }
    sync_block();
  }
  SONOGRAD_UNROLL
  for (int i = 0; i < kPairs; ++i) {
    if (!cells.active[i]) continue;
    for (std::int64_t t = cells.length[i]; t < p.at.steps; ++t) pad_unit(p, cells.unit(i), t);
    store_final(p, cells.unit(i), h[i], c[i]);
  }
}

template <int kGates, int kTiles, class P, class T>
SONOGRAD_KERNEL(kTiles* static_cast<int>(kWarpSize), backward_mma_kernel, RecurrentBackwardParams<T> p) {
  constexpr int kElements = kTiles * kRows;
  struct Smem {
    alignas(16) P dproducts[2][kGates][kSequences][kPitch<P, kElements>];
  };
  Smem& smem = shared<Smem>();
  const LaneCells cells(p.at);
  const std::int64_t units = p.at.units, first_unit = std::int64_t{warp_index()} * kRows;
  FragmentA<P> weight[kDepth<P, kTiles>][kGates];
  SONOGRAD_UNROLL
  for (int s = 0; s < kDepth<P, kTiles>; ++s) {
    SONOGRAD_UNROLL
    for (int g = 0; g < kGates; ++g) {
      weight[s][g] = make_fragment<P>(s * kMmaK<P>, [&](int row, int k) {
        const std::int64_t j = first_unit + row;
        return j < units && k < units ? widen(one_of(p.weight_hh, cells.d)[(g * units + k) * units + j])
                                      : 0.0f;
      });
    }
  }
  float dh[kPairs], dc[kPairs];
  SONOGRAD_UNROLL
  for (int i = 0; i < kPairs; ++i) {
    dh[i] = cells.active[i] ? state_value(p.at, p.dh_n, cells.unit(i)) : 0.0f;
    dc[i] = cells.active[i] ? state_value(p.at, p.dc_n, cells.unit(i)) : 0.0f;
  }
  for (std::int64_t step = cells.longest - 1; step >= 0; --step) {
    const int buffer = static_cast<int>(step % 2);
    SONOGRAD_UNROLL
    for (int i = 0; i < kPairs; ++i) {
      float dproducts[kGates] = {};
      if (step < cells.length[i]) {
        const std::int64_t length = cells.length[i];
        step_unit_back(p, cells.unit(i), p.at.time(cells.d, step, length),
                       load_saved<kGates>(p, cells.unit(i), step, length), dh[i], dc[i], dproducts);
      }
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) {
        smem.dproducts[buffer][g][acc_col(lane_index(), i)][first_unit + acc_row(lane_index(), i)] =
            rounded<P>(dproducts[g]);
      }
    }
    sync_block();
    Accumulator sums[kGates][1][1] = {};
    SONOGRAD_UNROLL
    for (int s = 0; s < kDepth<P, kTiles>; ++s) {
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) {
        FragmentA<P> a[1] = {weight[s][g]};
        FragmentB<P> b[1];
        load_b(b[0], [&](int column, int half) {
          return &smem.dproducts[buffer][g][column][s * kMmaK<P> + half * kMmaK<P> / 2];
        });
        mma(sums[g], a, b);
      }
    }
    SONOGRAD_UNROLL
    for (int i = 0; i < kPairs; ++i) {
      SONOGRAD_UNROLL
      for (int g = 0; g < kGates; ++g) dh[i] += sums[g][0][0].values[i];
    }
  }
  SONOGRAD_UNROLL
  for (int i = 0; i < kPairs; ++i) {
    if (!cells.active[i]) continue;
    for (std::int64_t t = cells.length[i]; t < p.at.steps; ++t) pad_unit_back<kGates>(p, cells.unit(i), t);
    store_initial(p, cells.unit(i), dh[i], dc[i]);
  }
}

// Most tiles of 16 units whose fragments fit into registers.
constexpr int most_tiles(Precision precision, Cell cell) {
  if (precision == Precision::bf16) return 8;
  return cell == Cell::gru ? 6 : 4;
}

const char* why_not(const RecurrentProblem& p, const Context& context) {
  if (context.precision == Precision::strict) return "strict precision requires float32 products";
  if (context.precision == Precision::tf32 && p.dtype == DType::bf16) return "products in tf32 require f32";
  if (p.units <= 32) return "slower than `warp` up to 32 units";
  if (p.units > most_tiles(context.precision, p.cell) * kRows)
    return "the weight exceeds the registers of a block";
  return float_or_bf16(p, context);
}

// Calls `f` with the tiles of a kernel and the type of its products.
template <int kGates, class T, class F>
void visit_tiles(std::int64_t units, Precision precision, const F& f) {
  constexpr Cell kCell = kGates == 3 ? Cell::gru : Cell::lstm;
  if constexpr (std::is_same_v<T, float>) {
    if (precision == Precision::tf32)
      return f(float(), std::integral_constant<int, most_tiles(Precision::tf32, kCell)>());
  }
  if (units <= 4 * kRows) return f(bf16(), std::integral_constant<int, 4>());
  f(bf16(), std::integral_constant<int, most_tiles(Precision::bf16, kCell)>());
}

Grid grid_of_groups(const RecurrentProblem& p, int tiles) {
  const unsigned groups = blocks_for(p.batch, kSequences);
  return {{groups * static_cast<unsigned>(p.directions)}, {static_cast<unsigned>(tiles) * kWarpSize}};
}

void forward(const RecurrentProblem& p, const RecurrentForward::Args& a, const Context& context, Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    visit_tiles<kGates, T>(p.units, context.precision,
                           [&]<class P, int kTiles>(P, std::integral_constant<int, kTiles>) {
                             launch("recurrent_forward", forward_mma_kernel<kGates, kTiles, P, T>,
                                    grid_of_groups(p, kTiles), {p, a});
                           });
  });
}

void backward(const RecurrentProblem& p, const RecurrentBackward::Args& a, const Context& context,
              Workspace) {
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    visit_tiles<kGates, T>(p.units, context.precision,
                           [&]<class P, int kTiles>(P, std::integral_constant<int, kTiles>) {
                             launch("recurrent_backward", backward_mma_kernel<kGates, kTiles, P, T>,
                                    grid_of_groups(p, kTiles), {p, a});
                           });
  });
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_mma = {
    .name = "mma", .target = kTarget, .why_not = why_not, .run = forward};
extern const KernelVariant<RecurrentBackward> recurrent_backward_mma = {
    .name = "mma", .target = kTarget, .why_not = why_not, .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
