#include "kernels/copy/copy.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"

namespace sonograd::kernels::cpu {
namespace {

struct Offsets {
  std::int64_t from = 0, to = 0;
};

// Where element `i`, in row-major order over the first `axes` axes, lies in both views.
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

void copy_line(const float* x, std::int64_t x_step, std::int64_t n, bool add, float* y, std::int64_t y_step) {
  if (x_step == 1 && y_step == 1) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] = add ? y[i] + x[i] : x[i];
  } else {
    for (std::int64_t i = 0; i < n; ++i) y[i * y_step] = add ? y[i * y_step] + x[i * x_step] : x[i * x_step];
  }
}

}  // namespace

extern const KernelVariant<Copy> copy_reference =
    reference_row<Copy>([]<class T>(T, const CopyProblem& p, const Copy::Args& a) {
      const T* x = a.x.data<T>();
      for (std::int64_t i = 0; i < p.shape.numel(); ++i) {
        const Offsets at = offsets(p, i, p.shape.rank());
        store<T>(a.y, at.to, x[at.from]);
      }
    });

// A block is a stretch of the last axis, or several whole lines of it when they are short.
extern const KernelVariant<Copy> copy_rows = {
    .name = "rows",
    .why_not = float_only,
    .run = [](const CopyProblem& p, const Copy::Args& a, const Context&, Workspace) {
      const float* x = a.x.data<float>();
      float* y = a.y.data<float>();
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
          copy_line(x + at.from + begin * x_step, x_step, count, a.y.adds(), y + at.to + begin * y_step,
                    y_step);
        }
      });
    }};

}  // namespace sonograd::kernels::cpu
