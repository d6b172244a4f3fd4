#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/reduce/reduce.h"
#include "kernels/reduce/reduce_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference: calls `visit(element of x, element of y, position among the reduced elements)` for every element of x.
template <class Visit>
void for_each_element(const ReduceProblem& p, const Visit& visit) {
  Strides kept_step{}, reduced_step{};  // steps of each axis in y, and among the reduced elements
  std::int64_t kept = 1, reduced = 1;
  for (int axis = p.input.rank() - 1; axis >= 0; --axis) {
    const auto a = static_cast<std::size_t>(axis);
    std::int64_t& step = p.reduced[a] ? reduced : kept;
    (p.reduced[a] ? reduced_step : kept_step)[a] = step;
    step *= p.input[axis];
  }
  for (std::int64_t i = 0; i < p.input.numel(); ++i) {
    std::int64_t rest = i, to = 0, position = 0;
    for (int axis = p.input.rank() - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      to += rest % p.input[axis] * kept_step[a];
      position += rest % p.input[axis] * reduced_step[a];
      rest /= p.input[axis];
    }
    visit(i, to, position);
  }
}

// ---- blocked: x as [outer, count, inner]. A block is some rows of the middle axis by some columns of the last one.
const char* why_not_blocked(const ReduceProblem& p, const Context& context) {
  return p.adjacent ? float_or_bf16(p, context) : "the reduced axes are not adjacent";
}

constexpr std::int64_t kColumns = 4096;         // per block; their sums stay in the first-level cache
constexpr std::int64_t kBlockElements = 32768;  // elements that one block reads

struct Blocks {
  std::int64_t columns, rows;  // per block
  std::int64_t across, down;   // blocks per [count, inner]
  std::int64_t total;

  explicit Blocks(const ReduceProblem& p)
      : columns(std::min(p.inner, kColumns)),
        rows(std::max<std::int64_t>(64, kBlockElements / std::max<std::int64_t>(1, columns))),
        across(blocks_of(p.inner, kColumns)),
        down(blocks_of(p.count, rows)),
        total(p.outer * down * across) {}
};

std::size_t partial_sums(const ReduceProblem& p) {
  const Blocks blocks(p);
  return blocks.down == 1
             ? 0
             : Workspace::bytes<float>(static_cast<std::size_t>(p.outer * blocks.down * p.inner));
}

template <class T>
void write(const float* sums, std::int64_t n, float factor, bool add, T* y) {
  for (std::int64_t i = 0; i < n; ++i) {
    y[i] = static_cast<T>(add ? widen(y[i]) + factor * sums[i] : factor * sums[i]);
  }
}

template <class T, class Y>
void sum_blocked(const ReduceProblem& p, const ReduceSum::Args& a, Workspace workspace) {
  const Blocks b(p);
  const T* x = a.x.data<T>();
  Y* y = a.y.data<Y>();
  const auto factor = static_cast<float>(a.factor);
  float* partial =
      b.down == 1 ? nullptr : workspace.take<float>(static_cast<std::size_t>(p.outer * b.down * p.inner));
  launch("reduce_sum", b.total, [&](std::int64_t block) {
    const std::int64_t column = block % b.across * b.columns;
    const std::int64_t row = block / b.across % b.down * b.rows;
    const std::int64_t outer = block / b.across / b.down;
    const std::int64_t rows = std::min(b.rows, p.count - row);
    const std::int64_t width = std::min(b.columns, p.inner - column);
    const T* from = x + (outer * p.count + row) * p.inner + column;
    float sums[kColumns];
    if (p.inner == 1) {
      sums[0] = SONOGRAD_SIMD_CALL(total<T>)(from, rows);
    } else {
      SONOGRAD_SIMD_CALL(column_sums<T>)(from, rows, width, p.inner, sums);
    }
    if (partial != nullptr) {
      write(sums, width, 1, false, partial + (outer * b.down + row / b.rows) * p.inner + column);
    } else {
      write(sums, width, factor, a.y.adds(), y + outer * p.inner + column);
    }
  });
  if (partial == nullptr) return;
  launch("reduce_sum_partial", p.outer * b.across, [&](std::int64_t block) {
    const std::int64_t column = block % b.across * b.columns;
    const std::int64_t outer = block / b.across;
    const std::int64_t width = std::min(b.columns, p.inner - column);
    float sums[kColumns];
    SONOGRAD_SIMD_CALL(column_sums<float>)
    (partial + outer * b.down * p.inner + column, b.down, width, p.inner, sums);
    write(sums, width, factor, a.y.adds(), y + outer * p.inner + column);
  });
}

template <class T>
void sum_backward_blocked(const ReduceProblem& p, const ReduceSumBackward::Args& a) {
  const T* dy = a.dy.data<T>();
  T* dx = a.dx.data<T>();
  const std::int64_t rows = std::max<std::int64_t>(1, kBlockElements / std::max<std::int64_t>(1, p.inner));
  const std::int64_t down = blocks_of(p.count, rows);
  launch("reduce_sum_backward", p.outer * down, [&](std::int64_t block) {
    const std::int64_t outer = block / down;
    const std::int64_t row = block % down * rows;
    SONOGRAD_SIMD_CALL(fill_rows<T>)
    (dy + outer * p.inner, static_cast<float>(a.factor), a.dx.adds(), std::min(rows, p.count - row), p.inner,
     dx + (outer * p.count + row) * p.inner);
  });
}

