#include <algorithm>
#include <atomic>

#include "kernels/copy/float32_operands.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/gemm/dot_products_simd.h"
#include "kernels/gemm/gemm.h"
#include "kernels/gemm/outer_products_simd.h"
#include "kernels/onednn/gemm.h"
#include "kernels/pointwise/exact.h"
#include "kernels/pointwise/pointwise_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- The terms are written to C first and the products added to them, which saves a pass over C; a function is applied in
// place afterwards. A function whose values are added, to C or to a residual, needs scratch memory.
bool needs_room(const GemmProblem& p, bool adds) {
  return p.options.activation && (adds || p.has_residual);
}

// Rows of C, or of the scratch memory in its place.
struct Rows {
  float* first;
  MatrixSteps steps;

  float* matrix(const GemmProblem& p, std::int64_t batch) const { return first + p.offset(steps, batch); }
  float* row(const GemmProblem& p, std::int64_t i) const { return matrix(p, i / p.m) + i % p.m * steps.row; }
};

// y (= or +=) x
void write_row(const float* x, std::int64_t n, bool add, float* y) {
  SONOGRAD_SIMD_CALL(unary<float>)(Unary::scale, 1.0f, x, n, add, y);
}

template <class Body>
void for_each_row(std::string_view name, const GemmProblem& p, const Body& body) {
  launch_rows(name, p.batch() * p.m, p.n, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) body(i);
  });
}

void write_terms(const GemmProblem& p, const float* bias, const float* residual, bool add, const Rows& to) {
  for_each_row("gemm_terms", p, [&](std::int64_t i) {
    const float* other = residual + p.offset(p.residual_steps, i / p.m) + i % p.m * p.residual_steps.row;
    float* row = to.row(p, i);
    if (bias != nullptr && residual != nullptr) {
      SONOGRAD_SIMD_CALL(binary<float>)(Binary::add, {bias, other}, 1, p.n, add, row);
    } else {
      write_row(bias != nullptr ? bias : other, p.n, add, row);
    }
  });
}

// Computes C, or the scratch memory in its place, (= or +=) alpha * A B.
using Multiply = void (*)(const GemmProblem& p, const Gemm::Args& args, bool add, const Rows& to);

// ---- onednn: products too small for all threads run in parallel, others one after the other; the choice depends on the
// problem alone.
void multiply_by_onednn(const GemmProblem& p, const Gemm::Args& args, bool add, const Rows& to) {
  constexpr std::int64_t kOne =
      1;  // oneDNN expects a leading dimension of 1, also of operands without elements
  constexpr double kSmallProduct = 2.0 * 128 * 128 * 128;
  const onednn::GemmShape shape = {.m = p.m,
                                   .n = p.n,
                                   .k = p.k,
                                   .transpose_a = p.a_steps.is_transposed(),
                                   .transpose_b = p.b_steps.is_transposed(),
                                   .leading_a = std::max(kOne, p.a_steps.leading()),
                                   .leading_b = std::max(kOne, p.b_steps.leading()),
                                   .leading_c = to.steps.row,
                                   .alpha = static_cast<float>(p.options.alpha)};
  std::atomic<bool> refused = false;
  const auto one = [&](std::int64_t batch) {
    if (!onednn::gemm(shape, args.a.data<float>() + p.offset(p.a_steps, batch),
                      args.b.data<float>() + p.offset(p.b_steps, batch), to.matrix(p, batch), add))
      refused = true;
  };
  if (p.flops() <= kSmallProduct * static_cast<double>(p.batch())) {
    launch("gemm", p.batch(), one);
  } else {
    for (std::int64_t batch = 0; batch < p.batch(); ++batch) one(batch);
  }
  if (refused) throw DeviceError(concat("[gemm] oneDNN refused a product; ", p.summary()));
}

