#include <algorithm>
#include <cmath>

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/batch_norm/batch_norm_simd.h"
#include "kernels/batch_norm/gradient_factors.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

// Mean and sum of squared differences of `count` values.
struct Moments {
  double count = 0, mean = 0, squares = 0;

  void merge(const Moments& other) {
    const double total = count + other.count;
    const double difference = other.mean - mean;
    mean += difference * other.count / total;
    squares += other.squares + difference * difference * count * other.count / total;
    count = total;
  }
};

// T: type of the statistics, parameters and their gradients.
template <class T>
void finish(const BatchNormStatistics::Args& a, std::int64_t c, const Moments& moments) {
  const double variance = moments.squares / moments.count;
  a.mean.data<T>()[c] = static_cast<T>(moments.mean);
  a.inv_std.data<T>()[c] = static_cast<T>(1 / std::sqrt(variance + a.eps));
  if (!a.running.mean.defined()) return;
  const auto move = [&](T& average, double value) {
    average = static_cast<T>(average + a.running.momentum * (value - static_cast<double>(average)));
  };
  move(a.running.mean.data<T>()[c], moments.mean);
  move(a.running.var.data<T>()[c], moments.squares / (moments.count - 1));
}

template <class T>
void finish(const BatchNormBackward::Args& a, std::int64_t c, double sum_dy, double sum_dy_x) {
  if (a.dweight.view.defined())
    store<T>(a.dweight, c, sum_dy_x * static_cast<double>(a.inv_std.data<T>()[c]));
  if (a.dbias.view.defined()) store<T>(a.dbias, c, sum_dy);
}

// ---- folded: several rows of few channels are read as one long row, so that loops over columns are long. The rows that
// remain at the end form a shorter row.
struct Folded {
  std::int64_t fold, width, rows, rest;

  explicit Folded(const BatchNormProblem& p) {
    constexpr std::int64_t kWidth = 256;
    fold = std::clamp(kWidth / p.channels, std::int64_t{1}, p.rows);
    width = fold * p.channels;
    rows = p.rows / fold;
    rest = p.rows % fold * p.channels;
  }
  std::size_t size() const { return static_cast<std::size_t>(width); }

  // Number of chunks of rows that are summed separately; depends on the problem only.
  std::int64_t chunks() const { return std::clamp<std::int64_t>(rows * width / kPiece, 1, 64); }
  std::int64_t chunk_begin(std::int64_t chunk) const { return rows * chunk / chunks(); }
  std::int64_t chunk_rows(std::int64_t chunk) const { return chunk_begin(chunk + 1) - chunk_begin(chunk); }

  // Copies one value per channel to every column of that channel.
  template <class Value>
  void spread(float* columns, const Value& value) const {
    for (std::int64_t c = 0; c < width; ++c) columns[c] = static_cast<float>(value(c % (width / fold)));
  }
  // Calls `body(first element, rows, width)` in parallel for parts that cover the map.
  template <class Body>
  void for_each_part(std::string_view name, const Body& body) const {
    const std::int64_t part = std::max<std::int64_t>(1, kPiece / width);
    launch(name, blocks_of(rows, part) + (rest > 0), [&](std::int64_t block) {
      const std::int64_t row = block * part;
      row < rows ? body(row * width, std::min(part, rows - row), width)
                 : body(rows * width, std::int64_t{1}, rest);
    });
  }
};

std::size_t statistics_workspace(const BatchNormProblem& p) {
  const Folded folded(p);
  return 2 * Workspace::bytes<float>(static_cast<std::size_t>(folded.chunks()) * folded.size());
}

template <class T>
void statistics_folded(const BatchNormProblem& p, const BatchNormStatistics::Args& a, Workspace workspace) {
  const Folded folded(p);
  const T* x = a.x.data<T>();
  float* mean = workspace.take<float>(static_cast<std::size_t>(folded.chunks()) * folded.size());
  float* squares = workspace.take<float>(static_cast<std::size_t>(folded.chunks()) * folded.size());
  launch("batch_norm_statistics", folded.chunks(), [&](std::int64_t chunk) {
    SONOGRAD_SIMD_CALL(column_moments<T>)
    (x + folded.chunk_begin(chunk) * folded.width, folded.chunk_rows(chunk), folded.width,
     mean + chunk * folded.width, squares + chunk * folded.width);
  });
  for (std::int64_t c = 0; c < p.channels; ++c) {
    Moments all;
    for (std::int64_t chunk = 0; chunk < folded.chunks(); ++chunk) {
      const auto count = static_cast<double>(folded.chunk_rows(chunk));
      for (std::int64_t k = c; k < folded.width; k += p.channels) {
        all.merge({count, mean[chunk * folded.width + k], squares[chunk * folded.width + k]});
      }
    }
    const T* rest = x + folded.rows * folded.width;
    for (std::int64_t k = c; k < folded.rest; k += p.channels) all.merge({1, widen(rest[k]), 0});
    finish<float>(a, c, all);
  }
}

