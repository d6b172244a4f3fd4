#include "kernels/vendor/cudnn_recurrent.h"

#if __has_include(<cudnn.h>)
#include <algorithm>

#include "kernels/core/reference.h"
#include "kernels/vendor/cudnn_api.h"
#include "kernels/vendor/per_device.h"
#include "kernels/vendor/recurrent_weights.h"

namespace sonograd::kernels::vendor {
namespace {

constexpr cudnnRNNAlgo_t kStandard = CUDNN_RNN_ALGO_STANDARD,
                         kPersistent = CUDNN_RNN_ALGO_PERSIST_STATIC_SMALL_H;
constexpr cudnnForwardMode_t kInference = CUDNN_FWD_MODE_INFERENCE, kTraining = CUDNN_FWD_MODE_TRAINING;

// Throws DeviceError where cuDNN has no algorithm for a problem, which it reports only when it is called.
void check_supported(cudnnStatus_t status) {
  if (static_cast<int>(status) / 1000 * 1000 == static_cast<int>(CUDNN_STATUS_NOT_SUPPORTED))
    throw DeviceError(concat("cuDNN: ", cudnn().cudnnGetErrorString(status)));
  check(status);
}

int narrow_extent(std::int64_t extent) {
  return static_cast<int>(extent);
}

// Sequences with the batch first, which end at their lengths; behind them cuDNN writes zeros.
struct SequenceDescriptor : Descriptor<cudnnRNNDataDescriptor_t> {
  SequenceDescriptor(const RecurrentProblem& cells, std::int64_t width, const std::vector<int>& lengths)
      : Descriptor(cudnn().cudnnCreateRNNDataDescriptor, cudnn().cudnnDestroyRNNDataDescriptor) {
    float padding = 0;
    check(cudnn().cudnnSetRNNDataDescriptor(
        *this, CUDNN_DATA_FLOAT, CUDNN_RNN_DATA_LAYOUT_BATCH_MAJOR_UNPACKED, narrow_extent(cells.steps),
        narrow_extent(cells.batch), narrow_extent(width), lengths.data(), &padding));
  }
};

// x and y of one call.
struct Sequences {
  SequenceDescriptor x, y;

  Sequences(const RecurrentLayerProblem& p, const std::vector<int>& lengths)
      : x(p.cells, p.inputs, lengths), y(p.cells, p.cells.directions * p.cells.units, lengths) {}
};

std::vector<int> equal_lengths(const RecurrentProblem& cells) {
  std::vector<int> lengths(static_cast<std::size_t>(cells.batch), narrow_extent(cells.steps));
  return lengths;
}

// cuDNN 9 takes lengths from memory of the host only: where they are given, the call waits for the GPU.
std::vector<int> lengths_of(const RecurrentProblem& cells, const View& given, cudnnRNNAlgo_t algorithm) {
  std::vector<int> lengths = equal_lengths(cells);
  if (!given.defined()) return lengths;
  if (algorithm == kPersistent) throw DeviceError("cuDNN: persistent layers require equal lengths");
  static_assert(sizeof(int) == sizeof(std::int32_t));
  CHECK_CUDA(
      cudaMemcpyAsync(lengths.data(), given.pointer, given.bytes(), cudaMemcpyDeviceToHost, cuda_stream()));
  CHECK_CUDA(cudaStreamSynchronize(cuda_stream()));
  for (int& length : lengths) {
    if (length < 1) throw DeviceError("cuDNN: sequences require at least one step");
    length = std::min(length, narrow_extent(cells.steps));
  }
  return lengths;
}

struct Plan {
  Descriptor<cudnnDropoutDescriptor_t> dropout{cudnn().cudnnCreateDropoutDescriptor,
                                               cudnn().cudnnDestroyDropoutDescriptor};
  Descriptor<cudnnRNNDescriptor_t> layer{cudnn().cudnnCreateRNNDescriptor, cudnn().cudnnDestroyRNNDescriptor};
  Descriptor<cudnnTensorDescriptor_t> state{cudnn().cudnnCreateTensorDescriptor,
                                            cudnn().cudnnDestroyTensorDescriptor};
  std::size_t weight_bytes = 0, work_bytes = 0, reserve_bytes = 0;
  std::vector<WeightCopy> copies;  // empty until the first run

