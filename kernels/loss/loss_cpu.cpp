#include "kernels/loss/loss_cpu.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/loss/loss_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference: one row [C] of logits and targets in double.
struct Row {
  std::vector<double> x, z, weight;
  std::vector<bool> squared;
};

template <class T, class Args>
Row row_of(const LossProblem& p, const Args& args, std::int64_t n) {
  Row row;
  for (std::int64_t c = 0; c < p.labels; ++c) {
    row.x.push_back(args.x.template data<T>()[n * p.labels + c]);
    row.z.push_back(args.targets.template data<T>()[n * p.labels + c]);
    row.weight.push_back(args.weight.defined() ? args.weight.template data<T>()[c] : 1);
    row.squared.push_back(args.mse_mask.defined() && args.mse_mask.template data<std::uint8_t>()[c] != 0);
  }
  return row;
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

std::vector<double> softmax(const std::vector<double>& x) {
  const double top = *std::ranges::max_element(x);
  std::vector<double> p;
  double sum = 0;
  for (const double value : x) sum += p.emplace_back(std::exp(value - top));
  for (double& value : p) value /= sum;
  return p;
}

double tag_loss(const Row& row) {
  double sum = 0;
  for (std::size_t c = 0; c < row.x.size(); ++c) {
    const double x = row.x[c], error = sigmoid(x) - row.z[c];
    const double entropy = std::max(x, 0.0) - x * row.z[c] + std::log1p(std::exp(-std::abs(x)));
    sum += row.weight[c] * (row.squared[c] ? error * error : entropy);
  }
  return sum;
}

std::vector<double> tag_gradient(const Row& row) {
  std::vector<double> d;
  for (std::size_t c = 0; c < row.x.size(); ++c) {
    const double p = sigmoid(row.x[c]);
    d.push_back(row.weight[c] * (p - row.z[c]) * (row.squared[c] ? 2 * p * (1 - p) : 1));
  }
  return d;
}

double cross_entropy(const Row& row) {
  const double top = *std::ranges::max_element(row.x);
  double sum = 0, loss = 0;
  for (const double x : row.x) sum += std::exp(x - top);
  for (std::size_t c = 0; c < row.x.size(); ++c) loss += row.z[c] * (std::log(sum) - (row.x[c] - top));
  return loss;
}

std::vector<double> cross_entropy_gradient(const Row& row) {
  std::vector<double> d = softmax(row.x);
  double mass = 0;
  for (const double z : row.z) mass += z;
  for (std::size_t c = 0; c < d.size(); ++c) d[c] = mass * d[c] - row.z[c];
  return d;
}

double squared_error(const Row& row) {
  double sum = 0;
  for (std::size_t c = 0; c < row.x.size(); ++c) sum += (row.x[c] - row.z[c]) * (row.x[c] - row.z[c]);
  return sum;
}

std::vector<double> squared_error_gradient(const Row& row) {
  std::vector<double> d;
  for (std::size_t c = 0; c < row.x.size(); ++c) d.push_back(2 * (row.x[c] - row.z[c]));
  return d;
}

template <class T>
void put(const Out& out, std::int64_t i, double value) {
  T& target = out.data<T>()[i];
  target = static_cast<T>(out.adds() ? static_cast<double>(target) + value : value);
}

template <class T, double (*kLoss)(const Row&)>
void reference(const LossProblem& p, const LossArgs& args, std::int64_t count) {
  double sum = 0;
  for (std::int64_t n = 0; n < p.rows; ++n) sum += kLoss(row_of<T>(p, args, n));
  put<T>(args.loss, 0, sum / static_cast<double>(count));
}

template <class T, std::vector<double> (*kGradient)(const Row&)>
void reference_backward(const LossProblem& p, const LossBackwardArgs& args, std::int64_t count) {
  const double factor = *args.dloss.data<T>() / static_cast<double>(count);
  for (std::int64_t n = 0; n < p.rows; ++n) {
    const std::vector<double> d = kGradient(row_of<T>(p, args, n));
    for (std::int64_t c = 0; c < p.labels; ++c) {
      put<T>(args.dx, n * p.labels + c, factor * d[static_cast<std::size_t>(c)]);
    }
  }
}

std::int64_t all_elements(const LossProblem& p) {
  return p.numel();
}
std::int64_t rows_only(const LossProblem& p) {
  return p.rows;
}

template <class Op, double (*kLoss)(const Row&), std::int64_t (*kCount)(const LossProblem&)>
constexpr KernelVariant<Op> reference_row() {
  return {.name = "reference", .run = [](const LossProblem& p, const LossArgs& args, Workspace) {
            p.dtype == DType::f64 ? reference<double, kLoss>(p, args, kCount(p))
                                  : reference<float, kLoss>(p, args, kCount(p));
          }};
}

template <class Op, std::vector<double> (*kGradient)(const Row&), std::int64_t (*kCount)(const LossProblem&)>
constexpr KernelVariant<Op> reference_backward_row() {
  return {.name = "reference", .run = [](const LossProblem& p, const LossBackwardArgs& args, Workspace) {
            p.dtype == DType::f64 ? reference_backward<double, kGradient>(p, args, kCount(p))
                                  : reference_backward<float, kGradient>(p, args, kCount(p));
          }};
}

// ---- simd: vector loops over a row; the sum over rows in double. A batch of logits is too small to share.
const char* float_only(const LossProblem& p, const Context&) {
  return p.dtype == DType::f32 ? nullptr : "wants f32";
}

template <class T>
const T* data_or_null(const View& view) {
  return view.defined() ? view.data<T>() : nullptr;
}

template <class RowLoss>
void sum_rows(const LossProblem& p, const LossArgs& args, std::int64_t count, const RowLoss& row_loss) {
  double sum = 0;
  for (std::int64_t n = 0; n < p.rows; ++n) {
    sum += row_loss(args.x.data<float>() + n * p.labels, args.targets.data<float>() + n * p.labels);
  }
  put<float>(args.loss, 0, sum / static_cast<double>(count));
}

template <class RowGradient>
void each_row(const LossProblem& p, const LossBackwardArgs& args, std::int64_t count,
              const RowGradient& gradient) {
  const float factor = *args.dloss.data<float>() / static_cast<float>(count);
  for (std::int64_t n = 0; n < p.rows; ++n) {
    const std::int64_t start = n * p.labels;
    gradient(args.x.data<float>() + start, args.targets.data<float>() + start, factor,
             args.dx.data<float>() + start);
  }
}

}  // namespace

