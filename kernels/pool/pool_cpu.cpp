#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/pool/pool.h"
#include "kernels/pool/pool_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference: calls `visit(x, y, cell)` for every pair of an element of y and an element of its window.
template <class Visit>
void for_each_pair(const PoolProblem& p, const Visit& visit) {
  const std::int64_t outputs = p.output_shape().numel();
  for (std::int64_t y = 0; y < outputs; ++y) {
    const std::int64_t c = y % p.channels, f = y / p.channels % p.out_f;
    const std::int64_t t = y / p.channels / p.out_f % p.out_t, n = y / p.channels / p.out_f / p.out_t;
    for (std::int64_t i = 0; i < p.kernel.t; ++i) {
      for (std::int64_t j = 0; j < p.kernel.f; ++j) {
        const std::int64_t row = n * p.t + t * p.stride.t + i;
        visit((row * p.f + f * p.stride.f + j) * p.channels + c, y, i * p.kernel.f + j);
      }
    }
  }
}

std::int64_t read_index(const View& index, std::int64_t i) {
  return index.dtype == DType::u8 ? index.data<std::uint8_t>()[i] : index.data<std::int32_t>()[i];
}

void write_index(const View& index, std::int64_t i, std::int64_t value) {
  if (index.dtype == DType::u8) {
    index.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(value);
  } else {
    index.data<std::int32_t>()[i] = static_cast<std::int32_t>(value);
  }
}

// ---- rows: a block is one row of y (forward) or of x (backward).
PoolMap map_of(const PoolProblem& p) {
  return {p.t, p.f, p.channels, p.out_t, p.out_f, p.kernel.t, p.kernel.f, p.stride.t, p.stride.f, p.rectify};
}

template <class T, class Index>
void max_forward(const PoolProblem& p, const MaxPoolForward::Args& a) {
  const PoolMap map = map_of(p);
  const std::int64_t in = p.t * p.f * p.channels, out = p.out_t * p.out_f * p.channels;
  const T* x = a.x.data<T>();
  T* y = a.y.data<T>();
  Index* index = a.index.defined() ? a.index.data<Index>() : nullptr;
  launch("max_pool_forward", p.batch * p.out_t, [&](std::int64_t block) {
    const std::int64_t n = block / p.out_t;
    SONOGRAD_SIMD_CALL(max_pool_row<T, Index>)
    (map, x + n * in, block % p.out_t, a.y.adds(), y + n * out, index == nullptr ? nullptr : index + n * out);
  });
}

template <class T, class Index>
void max_backward(const PoolProblem& p, const MaxPoolBackward::Args& a) {
  const PoolMap map = map_of(p);
  const std::int64_t in = p.t * p.f * p.channels, out = p.out_t * p.out_f * p.channels;
  const T* dy = a.dy.data<T>();
  const Index* index = a.index.data<Index>();
  T* dx = a.dx.data<T>();
  launch("max_pool_backward", p.batch * p.t, [&](std::int64_t block) {
    const std::int64_t n = block / p.t;
    SONOGRAD_SIMD_CALL(max_pool_backward_row<T, Index>)
    (map, dy + n * out, index + n * out, block % p.t, a.dx.adds(), dx + n * in);
  });
}

template <class T>
void avg_forward(const PoolProblem& p, const AvgPoolForward::Args& a) {
  const PoolMap map = map_of(p);
  const T* x = a.x.data<T>();
  T* y = a.y.data<T>();
  launch("avg_pool_forward", p.batch * p.out_t, [&](std::int64_t block) {
    const std::int64_t n = block / p.out_t;
    SONOGRAD_SIMD_CALL(avg_pool_row<T>)
    (map, x + n * p.t * p.f * p.channels, block % p.out_t, a.y.adds(),
     y + n * p.out_t * p.out_f * p.channels);
  });
}

template <class T>
void avg_backward(const PoolProblem& p, const AvgPoolBackward::Args& a) {
  const PoolMap map = map_of(p);
  const T* dy = a.dy.data<T>();
  T* dx = a.dx.data<T>();
  launch("avg_pool_backward", p.batch * p.t, [&](std::int64_t block) {
    const std::int64_t n = block / p.t;
    SONOGRAD_SIMD_CALL(avg_pool_backward_row<T>)
    (map, dy + n * p.out_t * p.out_f * p.channels, block % p.t, a.dx.adds(), dx + n * p.t * p.f * p.channels);
  });
}

}  // namespace