// ---- outer_products: a block is a rectangle of C.
void multiply_by_outer_products(const GemmProblem& p, const Gemm::Args& args, bool add, const Rows& to) {
  const std::int64_t across = blocks_of(p.n, kOuterColumns), of_matrix = blocks_of(p.m, kOuterRows) * across;
  launch("gemm", p.batch() * of_matrix, [&](std::int64_t block) {
    const std::int64_t batch = block / of_matrix;
    const std::int64_t row = block % of_matrix / across * kOuterRows, column = block % across * kOuterColumns;
    const OuterProducts products = {
        .a = args.a.data<float>() + p.offset(p.a_steps, batch) + row * p.a_steps.row,
        .a_row = p.a_steps.row,
        .a_column = p.a_steps.column,
        .b = args.b.data<float>() + p.offset(p.b_steps, batch) + column * p.b_steps.column,
        .b_row = p.b_steps.row,
        .b_column = p.b_steps.column,
        .k = p.k,
        .c = to.matrix(p, batch) + row * to.steps.row + column,
        .c_row = to.steps.row,
        .alpha = static_cast<float>(p.options.alpha),
        .add = add};
    SONOGRAD_SIMD_CALL(outer_products)
    (products, std::min(kOuterRows, p.m - row), std::min(kOuterColumns, p.n - column));
  });
}

// ---- dot_products: a block is a stretch of columns of C, which are rows of B.
void multiply_by_dot_products(const GemmProblem& p, const Gemm::Args& args, bool add, const Rows& to) {
  const std::int64_t stretches = blocks_of(p.n, kDotColumns);
  launch("gemm", p.batch() * stretches, [&](std::int64_t block) {
    const std::int64_t batch = block / stretches, first = block % stretches * kDotColumns;
    const DotProducts products = {
        .a = args.a.data<float>() + p.offset(p.a_steps, batch),
        .a_step = p.a_steps.row,
        .b = args.b.data<float>() + p.offset(p.b_steps, batch) + first * p.b_steps.column,
        .b_step = p.b_steps.column,
        .k = p.k,
        .c = to.matrix(p, batch) + first,
        .c_step = to.steps.row,
        .alpha = static_cast<float>(p.options.alpha),
        .add = add};
    SONOGRAD_SIMD_CALL(dot_products)(products, p.m, std::min(kDotColumns, p.n - first));
  });
}

void run_float32(const GemmProblem& p, const Gemm::Args& args, Multiply multiply, Workspace workspace) {
  const float* bias = p.has_bias ? args.bias.data<float>() : nullptr;
  const float* residual = p.has_residual ? args.residual.data<float>() : nullptr;
  const Rows c = {args.c.data<float>(), p.c_steps};
  if (!p.options.activation) {
    const bool has_terms = p.has_bias || p.has_residual;
    if (has_terms) write_terms(p, bias, residual, args.c.adds(), c);
    return multiply(p, args, has_terms || args.c.adds(), c);
  }
  Rows sums = c;
  if (needs_room(p, args.c.adds())) {
    sums = {workspace.take<float>(static_cast<std::size_t>(p.c.numel())),
            {p.n, 1, {p.batches[1] * p.m * p.n, p.m * p.n}}};
  }
  if (p.has_bias) write_terms(p, bias, nullptr, false, sums);
  multiply(p, args, p.has_bias, sums);
  for_each_row("gemm_activation", p, [&](std::int64_t i) {
    float* row = c.row(p, i);
    if (residual != nullptr) {  // before C is written: it may be C
      const float* other = residual + p.offset(p.residual_steps, i / p.m) + i % p.m * p.residual_steps.row;
      write_row(other, p.n, args.c.adds(), row);
    }
    SONOGRAD_SIMD_CALL(unary<float>)
    (*p.options.activation, static_cast<float>(p.options.activation_alpha), sums.row(p, i), p.n,
     args.c.adds() || residual != nullptr, row);
  });
}

std::size_t scratch_of_call(const GemmProblem& p, const Gemm::Args& args, const Context&) {
  const std::size_t result = Workspace::bytes<float>(static_cast<std::size_t>(p.c.numel()));
  if (p.dtype != DType::bf16) return needs_room(p, args.c.adds()) ? result : 0;
  return float32_copy_bytes(p.a, p.dtype) + float32_copy_bytes(p.b, p.dtype) + result +
         (needs_room(p, false) ? result : 0) + (p.has_bias ? float32_copy_bytes({p.n}, p.dtype) : 0) +
         (p.has_residual ? result : 0);
}