template <class T>
void max_blocked(const ReduceProblem& p, const ReduceMax::Args& a) {
  const T* x = a.x.data<T>();
  T* y = a.y.data<T>();
  std::int32_t* index = a.index.data<std::int32_t>();
  constexpr std::int64_t kWidth = 256;
  const std::int64_t across = blocks_of(p.inner, kWidth);
  launch("reduce_max", p.outer * across, [&](std::int64_t block) {
    const std::int64_t column = block % across * kWidth;
    const std::int64_t outer = block / across;
    const std::int64_t width = std::min(kWidth, p.inner - column);
    const std::int64_t to = outer * p.inner + column;
    float best[kWidth];
    SONOGRAD_SIMD_CALL(column_maxima<T>)
    (x + outer * p.count * p.inner + column, p.count, width, p.inner, best, index + to);
    write(best, width, 1, a.y.adds(), y + to);
  });
}

template <class T>
void max_backward_blocked(const ReduceProblem& p, const ReduceMaxBackward::Args& a) {
  const T* dy = a.dy.data<T>();
  const std::int32_t* index = a.index.data<std::int32_t>();
  T* dx = a.dx.data<T>();
  launch("reduce_max_backward", p.outer, [&](std::int64_t outer) {
    T* to = dx + outer * p.count * p.inner;
    if (!a.dx.adds()) std::fill_n(to, p.count * p.inner, T{});
    for (std::int64_t i = 0; i < p.inner; ++i) {
      const std::int64_t from = outer * p.inner + i;
      T& place = to[index[from] * p.inner + i];
      place = static_cast<T>(widen(place) + widen(dy[from]));
    }
  });
}

void sum_row(const ReduceProblem& p, const ReduceSum::Args& a, const Context&, Workspace workspace) {
  visit_stored(p.dtype, [&](auto x) {
    visit_stored(p.y_dtype, [&](auto y) { sum_blocked<decltype(x), decltype(y)>(p, a, workspace); });
  });
}

}  // namespace

extern const KernelVariant<ReduceSum> reduce_sum_reference =
    stored_reference_row<ReduceSum>([]<class T>(T, const ReduceProblem& p, const ReduceSum::Args& a) {
      std::vector<double> sums(static_cast<std::size_t>(p.output.numel()));
      const T* x = a.x.data<T>();
      for_each_element(p, [&](auto i, auto to, auto) { sums[static_cast<std::size_t>(to)] += widen(x[i]); });
      for (double& sum : sums) sum *= a.factor;
      p.y_dtype == p.dtype ? store_all<T>(a.y, sums) : store_all<Computed<T>>(a.y, sums);
    });
extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_reference =
    stored_reference_row<ReduceSumBackward>(
        []<class T>(T, const ReduceProblem& p, const ReduceSumBackward::Args& a) {
          const T* dy = a.dy.data<T>();
          for_each_element(p, [&](auto i, auto to, auto) { store<T>(a.dx, i, a.factor * widen(dy[to])); });
        });
extern const KernelVariant<ReduceMax> reduce_max_reference =
    stored_reference_row<ReduceMax>([]<class T>(T, const ReduceProblem& p, const ReduceMax::Args& a) {
      const T* x = a.x.data<T>();
      std::int32_t* index = a.index.data<std::int32_t>();
      std::vector<double> best(static_cast<std::size_t>(p.output.numel()));
      for_each_element(p, [&](auto i, auto to, auto position) {
        double& so_far = best[static_cast<std::size_t>(to)];
        const double value = widen(x[i]);
        const bool first_nan = std::isnan(value) && !std::isnan(so_far);
        if (position != 0 && !(value > so_far) && !first_nan) return;
        so_far = value;
        index[to] = static_cast<std::int32_t>(position);
      });
      store_all<T>(a.y, best);
    });
extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_reference =
    stored_reference_row<ReduceMaxBackward>(
        []<class T>(T, const ReduceProblem& p, const ReduceMaxBackward::Args& a) {
          const T* dy = a.dy.data<T>();
          const std::int32_t* index = a.index.data<std::int32_t>();
          for_each_element(p, [&](auto i, auto to, auto position) {
            store<T>(a.dx, i, index[to] == position ? static_cast<double>(widen(dy[to])) : 0.0);
          });
        });

extern const KernelVariant<ReduceSum> reduce_sum_blocked = {
    .name = "blocked", .why_not = why_not_blocked, .workspace = partial_sums, .run = sum_row};
extern const KernelVariant<ReduceSumBackward> reduce_sum_backward_blocked = {
    .name = "blocked",
    .why_not = why_not_blocked,
    .run = [](const ReduceProblem& p, const ReduceSumBackward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { sum_backward_blocked<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<ReduceMax> reduce_max_blocked = {
    .name = "blocked",
    .why_not = why_not_blocked,
    .run = [](const ReduceProblem& p, const ReduceMax::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { max_blocked<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<ReduceMaxBackward> reduce_max_backward_blocked = {
    .name = "blocked",
    .why_not = why_not_blocked,
    .run = [](const ReduceProblem& p, const ReduceMaxBackward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { max_backward_blocked<decltype(tag)>(p, a); });
    }};

}  // namespace sonograd::kernels::cpu