extern const KernelVariant<MaxPoolForward> max_pool_forward_reference =
    stored_reference_row<MaxPoolForward>([]<class T>(T, const PoolProblem& p, const MaxPoolForward::Args& a) {
      const T* x = a.x.data<T>();
      std::vector<double> best(static_cast<std::size_t>(p.output_shape().numel()));
      for_each_pair(p, [&](std::int64_t from, std::int64_t to, std::int64_t cell) {
        double& so_far = best[static_cast<std::size_t>(to)];
        const double value = widen(x[from]);
        if (cell == 0 && p.rectify && a.index.defined()) write_index(a.index, to, kNoCell<std::int64_t>);
        const bool first = cell == 0 && !p.rectify, nan = std::isnan(value) && !std::isnan(so_far);
        if (!first && !nan && !(value > so_far)) return;
        so_far = value;
        if (a.index.defined()) write_index(a.index, to, cell);
      });
      store_all<T>(a.y, best);
    });
extern const KernelVariant<MaxPoolBackward> max_pool_backward_reference =
    stored_reference_row<MaxPoolBackward>(
        []<class T>(T, const PoolProblem& p, const MaxPoolBackward::Args& a) {
          const T* dy = a.dy.data<T>();
          std::vector<double> dx(static_cast<std::size_t>(p.input_shape().numel()));
          for_each_pair(p, [&](std::int64_t to, std::int64_t from, std::int64_t cell) {
            if (read_index(a.index, from) == cell) dx[static_cast<std::size_t>(to)] += widen(dy[from]);
          });
          store_all<T>(a.dx, dx);
        });
extern const KernelVariant<AvgPoolForward> avg_pool_forward_reference =
    stored_reference_row<AvgPoolForward>([]<class T>(T, const PoolProblem& p, const AvgPoolForward::Args& a) {
      const T* x = a.x.data<T>();
      std::vector<double> mean(static_cast<std::size_t>(p.output_shape().numel()));
      for_each_pair(p, [&](std::int64_t from, std::int64_t to, std::int64_t) {
        mean[static_cast<std::size_t>(to)] +=
            static_cast<double>(widen(x[from])) / static_cast<double>(p.window());
      });
      store_all<T>(a.y, mean);
    });
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_reference =
    stored_reference_row<AvgPoolBackward>(
        []<class T>(T, const PoolProblem& p, const AvgPoolBackward::Args& a) {
          const T* dy = a.dy.data<T>();
          std::vector<double> dx(static_cast<std::size_t>(p.input_shape().numel()));
          for_each_pair(p, [&](std::int64_t to, std::int64_t from, std::int64_t) {
            dx[static_cast<std::size_t>(to)] +=
                static_cast<double>(widen(dy[from])) / static_cast<double>(p.window());
          });
          store_all<T>(a.dx, dx);
        });

extern const KernelVariant<MaxPoolForward> max_pool_forward_rows = {
    .name = "rows",
    .why_not = float_or_bf16,
    .run = [](const PoolProblem& p, const MaxPoolForward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) {
        using T = decltype(tag);
        p.index_dtype() == DType::u8 ? max_forward<T, std::uint8_t>(p, a)
                                     : max_forward<T, std::int32_t>(p, a);
      });
    }};
extern const KernelVariant<MaxPoolBackward> max_pool_backward_rows = {
    .name = "rows",
    .why_not = float_or_bf16,
    .run = [](const PoolProblem& p, const MaxPoolBackward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) {
        using T = decltype(tag);
        p.index_dtype() == DType::u8 ? max_backward<T, std::uint8_t>(p, a)
                                     : max_backward<T, std::int32_t>(p, a);
      });
    }};
extern const KernelVariant<AvgPoolForward> avg_pool_forward_rows = {
    .name = "rows",
    .why_not = float_or_bf16,
    .run = [](const PoolProblem& p, const AvgPoolForward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { avg_forward<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<AvgPoolBackward> avg_pool_backward_rows = {
    .name = "rows",
    .why_not = float_or_bf16,
    .run = [](const PoolProblem& p, const AvgPoolBackward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { avg_backward<decltype(tag)>(p, a); });
    }};

}  // namespace sonograd::kernels::cpu