  Plan(const RecurrentLayerProblem& p, Precision precision, cudnnRNNAlgo_t algorithm,
       cudnnForwardMode_t mode) {
    const RecurrentProblem& cells = p.cells;
    const int inputs = narrow_extent(p.inputs), units = narrow_extent(cells.units);
    // One layer has no dropout, but its descriptor is required. As many outputs of a projection as units: none.
    check(cudnn().cudnnSetDropoutDescriptor(dropout, cudnn_handle(), 0, nullptr, 0, 0));
    check_supported(cudnn().cudnnSetRNNDescriptor_v8(
        layer, algorithm, cells.cell == Cell::gru ? CUDNN_GRU : CUDNN_LSTM, CUDNN_RNN_DOUBLE_BIAS,
        cells.directions == 2 ? CUDNN_BIDIRECTIONAL : CUDNN_UNIDIRECTIONAL, CUDNN_LINEAR_INPUT,
        CUDNN_DATA_FLOAT, CUDNN_DATA_FLOAT,
        precision == Precision::strict ? CUDNN_FMA_MATH : CUDNN_DEFAULT_MATH, inputs, units, units, 1,
        dropout, CUDNN_RNN_PADDED_IO_ENABLED));
    const int batch = narrow_extent(cells.batch);
    const int extents[] = {narrow_extent(cells.directions), batch, units},
              steps[] = {batch * units, units, 1};
    check(cudnn().cudnnSetTensorNdDescriptor(state, CUDNN_DATA_FLOAT, 3, extents, steps));
    check_supported(cudnn().cudnnGetRNNWeightSpaceSize(cudnn_handle(), layer, &weight_bytes));
    const Sequences longest(p, equal_lengths(cells));
    check_supported(cudnn().cudnnGetRNNTempSpaceSizes(cudnn_handle(), layer, mode, longest.x, &work_bytes,
                                                      &reserve_bytes));
  }

