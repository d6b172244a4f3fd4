#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/pointwise/exact.h"
#include "kernels/pointwise/pointwise.h"
#include "kernels/pointwise/pointwise_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// Offsets of the operands of element `i` of the first `axes` axes.
struct Operands {
  std::int64_t a = 0, b = 0;
};
Operands operands_of(const BinaryProblem& p, int axes, std::int64_t i) {
  Operands at;
  for (int axis = axes - 1; axis >= 0; --axis) {
    const std::int64_t position = i % p.extents[axis];
    at.a += position * p.a_steps[static_cast<std::size_t>(axis)];
    at.b += position * p.b_steps[static_cast<std::size_t>(axis)];
    i /= p.extents[axis];
  }
  return at;
}

// ---- simd: rows are the last axis; a call covers rows that are evenly spaced in both operands.
template <class T>
void binary_rows(const BinaryProblem& p, const BinaryForward::Args& args, std::int64_t begin,
                 std::int64_t end) {
  const int rank = p.extents.rank();
  const auto last = static_cast<std::size_t>(rank) - 1;
  const std::int64_t n = p.extents[-1], even = p.extents[-2];
  while (begin < end) {
    const std::int64_t stop = std::min(end, (begin / even + 1) * even);
    const Operands at = operands_of(p, rank - 1, begin);
    SONOGRAD_SIMD_CALL(binary<T>)
    (p.function,
     {args.a.data<T>() + at.a, args.b.data<T>() + at.b, p.a_steps[last], p.b_steps[last], p.a_steps[last - 1],
      p.b_steps[last - 1]},
     stop - begin, n, args.y.adds(), args.y.data<T>() + begin * n);
    begin = stop;
  }
}

template <class T>
void binary_simd(const BinaryProblem& p, const BinaryForward::Args& args) {
  if (p.extents.rank() > 1) {
    const std::int64_t n = p.extents[-1];
    launch_rows("binary_forward", n == 0 ? 0 : p.y.numel() / n, n,
                [&](std::int64_t begin, std::int64_t end) { binary_rows<T>(p, args, begin, end); });
    return;
  }
  const std::int64_t a_step = p.a_steps[0], b_step = p.b_steps[0];
  launch_ranges("binary_forward", p.y.numel(), [&](std::int64_t begin, std::int64_t end) {
    SONOGRAD_SIMD_CALL(binary<T>)
    (p.function, {args.a.data<T>() + begin * a_step, args.b.data<T>() + begin * b_step, a_step, b_step, 0, 0},
     1, end - begin, args.y.adds(), args.y.data<T>() + begin);
  });
}

}  // namespace

extern const KernelVariant<UnaryForward> unary_forward_reference =
    stored_reference_row<UnaryForward>([]<class T>(T, const UnaryProblem& p, const UnaryForward::Args& a) {
      const T* x = a.x.data<T>();
      for (std::int64_t i = 0; i < p.shape.numel(); ++i)
        store<T>(a.y, i, exact_value(p.function, p.alpha, widen(x[i])));
    });
extern const KernelVariant<UnaryBackward> unary_backward_reference =
    stored_reference_row<UnaryBackward>([]<class T>(T, const UnaryProblem& p, const UnaryBackward::Args& a) {
      const T* saved = a.saved.data<T>();
      const T* dy = a.dy.data<T>();
      for (std::int64_t i = 0; i < p.shape.numel(); ++i)
        store<T>(a.dx, i, exact_gradient(p.function, p.alpha, widen(saved[i]), widen(dy[i])));
    });
extern const KernelVariant<BinaryForward> binary_forward_reference = stored_reference_row<BinaryForward>(
    []<class T>(T, const BinaryProblem& p, const BinaryForward::Args& args) {
      const T* a = args.a.data<T>();
      const T* b = args.b.data<T>();
      for (std::int64_t i = 0; i < p.y.numel(); ++i) {
        const Operands at = operands_of(p, p.extents.rank(), i);
        store<T>(args.y, i, exact_value(p.function, widen(a[at.a]), widen(b[at.b])));
      }
    });

extern const KernelVariant<UnaryForward> unary_forward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const UnaryProblem& p, const UnaryForward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) {
        using T = decltype(tag);
        const T* x = a.x.data<T>();
        T* y = a.y.data<T>();
        launch_ranges("unary_forward", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
          SONOGRAD_SIMD_CALL(unary<T>)
          (p.function, static_cast<float>(p.alpha), x + begin, end - begin, a.y.adds(), y + begin);
        });
      });
    }};
extern const KernelVariant<UnaryBackward> unary_backward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const UnaryProblem& p, const UnaryBackward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) {
        using T = decltype(tag);
        const T* saved = a.saved.data<T>();
        const T* dy = a.dy.data<T>();
        T* dx = a.dx.data<T>();
        launch_ranges("unary_backward", p.shape.numel(), [&](std::int64_t begin, std::int64_t end) {
          SONOGRAD_SIMD_CALL(unary_gradient<T>)
          (p.function, static_cast<float>(p.alpha), saved + begin, dy + begin, end - begin, a.dx.adds(),
           dx + begin);
        });
      });
    }};
extern const KernelVariant<BinaryForward> binary_forward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const BinaryProblem& p, const BinaryForward::Args& args, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { binary_simd<decltype(tag)>(p, args); });
    }};

}  // namespace sonograd::kernels::cpu