const KernelVariant<TagLoss> tag_loss_reference = reference_row<TagLoss, tag_loss, all_elements>();
const KernelVariant<TagLossBackward> tag_loss_backward_reference =
    reference_backward_row<TagLossBackward, tag_gradient, all_elements>();
const KernelVariant<CrossEntropy> cross_entropy_reference =
    reference_row<CrossEntropy, cross_entropy, rows_only>();
const KernelVariant<CrossEntropyBackward> cross_entropy_backward_reference =
    reference_backward_row<CrossEntropyBackward, cross_entropy_gradient, rows_only>();
const KernelVariant<MeanSquaredError> mse_reference =
    reference_row<MeanSquaredError, squared_error, all_elements>();
const KernelVariant<MeanSquaredErrorBackward> mse_backward_reference =
    reference_backward_row<MeanSquaredErrorBackward, squared_error_gradient, all_elements>();

const KernelVariant<TagLoss> tag_loss_simd = {
    .name = "simd", .why_not = float_only, .run = [](const LossProblem& p, const LossArgs& a, Workspace) {
      sum_rows(p, a, p.numel(), [&](const float* x, const float* z) {
        return SONOGRAD_SIMD_CALL(tag_loss_row)(p.labels, x, z, data_or_null<float>(a.weight),
                                                data_or_null<std::uint8_t>(a.mse_mask));
      });
    }};
const KernelVariant<TagLossBackward> tag_loss_backward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const LossProblem& p, const LossBackwardArgs& a, Workspace) {
      each_row(p, a, p.numel(), [&](const float* x, const float* z, float factor, float* dx) {
        SONOGRAD_SIMD_CALL(tag_loss_backward_row)
        (p.labels, x, z, data_or_null<float>(a.weight), data_or_null<std::uint8_t>(a.mse_mask), factor,
         a.dx.adds(), dx);
      });
    }};
const KernelVariant<CrossEntropy> cross_entropy_simd = {
    .name = "simd", .why_not = float_only, .run = [](const LossProblem& p, const LossArgs& a, Workspace) {
      sum_rows(p, a, p.rows, [&](const float* x, const float* z) {
        return SONOGRAD_SIMD_CALL(cross_entropy_row)(p.labels, x, z);
      });
    }};
const KernelVariant<CrossEntropyBackward> cross_entropy_backward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const LossProblem& p, const LossBackwardArgs& a, Workspace) {
      each_row(p, a, p.rows, [&](const float* x, const float* z, float factor, float* dx) {
        SONOGRAD_SIMD_CALL(cross_entropy_backward_row)(p.labels, x, z, factor, a.dx.adds(), dx);
      });
    }};
const KernelVariant<MeanSquaredError> mse_simd = {
    .name = "simd", .why_not = float_only, .run = [](const LossProblem& p, const LossArgs& a, Workspace) {
      sum_rows(p, a, p.numel(),
               [&](const float* x, const float* z) { return SONOGRAD_SIMD_CALL(mse_row)(p.labels, x, z); });
    }};
const KernelVariant<MeanSquaredErrorBackward> mse_backward_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const LossProblem& p, const LossBackwardArgs& a, Workspace) {
      each_row(p, a, p.numel(), [&](const float* x, const float* z, float factor, float* dx) {
        SONOGRAD_SIMD_CALL(mse_backward_row)(p.labels, x, z, factor, a.dx.adds(), dx);
      });
    }};

}  // namespace sonograd::kernels::cpu
