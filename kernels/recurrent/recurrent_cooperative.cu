// One launch for all steps; the units of a direction are divided among blocks, which wait for each other after each step.
//
// A block keeps the rows of the weight of its units in shared memory (backward: the columns), and its warps multiply them by the
// states of all sequences, a unit and a sequence at a time, with neighbouring elements in neighbouring lanes. A lane keeps the
// products of one of 32 such tasks and computes its cell. States pass through global memory, in two buffers by turns, and all
// blocks meet once per step. It is for weights that do not fit into one multiprocessor, and faster than `naive` because the
// weight is read from memory once and no step is a launch. Its limits: the barrier of the grid, about a microsecond, and the
// issue of shuffles, five for each sum.
#include "kernels/core/reference.h"
#include "kernels/recurrent/recurrent.cuh"
#include "kernels/simt/grid_barrier.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 256, kWarps = kThreads / static_cast<int>(kWarpSize);
constexpr std::int64_t kMostUnits = 512, kFewestUnits = 8;
// The smallest GPU of compute capability 8.0; one with more of them runs more blocks with fewer units each.
constexpr int kFewestMultiprocessors = kTarget == DeviceKind::emulated ? 3 : 56;

// `blocks` of each direction, with up to `units` units each.
struct Division {
  std::int64_t units, blocks;

  Division(const RecurrentProblem& p, std::int64_t most_blocks) {
    const std::int64_t of_direction = most_blocks / p.directions;
    units = (p.units + of_direction - 1) / of_direction;
    if (units < kFewestUnits) units = kFewestUnits;
    blocks = (p.units + units - 1) / units;
  }
};

std::size_t weight_bytes(const RecurrentProblem& p, const Division& division) {
  return static_cast<std::size_t>(division.units * p.rows()) * sizeof(float);
}

template <class T>
struct CooperativeForward : RecurrentForwardParams<T> {
  std::int64_t units_of_block, blocks;
  float* states[2];  // [D, N, H]
  float* c;          // [D, N, H]
};

template <class T>
struct CooperativeBackward : RecurrentBackwardParams<T> {
  std::int64_t units_of_block, blocks;
  float *dh, *dc;       // [D, N, H]: the parts that do not pass the products
  float* dproducts[2];  // [D, N, G, H]
};

// Direction and units of a block. Warp w takes the tasks w, w + kWarps, …; a task is a unit of a sequence.
struct BlockUnits {
  std::int64_t d, first, count;

  __device__ BlockUnits(const RecurrentPlaces& at, std::int64_t units_of_block, std::int64_t blocks)
      : d(blockIdx.x / blocks), first(blockIdx.x % blocks * units_of_block) {
    count = at.units - first < units_of_block ? at.units - first : units_of_block;
  }
  __device__ std::int64_t tasks(const RecurrentPlaces& at) const { return at.batch * count; }
  __device__ Unit unit(std::int64_t task) const { return {d, task / count, first + task % count}; }
};

// Calls `multiply(unit, index of the unit in the block)`, by the whole warp, for up to 32 tasks, and `finish(unit)` in one lane
// for each of them, which keeps what `multiply` returned for it.
template <class Products, class Multiply, class Finish>
__device__ void for_each_task(const RecurrentPlaces& at, const BlockUnits& block, const Multiply& multiply,
                              const Finish& finish) {
  const std::int64_t tasks = block.tasks(at), lanes = kWarpSize;
  for (std::int64_t start = warp_index(); start < tasks; start += lanes * kWarps) {
    Products mine = {};
    for (std::int64_t i = 0; i < lanes && start + i * kWarps < tasks; ++i) {
      const std::int64_t task = start + i * kWarps;
      const Products products = multiply(block.unit(task), task % block.count);
      if (i == lane_index()) mine = products;
    }
    const std::int64_t task = start + lane_index() * kWarps;
    if (task < tasks) finish(block.unit(task), mine);
  }
}