std::size_t apply_workspace(const BatchNormProblem& p) {
  return 3 * Workspace::bytes<float>(Folded(p).size());
}

template <class T>
void apply_folded(const BatchNormProblem& p, const BatchNormApply::Args& a, Workspace workspace) {
  const Folded folded(p);
  float* mean = workspace.take<float>(folded.size());
  float* scale = workspace.take<float>(folded.size());
  float* shift = workspace.take<float>(folded.size());
  folded.spread(mean, [values = a.mean.data<float>()](auto c) { return values[c]; });
  folded.spread(scale,
                [&, w = a.weight.data<float>(), s = a.inv_std.data<float>()](auto c) { return w[c] * s[c]; });
  folded.spread(shift, [values = a.bias.data<float>()](auto c) { return values[c]; });
  const T* x = a.x.data<T>();
  T* y = a.y.data<T>();
  folded.for_each_part("batch_norm_apply", [&](std::int64_t start, std::int64_t rows, std::int64_t width) {
    SONOGRAD_SIMD_CALL(normalize_columns<T>)
    (x + start, rows, width, mean, scale, shift, a.y.adds(), y + start);
  });
}

std::size_t backward_workspace(const BatchNormProblem& p) {
  const Folded folded(p);
  return 2 * Workspace::bytes<float>(static_cast<std::size_t>(folded.chunks()) * folded.size()) +
         4 * Workspace::bytes<float>(folded.size());
}

template <class T>
void backward_folded(const BatchNormProblem& p, const BatchNormBackward::Args& a, Workspace workspace) {
  const Folded folded(p);
  const T* x = a.x.data<T>();
  const T* dy = a.dy.data<T>();
  const float* weight = a.weight.data<float>();
  const float* inv_std = a.inv_std.data<float>();
  float* sum_dy = workspace.take<float>(static_cast<std::size_t>(folded.chunks()) * folded.size());
  float* sum_dy_x = workspace.take<float>(static_cast<std::size_t>(folded.chunks()) * folded.size());
  float* mean = workspace.take<float>(folded.size());
  float* dy_factor = workspace.take<float>(folded.size());
  float* x_factor = workspace.take<float>(folded.size());
  float* constant = workspace.take<float>(folded.size());
  folded.spread(mean, [values = a.mean.data<float>()](auto c) { return values[c]; });

  launch("batch_norm_backward_sums", folded.chunks(), [&](std::int64_t chunk) {
    const std::int64_t start = folded.chunk_begin(chunk) * folded.width;
    SONOGRAD_SIMD_CALL(column_gradient_sums<T>)
    (x + start, dy + start, folded.chunk_rows(chunk), folded.width, mean, sum_dy + chunk * folded.width,
     sum_dy_x + chunk * folded.width);
  });
  for (std::int64_t c = 0; c < p.channels; ++c) {
    double total_dy = 0, total_dy_x = 0;
    for (std::int64_t i = c; i < folded.chunks() * folded.width; i += p.channels) {
      total_dy += static_cast<double>(sum_dy[i]);
      total_dy_x += static_cast<double>(sum_dy_x[i]);
    }
    const std::int64_t rest = folded.rows * folded.width;
    for (std::int64_t i = rest + c; i < rest + folded.rest; i += p.channels) {
      total_dy += static_cast<double>(widen(dy[i]));
      total_dy_x += static_cast<double>(widen(dy[i])) * static_cast<double>(widen(x[i]) - mean[c]);
    }
    finish<float>(a, c, total_dy, total_dy_x);
    if (!a.batch_statistics) total_dy = total_dy_x = 0;
    const BatchNormGradient gradient(weight[c], inv_std[c], total_dy, total_dy_x, p.rows);
    for (std::int64_t k = c; k < folded.width; k += p.channels) {
      dy_factor[k] = static_cast<float>(gradient.dy_factor);
      x_factor[k] = static_cast<float>(gradient.x_factor);
      constant[k] = static_cast<float>(gradient.constant);
    }
  }
  if (!a.dx.view.defined()) return;
  T* dx = a.dx.data<T>();
  folded.for_each_part("batch_norm_backward", [&](std::int64_t start, std::int64_t rows, std::int64_t width) {
    SONOGRAD_SIMD_CALL(column_gradients<T>)
    (x + start, dy + start, rows, width, mean, dy_factor, x_factor, constant, a.dx.adds(), dx + start);
  });
}

}  // namespace

extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_reference =
    stored_reference_row<BatchNormStatistics>(
        []<class T>(T, const BatchNormProblem& p, const BatchNormStatistics::Args& a) {
          const T* x = a.x.data<T>();
          for (std::int64_t c = 0; c < p.channels; ++c) {
            Moments moments;
            for (std::int64_t row = 0; row < p.rows; ++row) {
              moments.merge({1, static_cast<double>(widen(x[row * p.channels + c])), 0});
            }
            finish<Computed<T>>(a, c, moments);
          }
        });
extern const KernelVariant<InverseDeviation> inverse_deviation_reference = reference_row<InverseDeviation>(
    []<class T>(T, const BatchNormProblem& p, const InverseDeviation::Args& a) {
      for (std::int64_t c = 0; c < p.channels; ++c) {
        const auto variance = static_cast<double>(a.variance.data<T>()[c]);
        a.inv_std.data<T>()[c] = static_cast<T>(1 / std::sqrt(variance + a.eps));
      }
    });
extern const KernelVariant<BatchNormApply> batch_norm_apply_reference = stored_reference_row<BatchNormApply>(
    []<class T>(T, const BatchNormProblem& p, const BatchNormApply::Args& a) {
      const auto of = [](const View& view, std::int64_t c) {
        return static_cast<double>(view.data<Computed<T>>()[c]);
      };
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
        const std::int64_t c = i % p.channels;
        const double x = widen(a.x.data<T>()[i]);
        store<T>(a.y, i, (x - of(a.mean, c)) * of(a.inv_std, c) * of(a.weight, c) + of(a.bias, c));
      }
    });
extern const KernelVariant<BatchNormBackward> batch_norm_backward_reference =
    stored_reference_row<BatchNormBackward>(
        []<class T>(T, const BatchNormProblem& p, const BatchNormBackward::Args& a) {
          const auto at = [](const View& view, std::int64_t i) {
            return static_cast<double>(widen(view.data<T>()[i]));
          };
          const auto of = [](const View& view, std::int64_t c) {
            return static_cast<double>(view.data<Computed<T>>()[c]);
          };
          for (std::int64_t c = 0; c < p.channels; ++c) {
            double sum_dy = 0, sum_dy_x = 0;
            for (std::int64_t i = c; i < p.shape.numel(); i += p.channels) {
              sum_dy += at(a.dy, i);
              sum_dy_x += at(a.dy, i) * (at(a.x, i) - of(a.mean, c));
            }
            finish<Computed<T>>(a, c, sum_dy, sum_dy_x);
            if (!a.dx.view.defined()) continue;
            if (!a.batch_statistics) sum_dy = sum_dy_x = 0;
            const BatchNormGradient gradient(of(a.weight, c), of(a.inv_std, c), sum_dy, sum_dy_x, p.rows);
            for (std::int64_t i = c; i < p.shape.numel(); i += p.channels) {
              store<T>(a.dx, i,
                       gradient.dy_factor * at(a.dy, i) + gradient.x_factor * (at(a.x, i) - of(a.mean, c)) +
                           gradient.constant);
            }
          }
        });

extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_folded = {
    .name = "folded",
    .why_not = float_or_bf16,
    .workspace = statistics_workspace,
    .run = [](const BatchNormProblem& p, const BatchNormStatistics::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { statistics_folded<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<InverseDeviation> inverse_deviation_simd = {
    .name = "simd",
    .why_not = float_only,
    .run = [](const BatchNormProblem& p, const InverseDeviation::Args& a, const Context&, Workspace) {
      const float* variance = a.variance.data<float>();
      float* inv_std = a.inv_std.data<float>();
#pragma omp simd
      for (std::int64_t c = 0; c < p.channels; ++c) {
        inv_std[c] = static_cast<float>(1 / std::sqrt(static_cast<double>(variance[c]) + a.eps));
      }
    }};
extern const KernelVariant<BatchNormApply> batch_norm_apply_folded = {
    .name = "folded",
    .why_not = float_or_bf16,
    .workspace = apply_workspace,
    .run = [](const BatchNormProblem& p, const BatchNormApply::Args& a, const Context&, Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { apply_folded<decltype(tag)>(p, a, workspace); });
    }};
extern const KernelVariant<BatchNormBackward> batch_norm_backward_folded = {
    .name = "folded",
    .why_not = float_or_bf16,
    .workspace = backward_workspace,
    .run = [](const BatchNormProblem& p, const BatchNormBackward::Args& a, const Context&,
              Workspace workspace) {
      visit_stored(p.dtype, [&](auto tag) { backward_folded<decltype(tag)>(p, a, workspace); });
    }};

}  // namespace sonograd::kernels::cpu
