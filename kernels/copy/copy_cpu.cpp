#include "kernels/copy/copy.h"
#include "kernels/copy/copy_simd.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

struct Offsets {
  std::int64_t from = 0, to = 0;
};

// Offsets in both views of element `i`, in row-major order over the first `axes` axes.
Offsets offsets(const CopyProblem& p, std::int64_t i, int axes) {
  Offsets at;
  for (int axis = axes - 1; axis >= 0; --axis) {
    const std::int64_t position = i % p.shape[axis];
    at.from += position * p.from[static_cast<std::size_t>(axis)];
    at.to += position * p.to[static_cast<std::size_t>(axis)];
    i /= p.shape[axis];
  }
  return at;
}

template <class From, class To>
void copy_steps(const From* x, std::int64_t x_step, std::int64_t n, bool add, To* y, std::int64_t y_step) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float value = widen(x[i * x_step]);
    To& place = y[i * y_step];
    place = static_cast<To>(add ? widen(place) + value : value);
  }
}

// A block is a part of a line of the last axis, or several whole lines when they are short.
template <class From, class To>
void copy_lines(const CopyProblem& p, const From* x, bool add, To* y) {
  const int last = p.shape.rank() - 1;
  const std::int64_t width = p.shape[last];
  if (width == 0) return;
  const std::int64_t x_step = p.from[static_cast<std::size_t>(last)];
  const std::int64_t y_step = p.to[static_cast<std::size_t>(last)];
  const std::int64_t lines = p.shape.numel() / width;
  const std::int64_t lines_per_block = std::max<std::int64_t>(1, kPiece / width);
  const std::int64_t pieces = blocks_of(width, kPiece);
  launch("copy", blocks_of(lines, lines_per_block) * pieces, [&](std::int64_t block) {
    const std::int64_t begin = block % pieces * kPiece;
    const std::int64_t count = std::min(kPiece, width - begin);
    const std::int64_t first = block / pieces * lines_per_block;
    for (std::int64_t line = first; line < std::min(lines, first + lines_per_block); ++line) {
      const Offsets at = offsets(p, line, last);
      const From* from = x + at.from + begin * x_step;
      To* to = y + at.to + begin * y_step;
      if (x_step == 1 && y_step == 1) {
        SONOGRAD_SIMD_CALL(copy_line<From, To>)(from, count, add, to);
      } else {
        copy_steps(from, x_step, count, add, to, y_step);
      }
    }
  });
}

template <class From, class To>
void copy_elements(const CopyProblem& p, const From* x, const Out& y) {
  for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
    const Offsets at = offsets(p, i, p.shape.rank());
    store<To>(y, at.to, widen(x[at.from]));
  }
}

}  // namespace

extern const KernelVariant<Copy> copy_reference =
    stored_reference_row<Copy>([]<class T>(T, const CopyProblem& p, const Copy::Args& a) {
      const T* x = a.x.data<T>();
      if (p.dtype == p.y_dtype) return copy_elements<T, T>(p, x, a.y);
      visit_stored(p.y_dtype, [&](auto to) { copy_elements<T, decltype(to)>(p, x, a.y); });
    });

extern const KernelVariant<Copy> copy_rows = {
    .name = "rows",
    .why_not = float_or_bf16,
    .run = [](const CopyProblem& p, const Copy::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto from) {
        visit_stored(p.y_dtype, [&](auto to) {
          copy_lines(p, a.x.data<decltype(from)>(), a.y.adds(), a.y.data<decltype(to)>());
        });
      });
    }};

}  // namespace sonograd::kernels::cpu