__device__ float dot_of_warp(const float* weight, const float* values, std::int64_t count) {
  float sum = 0;
  for (std::int64_t i = lane_index(); i < count; i += kWarpSize) sum += weight[i] * values[i];
  return warp_sum(sum);
}

template <int kGates>
struct GateProducts {
  float values[kGates];
};

template <int kGates, class T>
SONOGRAD_KERNEL_RESIDENT(kThreads, 2, forward_cooperative_kernel, CooperativeForward<T> p) {
  const RecurrentPlaces& at = p.at;
  const std::int64_t units = at.units;
  const BlockUnits block(at, p.units_of_block, p.blocks);
  float* weight = dynamic_shared<float>();  // [units of the block, G, H]
  for (std::int64_t i = threadIdx.x; i < block.count * kGates * units; i += kThreads) {
    const std::int64_t row = i / units % kGates * units + block.first + i / (kGates * units);
    weight[i] = widen(one_of(p.weight_hh, block.d)[row * units + i % units]);
  }
  for (std::int64_t task = threadIdx.x; task < block.tasks(at); task += kThreads) {
    const Unit u = block.unit(task);
    const float h = state_value(at, p.h0, u), c = state_value(at, p.c0, u);
    p.states[0][at.state(u.d, u.n) + u.j] = h;
    p.c[at.state(u.d, u.n) + u.j] = c;
    if (at.length(u.n) == 0) store_final(p, u, h, c);
  }
  sync_grid();
  for (std::int64_t k = 0; k < at.steps; ++k) {
    const float* before = one_of(p.states, k % 2);
    float* after = one_of(p.states, (k + 1) % 2);
    for_each_task<GateProducts<kGates>>(
        at, block,
        [&](const Unit& u, std::int64_t index) {
          GateProducts<kGates> products = {};
          if (k >= at.length(u.n)) return products;
          SONOGRAD_UNROLL
          for (int g = 0; g < kGates; ++g) {
            const float sum =
                dot_of_warp(weight + (index * kGates + g) * units, before + at.state(u.d, u.n), units);
            products.values[g] = sum + widen(one_of(p.bias_hh, u.d)[g * units + u.j]);
          }
          return products;
        },
        [&](const Unit& u, const GateProducts<kGates>& products) {
          const std::int64_t length = at.length(u.n), place = at.state(u.d, u.n) + u.j;
          if (k >= length) return pad_unit(p, u, k);
          const std::int64_t t = at.time(u.d, k, length);
          float gates[kGates], h = before[place], c = p.c[place];
          load_gates(p, u, t, gates);
          step_unit(p, u, t, gates, products.values, h, c);
          after[place] = h;
          p.c[place] = c;
          if (k == length - 1) store_final(p, u, h, c);
        });
    sync_grid();
  }
}

template <int kGates, class T>
SONOGRAD_KERNEL(kThreads, backward_cooperative_kernel, CooperativeBackward<T> p) {
  const RecurrentPlaces& at = p.at;
  const std::int64_t units = at.units, rows = kGates * units;
  const BlockUnits block(at, p.units_of_block, p.blocks);
  float* weight = dynamic_shared<float>();  // [units of the block, G H]
  for (std::int64_t i = threadIdx.x; i < rows * block.count; i += kThreads) {
    const std::int64_t row = i / block.count, unit = i % block.count;
    weight[unit * rows + row] = widen(one_of(p.weight_hh, block.d)[row * units + block.first + unit]);
  }
  sync_block();
  for (std::int64_t k = at.steps - 1; k >= -1; --k) {
    const float* behind = one_of(p.dproducts, (k + 2) % 2);
    float* own = one_of(p.dproducts, (k + 1) % 2);
    for_each_task<float>(
        at, block,
        [&](const Unit& u, std::int64_t index) {
          if (k >= at.length(u.n) - 1) return 0.0f;
          return dot_of_warp(weight + index * rows, behind + at.state(u.d, u.n) * kGates, rows);
        },
        [&](const Unit& u, float product) {
          const std::int64_t length = at.length(u.n), place = at.state(u.d, u.n) + u.j;
          if (k >= length) return pad_unit_back<kGates>(p, u, k);
          const bool last = k == length - 1;
          float dh = last ? state_value(at, p.dh_n, u) : p.dh[place] + product;
          float dc = last ? state_value(at, p.dc_n, u) : p.dc[place];
          if (k < 0) return store_initial(p, u, dh, dc);
          float dproducts[kGates];
          step_unit_back(p, u, at.time(u.d, k, length), load_saved<kGates>(p, u, k, length), dh, dc,
                         dproducts);
          p.dh[place] = dh;
          p.dc[place] = dc;
          SONOGRAD_UNROLL
          for (int g = 0; g < kGates; ++g) own[at.state(u.d, u.n) * kGates + g * units + u.j] = dproducts[g];
        });
    sync_grid();
  }
}