  // The descriptor of the state of cells, which GRU lacks.
  cudnnTensorDescriptor_t cell_state(Cell cell) const {
    return cell != Cell::gru ? static_cast<cudnnTensorDescriptor_t>(state) : nullptr;
  }
};

Plan& plan_of(const RecurrentLayerProblem& p, const Context& context, cudnnRNNAlgo_t algorithm,
              cudnnForwardMode_t mode) {
  thread_local PerDevice<std::string, std::unique_ptr<Plan>> plans;
  const std::string key = concat(p.summary(), ' ', name_of(context.precision), ' ',
                                 static_cast<int>(algorithm), ' ', static_cast<int>(mode));
  return *plans.get(
      key, [&](auto& plan) { plan = std::make_unique<Plan>(p, context.precision, algorithm, mode); });
}

std::int64_t elements_of(cudnnTensorDescriptor_t tensor) {
  constexpr int kAxes = 3;
  cudnnDataType_t type;
  int axes = 0, extents[kAxes] = {}, steps[kAxes] = {};
  check(cudnn().cudnnGetTensorNdDescriptor(tensor, kAxes, &type, &axes, extents, steps));
  std::int64_t count = 1;
  for (int axis = 0; axis < std::min(axes, kAxes); ++axis) count *= extents[axis];
  return count;
}

// cuDNN numbers the products of a layer as we do: r, z, n or i, f, g, o of the inputs, then those of the states. A matrix has a
// row per unit, as ours.
std::vector<WeightCopy> find_copies(const RecurrentLayerProblem& p, const Plan& plan, const float* space) {
  const Descriptor<cudnnTensorDescriptor_t> matrix(cudnn().cudnnCreateTensorDescriptor,
                                                   cudnn().cudnnDestroyTensorDescriptor),
      bias(cudnn().cudnnCreateTensorDescriptor, cudnn().cudnnDestroyTensorDescriptor);
  const auto place_of = [&](std::int64_t direction, std::int64_t product) -> GatePlace {
    void *matrix_at = nullptr, *bias_at = nullptr;
    check(cudnn().cudnnGetRNNWeightParams(cudnn_handle(), plan.layer, static_cast<std::int32_t>(direction),
                                          plan.weight_bytes, space, static_cast<std::int32_t>(product),
                                          matrix, &matrix_at, bias, &bias_at));
    const std::int64_t columns = product < p.cells.gates() ? p.inputs : p.cells.units;
    if (matrix_at == nullptr || bias_at == nullptr || elements_of(matrix) != p.cells.units * columns ||
        elements_of(bias) != p.cells.units) {
      throw KernelError(concat("cuDNN: product ", product, " has other weights than expected"));
    }
    return {static_cast<const float*>(matrix_at) - space, static_cast<const float*>(bias_at) - space};
  };
  return weight_copies(p.cells, p.inputs, place_of);
}

void copy_between(const WeightCopy& copy, const RecurrentLayerWeights& ours, float* space, bool into_space) {
  float* mine = (ours.*copy.tensor)[copy.direction].data<float>() + copy.ours;
  float* theirs = space + copy.theirs;
  CHECK_CUDA(cudaMemcpyAsync(into_space ? theirs : mine, into_space ? mine : theirs,
                             static_cast<std::size_t>(copy.count) * sizeof(float), cudaMemcpyDeviceToDevice,
                             cuda_stream()));
}

// The weights in memory of the layout of cuDNN.
float* pack_weights(const RecurrentLayerProblem& p, Plan& plan, const RecurrentLayerWeights& weights,
                    Workspace& workspace) {
  auto* space = reinterpret_cast<float*>(workspace.take<std::byte>(plan.weight_bytes));
  if (plan.copies.empty()) plan.copies = find_copies(p, plan, space);
  for (const WeightCopy& copy : plan.copies) copy_between(copy, weights, space, true);
  return space;
}

void fill_zero(void* memory, std::size_t bytes) {
  CHECK_CUDA(cudaMemsetAsync(memory, 0, bytes, cuda_stream()));
}

template <cudnnRNNAlgo_t kAlgorithm>
void run_forward(const RecurrentLayerProblem& p, const RecurrentLayerForward::Args& a, const Context& context,
                 Workspace workspace) {
  const Sequences sequences(p, lengths_of(p.cells, a.lengths, kAlgorithm));
  Plan& plan = plan_of(p, context, kAlgorithm, kInference);
  const float* weights = pack_weights(p, plan, a.weights, workspace);
  check_supported(cudnn().cudnnRNNForward(
      cudnn_handle(), plan.layer, kInference, nullptr, sequences.x, a.x.pointer, sequences.y, a.y.pointer,
      plan.state, a.h0.pointer, a.h_n.pointer, plan.cell_state(p.cells.cell), a.c0.pointer, a.c_n.pointer,
      plan.weight_bytes, weights, plan.work_bytes, workspace.take<std::byte>(plan.work_bytes), 0, nullptr));
}

// cuDNN adds the gradients of weights to its memory, and computes them behind those of the inputs.
template <cudnnRNNAlgo_t kAlgorithm>
void run_training(const RecurrentLayerProblem& p, const RecurrentLayerTraining::Args& a,
                  const Context& context, Workspace workspace) {
  const Sequences sequences(p, lengths_of(p.cells, a.lengths, kAlgorithm));
  Plan& plan = plan_of(p, context, kAlgorithm, kTraining);
  const cudnnTensorDescriptor_t cell_state = plan.cell_state(p.cells.cell);
  const float* weights = pack_weights(p, plan, a.weights, workspace);
  auto* dweights = reinterpret_cast<float*>(workspace.take<std::byte>(plan.weight_bytes));
  std::byte* work = workspace.take<std::byte>(plan.work_bytes);
  std::byte* reserve = workspace.take<std::byte>(plan.reserve_bytes);
  if (a.lengths.defined()) fill_zero(a.dx.pointer, a.dx.bytes());
  fill_zero(dweights, plan.weight_bytes);
  check_supported(cudnn().cudnnRNNForward(cudnn_handle(), plan.layer, kTraining, nullptr, sequences.x,
                                          a.x.pointer, sequences.y, a.y.pointer, plan.state, a.h0.pointer,
                                          nullptr, cell_state, a.c0.pointer, nullptr, plan.weight_bytes,
                                          weights, plan.work_bytes, work, plan.reserve_bytes, reserve));
  check_supported(cudnn().cudnnRNNBackwardData_v8(
      cudnn_handle(), plan.layer, nullptr, sequences.y, a.y.pointer, a.dy.pointer, sequences.x, a.dx.pointer,
      plan.state, a.h0.pointer, a.dh_n.pointer, a.dh0.pointer, cell_state, a.c0.pointer, a.dc_n.pointer,
      a.dc0.pointer, plan.weight_bytes, weights, plan.work_bytes, work, plan.reserve_bytes, reserve));
  check_supported(cudnn().cudnnRNNBackwardWeights_v8(
      cudnn_handle(), plan.layer, CUDNN_WGRAD_MODE_ADD, nullptr, sequences.x, a.x.pointer, plan.state,
      a.h0.pointer, sequences.y, a.y.pointer, plan.weight_bytes, dweights, plan.work_bytes, work,
      plan.reserve_bytes, reserve));
  for (const WeightCopy& copy : plan.copies) copy_between(copy, a.dweights, dweights, false);
}

template <cudnnRNNAlgo_t kAlgorithm, cudnnForwardMode_t kMode>
const char* why_not(const RecurrentLayerProblem& p, const Context& context) {
  if constexpr (CUDNN_MAJOR < 9) return "requires cuDNN 9";
  if (const char* reason = float_only(p, context)) return reason;
  if (context.precision == Precision::bf16) return "multiplies in float32 or tf32 only";
  if (context.batch_invariant) return "the order of its sums depends on the batch";
  if (kAlgorithm == kPersistent && p.cells.units > (kMode == kTraining ? 128 : 192))
    return kMode == kTraining ? "requires at most 128 units" : "requires at most 192 units";
  const std::int64_t gates = p.cells.directions * p.cells.gates_shape().numel();
  if (std::max(p.input_shape().numel(), gates) > std::int64_t{INT32_MAX})
    return "requires sequences of less than 2^31 elements";
  return cudnn().library.why_not();
}

// By name: products of cuBLAS in it may differ in their last bits from run to run, and support depends on the lengths.
template <class Op, cudnnRNNAlgo_t kAlgorithm, cudnnForwardMode_t kMode>
constexpr KernelVariant<Op> row(void (*run)(const RecurrentLayerProblem&, const typename Op::Args&,
                                            const Context&, Workspace)) {
  return {.name = kAlgorithm == kPersistent ? "cudnn_persistent" : "cudnn",
          .target = DeviceKind::cuda,
          .why_not = why_not<kAlgorithm, kMode>,
          .workspace =
              [](const RecurrentLayerProblem& p, const typename Op::Args&, const Context& context) {
                const Plan& plan = plan_of(p, context, kAlgorithm, kMode);
                const auto bytes = Workspace::bytes<std::byte>;
                return (kMode == kTraining ? 2 : 1) * bytes(plan.weight_bytes) + bytes(plan.work_bytes) +
                       bytes(plan.reserve_bytes);
              },
          .run = run,
          .choice = Choice::by_name};
}

}  // namespace

extern const KernelVariant<RecurrentLayerForward> recurrent_layer_forward_cudnn =
    row<RecurrentLayerForward, kStandard, kInference>(run_forward<kStandard>);
extern const KernelVariant<RecurrentLayerForward> recurrent_layer_forward_cudnn_persistent =
    row<RecurrentLayerForward, kPersistent, kInference>(run_forward<kPersistent>);
extern const KernelVariant<RecurrentLayerTraining> recurrent_layer_training_cudnn =
    row<RecurrentLayerTraining, kStandard, kTraining>(run_training<kStandard>);
extern const KernelVariant<RecurrentLayerTraining> recurrent_layer_training_cudnn_persistent =
    row<RecurrentLayerTraining, kPersistent, kTraining>(run_training<kPersistent>);

}  // namespace sonograd::kernels::vendor
#endif