// For bf16: dense float32 copies of the operands, and a result that is rounded once.
template <Multiply multiply>
void run(const GemmProblem& p, const Gemm::Args& args, const Context&, Workspace workspace) {
  if (p.dtype == DType::f32) return run_float32(p, args, multiply, workspace);
  if (p.c.numel() == 0) return;
  const View a = in_float32(args.a, workspace), b = in_float32(args.b, workspace);
  const View bias = p.has_bias ? in_float32(args.bias, workspace) : View();
  const View residual = p.has_residual ? in_float32(args.residual, workspace) : View();
  const Float32Result c(args.c, workspace);
  const auto wide = GemmProblem::make(a, b, c.out().view, p.options, {bias, residual});
  run_float32(wide, {a, b, c.out(), bias, residual}, multiply, workspace);
  c.store();
}

const char* onednn_why_not(const GemmProblem& p, const Context& context) {
  const auto overlaps = [](const MatrixSteps& steps, std::int64_t rows, std::int64_t columns) {
    return steps.leading() < (steps.is_transposed() ? rows : columns);
  };
  if (p.k == 0) return "k is zero";  // oneDNN does not write C then
  if (context.batch_invariant) return "the order of its sums depends on the number of rows";
  if (overlaps(p.a_steps, p.m, p.k) || overlaps(p.b_steps, p.k, p.n)) return "the rows of an operand overlap";
  return float_or_bf16(p, context);
}

const char* dot_products_why_not(const GemmProblem& p, const Context& context) {
  if (p.a_steps.column != 1 || p.b_steps.row != 1) return "an operand is not summed along memory";
  return float_or_bf16(p, context);
}

}  // namespace

extern const KernelVariant<Gemm> gemm_reference =
    stored_reference_row<Gemm>([]<class T>(T, const GemmProblem& p, const Gemm::Args& args) {
      for (std::int64_t batch = 0; batch < p.batch(); ++batch) {
        const T* a = args.a.data<T>() + p.offset(p.a_steps, batch);
        const T* b = args.b.data<T>() + p.offset(p.b_steps, batch);
        for (std::int64_t i = 0; i < p.m; ++i) {
          for (std::int64_t j = 0; j < p.n; ++j) {
            double sum = 0;
            for (std::int64_t l = 0; l < p.k; ++l) {
              sum += static_cast<double>(widen(a[i * p.a_steps.row + l * p.a_steps.column])) *
                     static_cast<double>(widen(b[l * p.b_steps.row + j * p.b_steps.column]));
            }
            sum *= p.options.alpha;
            if (p.has_bias) sum += widen(args.bias.data<T>()[j]);
            if (p.options.activation)
              sum = exact_value(*p.options.activation, p.options.activation_alpha, sum);
            if (p.has_residual) {
              sum += widen(
                  args.residual.data<T>()[p.offset(p.residual_steps, batch) + i * p.residual_steps.row + j]);
            }
            store<T>(args.c, p.offset(p.c_steps, batch) + i * p.c_steps.row + j, sum);
          }
        }
      }
    });

extern const KernelVariant<Gemm> gemm_onednn = {.name = "onednn",
                                                .why_not = onednn_why_not,
                                                .workspace = scratch_of_call,
                                                .run = run<multiply_by_onednn>};
extern const KernelVariant<Gemm> gemm_outer_products = {.name = "outer_products",
                                                        .why_not = float_or_bf16,
                                                        .workspace = scratch_of_call,
                                                        .run = run<multiply_by_outer_products>};
extern const KernelVariant<Gemm> gemm_dot_products = {.name = "dot_products",
                                                      .why_not = dot_products_why_not,
                                                      .workspace = scratch_of_call,
                                                      .run = run<multiply_by_dot_products>};

}  // namespace sonograd::kernels::cpu