const char* why_not(const RecurrentProblem& p, const Context& context) {
  if (p.units > kMostUnits) return "supports at most 512 units";
  if (weight_bytes(p, Division(p, kFewestMultiprocessors)) > shared_memory_of_block(context.device))
    return "the weight exceeds the shared memory of the device";
  return float_or_bf16(p, context);
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

// Blocks that all fit on the device at the same time.
template <class Kernel>
Division division_of(const RecurrentProblem& p, Kernel kernel) {
  const Division fewest(p, kFewestMultiprocessors);
  const std::int64_t resident = resident_blocks(kernel, kThreads, weight_bytes(p, fewest));
  return {p, resident > kFewestMultiprocessors ? resident : kFewestMultiprocessors};
}

Grid grid_of(const RecurrentProblem& p, const Division& division) {
  return {{blocks_for(p.directions * division.blocks, 1)}, {kThreads}, weight_bytes(p, division)};
}

void forward(const RecurrentProblem& p, const RecurrentForward::Args& a, const Context&, Workspace scratch) {
  float* states[] = {scratch.take<float>(state_count(p)), scratch.take<float>(state_count(p))};
  float* c = scratch.take<float>(state_count(p));
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    const auto kernel = forward_cooperative_kernel<kGates, T>;
    const Division division = division_of(p, kernel);
    launch_cooperative("recurrent_forward", kernel, grid_of(p, division),
                       {{p, a}, division.units, division.blocks, {states[0], states[1]}, c});
  });
}

void backward(const RecurrentProblem& p, const RecurrentBackward::Args& a, const Context&,
              Workspace scratch) {
  float* dh = scratch.take<float>(state_count(p));
  float* dc = scratch.take<float>(state_count(p));
  const std::size_t products = state_count(p) * static_cast<std::size_t>(p.gates());
  float* dproducts[] = {scratch.take<float>(products), scratch.take<float>(products)};
  visit_recurrent(p, [&]<class T, int kGates>(T, std::integral_constant<int, kGates>) {
    const auto kernel = backward_cooperative_kernel<kGates, T>;
    const Division division = division_of(p, kernel);
    launch_cooperative("recurrent_backward", kernel, grid_of(p, division),
                       {{p, a}, division.units, division.blocks, dh, dc, {dproducts[0], dproducts[1]}});
  });
}

}  // namespace

extern const KernelVariant<RecurrentForward> recurrent_forward_cooperative = {.name = "cooperative",
                                                                              .target = kTarget,
                                                                              .why_not = why_not,
                                                                              .workspace = forward_workspace,
                                                                              .run = forward};
extern const KernelVariant<RecurrentBackward> recurrent_backward_cooperative = {
    .name = "cooperative",
    .target = kTarget,
    .why_not = why_not,
    .workspace = backward_workspace,
    .run = backward};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
