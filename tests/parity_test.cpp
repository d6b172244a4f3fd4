// Every variant of every op on every device that is present, on every case, against the op's first row
// (`reference`; `composed` of fused ops) in double precision: values, accumulation into an output, nothing
// written outside it, and two equal runs equal bit for bit, in every storage type that the op has. On the
// emulated device the two runs differ in everything that CUDA leaves undefined, and in the number of host threads.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <optional>

#include "kernels/core/select.h"
#include "kernels/core/stored.h"
#include "tensor/device/emulated.h"
#include "tests/support/cases.h"

namespace sonograd {
namespace {

using cases::Case;
using kernels::Precision;
using kernels::TableInfo;

constexpr std::int64_t kGuard = 64;
constexpr float kGuardValue = 12345.678f;

// Limits of the cases of a row in one storage type, the cheapest cases first: large ones run the same code as small ones.
// SONOGRAD_PARITY_FLOPS replaces them: lower for runs under tools that are slow, 1e12 for every case.
struct Limits {
  double flops;  // of a case
  double work;   // of all together, by `work_of`
};

Limits limits_of(DeviceKind target) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  if (const char* given = std::getenv("SONOGRAD_PARITY_FLOPS")) return {std::atof(given), kNone};
  if (target == DeviceKind::cuda) return {kNone, kNone};
#if defined(__SANITIZE_ADDRESS__)
  // Everything is ten times slower; a row stays below about 2 s.
  return {kNone, target == DeviceKind::emulated ? 1e7 : 5e7};
#else
  return {kNone, 5e8};
#endif
}

// Operations of `reference`, and those that an element takes which is drawn, copied, stored and compared.
double work_of(const Case& c) {
  constexpr double kPerElement = 50;
  std::int64_t elements = 0;
  for (const cases::Input& input : c.inputs) elements += input.shape.numel();
  for (const Shape& output : c.outputs) elements += output.numel();
  return c.flops + kPerElement * static_cast<double>(elements);
}

// A variant, and how it shall run.
struct Setting {
  std::string_view op, variant;
  DType dtype = DType::f32;    // of the operands
  DType storage = DType::f32;  // under test: the inputs have values of it
  Write mode = Write::kSet;
  Device device = {};
  Precision precision = Precision::strict;
  EmulatorSettings emulator = {};
};

// Calls `f` with a value of the type of a real output.
template <class F>
decltype(auto) visit_output(DType dtype, const F& f) {
  if (dtype == DType::bf16) return f(bf16());
  return visit_real(dtype, "test", f);
}

// An output with guard elements on both sides. An output that is added to starts with known, non-zero values, exact in every
// type.
class Guarded {
 public:
  Guarded(const Shape& shape, DType dtype, const Setting& setting)
      : host_(Tensor::full({shape.numel() + 2 * kGuard}, kGuardValue, dtype)), shape_(shape) {
    visit_output(dtype, [&](auto tag) {
      using T = decltype(tag);
      for (std::int64_t i = 0; i < shape.numel(); ++i) values<T>()[i] = start_value<T>(i);
    });
    if (setting.device.kind == DeviceKind::emulated && setting.mode == Write::kSet) {
      poison({start(), view_of(host_).bytes()}, setting.emulator.seed);
    }
    memory_ = host_.to(setting.device);
  }
  View view() const { return view_of(memory_); }
  // Brings the results to the host.
  void fetch() { host_ = memory_.to(Device{}); }
  DType dtype() const { return host_.dtype(); }
  double value(std::int64_t i) const {
    return visit_output(dtype(),
                        [&](auto tag) -> double { return kernels::widen(values<decltype(tag)>()[i]); });
  }

  template <class T>
  T* values() const {
    return reinterpret_cast<T*>(start());
  }
  template <class T>
  static T start_value(std::int64_t i) {
    return static_cast<T>(static_cast<float>(i % 7) * 0.25f - 0.75f);
  }
  bool same_bits(const Guarded& other) const {
    return std::memcmp(start(), other.start(), view_of(host_).bytes()) == 0;
  }
  std::int64_t numel() const { return shape_.numel(); }
  bool intact() const {
    return visit_output(dtype(), [&](auto tag) {
      using T = decltype(tag);
      const T* all = host_.data<T>();
      const auto expected = kernels::widen(static_cast<T>(kGuardValue));
      for (std::int64_t i = 0; i < kGuard; ++i) {
        if (kernels::widen(all[i]) != expected || kernels::widen(all[host_.numel() - 1 - i]) != expected) {
          return false;
        }
      }
      return true;
    });
  }

 private:
  View view_of(const Tensor& memory) const {
    const View all = memory.view();
    return View(static_cast<std::byte*>(all.pointer) + kGuard * static_cast<int>(size_of(all.dtype)), shape_,
                all.dtype, all.device);
  }
  std::byte* start() const { return static_cast<std::byte*>(view_of(host_).pointer); }

  Tensor host_, memory_;
  Shape shape_;
};

// `inputs` of the case, on the host; each run has copies of its own.
std::vector<Guarded> run_case(const Case& c, const Setting& setting, std::span<const Tensor> inputs) {
  const EmulatorScope emulator(setting.emulator);
  const kernels::PrecisionScope precision(setting.precision);
  const kernels::PinScope pin(setting.op, setting.variant);
  std::vector<Tensor> copies;
  for (const Tensor& input : inputs) {
    copies.push_back(setting.device == Device{} ? input.clone() : input.to(setting.device));
  }
  const std::vector<View> views(copies.begin(), copies.end());
  std::vector<Guarded> outputs;
  std::vector<Out> outs;
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    const DType dtype = cases::dtype_of_stored(c.stored_output(i), setting.dtype);
    outs.push_back({outputs.emplace_back(c.outputs[i], dtype, setting).view(), setting.mode});
  }
  c.run(setting.dtype, views, outs);
  for (Guarded& output : outputs) output.fetch();
  return outputs;
}

// The answer of the variant to this case.
kernels::Explanation::Row answer_of(const Case& c, const Setting& setting, std::span<const Tensor> inputs) {
  const kernels::ExplainScope scope;
  run_case(c, setting, inputs);
  for (const kernels::Explanation& call : scope.calls()) {
    if (call.op != setting.op) continue;
    for (const auto& row : call.rows) {
      if (row.name == setting.variant && row.target == setting.device.kind) return row;
    }
  }
  throw ConfigError(concat("the case '", c.name, "' of ", setting.op, " does not call it"));
}

// Nothing when the variant does not support this case (`why_not`). A row that runs by name or in timing runs only, as those
// of other libraries do, may also refuse later.
std::optional<std::vector<Guarded>> try_case(const Case& c, const Setting& setting,
                                             std::span<const Tensor> inputs) {
  const kernels::Explanation::Row answer = answer_of(c, setting, inputs);
  if (!answer.reason.empty()) return std::nullopt;
  try {
    return run_case(c, setting, inputs);
  } catch (const DeviceError&) {
    if (answer.choice == kernels::Choice::in_order) throw;
    return std::nullopt;
  }
}

// The operands of products have 11 or 8 bits of mantissa; rounding errors of a sum grow like the sum itself.
double tolerance_of(const Case& c, Precision precision) {
  if (precision == Precision::strict) return c.tolerance;
  return std::max(c.tolerance, precision == Precision::tf32 ? 2e-3 : 1.5e-2);
}

// Largest change of a value by rounding to the nearest bf16 (8 bits of significand): half of the spacing there.
double half_spacing_of_bf16(double value) {
  return value == 0 ? 0 : std::ldexp(1.0, std::ilogb(value) - 8);
}

// A result in float32 may differ from the exact one by `tolerance` of the largest. A result in bf16 is that result, or its sum
// with the value that it is added to, after one rounding to nearest.
void expect_close(const Guarded& expected, const Guarded& actual, double tolerance, Write mode) {
  const double* reference = expected.values<double>();
  double scale = 1e-30, worst = 0;
  for (std::int64_t i = 0; i < expected.numel(); ++i) scale = std::max(scale, std::abs(reference[i]));
  const double allowed = tolerance * (mode == Write::kAdd ? scale + 1 : scale);
  for (std::int64_t i = 0; i < expected.numel(); ++i) {
    const double start = mode == Write::kAdd ? Guarded::start_value<double>(i) : 0;
    const double exact = reference[i] + start, got = actual.value(i);
    ASSERT_TRUE(std::isfinite(got)) << "element " << i;
    const double rounding =
        actual.dtype() == DType::bf16 ? half_spacing_of_bf16(std::abs(exact) + allowed) : 0;
    worst = std::max(worst, std::abs(got - exact) - rounding);
  }
  EXPECT_LE(worst, allowed) << "largest value " << scale;
  EXPECT_TRUE(actual.intact()) << "wrote outside its output";
}

std::string_view simplest_variant(std::string_view op) {
  for (const auto& folder : kernels::all_tables()) {
    for (const TableInfo& table : folder) {
      if (table.op == op) return table.rows.front().name;
    }
  }
  throw ConfigError(concat("no table for the cases of ", op));
}

// A row of a table.
struct Row {
  std::string op, variant;
  DeviceKind target;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.op << ' ' << row.variant << " on " << Device{row.target, 0};
}

// False when the variant does not support the case.
bool check_case(const Case& c, Setting setting, std::span<const Tensor> inputs) {
  SCOPED_TRACE(concat(c.name, ", ", name_of(setting.precision), ", stored in ", name_of(setting.storage)));
  std::vector<Guarded> expected;
  for (const Write mode : {Write::kSet, Write::kAdd}) {
    if (mode == Write::kAdd && !c.accumulates) continue;
    setting.mode = mode;
    setting.emulator = {.seed = 1};
    const auto first = try_case(c, setting, inputs);
    if (!first) return false;
    setting.emulator = {.seed = 2, .host_threads = 1};
    const auto second = run_case(c, setting, inputs);
    if (expected.empty()) {
      expected = run_case(c,
                          {.op = setting.op,
                           .variant = simplest_variant(setting.op),
                           .dtype = DType::f64,
                           .storage = setting.storage},
                          cases::make_inputs(c, DType::f64, setting.storage));
    }
    for (std::size_t i = 0; i < second.size(); ++i) {
      expect_close(expected[i], (*first)[i], tolerance_of(c, setting.precision), mode);
      EXPECT_TRUE((*first)[i].same_bits(second[i])) << "two equal runs differ";
    }
  }
  return true;
}

// In strict precision, or where the variant does not run in that, in those that allow less. How often it ran.
int check_precisions(const Case& c, Setting setting) {
  const std::vector<Tensor> inputs = cases::make_inputs(c, setting.dtype, setting.storage);
  if (check_case(c, setting, inputs)) return 1;
  int runs = 0;
  for (const Precision precision : {Precision::tf32, Precision::bf16}) {
    setting.precision = precision;
    runs += check_case(c, setting, inputs);
  }
  return runs;
}

// Number of runs of the row. The first case that it supports runs always; further cases run within the limits.
int check_cases(const std::vector<Case>& list, const Setting& setting) {
  std::vector<const Case*> by_work;
  for (const Case& c : list) by_work.push_back(&c);
  std::ranges::stable_sort(by_work, {}, [](const Case* c) { return work_of(*c); });
  const Limits limits = limits_of(setting.device.kind);
  double work = 0;
  int runs = 0;
  for (const Case* c : by_work) {
    const bool within = c->flops <= limits.flops && work + work_of(*c) <= limits.work;
    if (runs > 0 && !within) continue;
    const int more = check_precisions(*c, setting);
    if (more > 0) work += work_of(*c);
    runs += more;
  }
  return runs;
}

// Does the row run without being named? Rows of other libraries do not, and may lack a storage type of their op.
bool runs_in_order(const Case& c, const Setting& setting) {
  const std::vector<Tensor> inputs = cases::make_inputs(c, setting.dtype, setting.storage);
  return answer_of(c, setting, inputs).choice == kernels::Choice::in_order;
}

class Parity : public testing::TestWithParam<Row> {};

TEST_P(Parity, AllCases) {
  const auto& [op, variant, target] = GetParam();
  int cases_run = 0;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& table : folder) {
      if (table.op != op) continue;
      for (const DType storage : table.storage) {
        const Setting setting = {
            .op = op, .variant = variant, .dtype = storage, .storage = storage, .device = {target, 0}};
        const int runs = check_cases(table.list, setting);
        if (runs == 0 && runs_in_order(table.list.front(), setting))
          ADD_FAILURE() << "no case in " << name_of(storage) << " that the variant runs";
        cases_run += runs;
      }
    }
  }
  EXPECT_GT(cases_run, 0) << "no case that the variant runs";
  RecordProperty("cases", cases_run);
}

std::vector<Row> rows_of(DeviceKind target) {
  std::vector<Row> result;
  if (!why_unavailable(Device{target, 0}).empty()) return result;
  for (const auto& folder : kernels::all_tables()) {
    for (const TableInfo& table : folder) {
      for (const auto& row : table.rows) {
        if (row.target == target) result.push_back({std::string(table.op), std::string(row.name), target});
      }
    }
  }
  return result;
}

std::string name_of_row(const testing::TestParamInfo<Row>& test) {
  return test.param.op + "_" + test.param.variant;
}

INSTANTIATE_TEST_SUITE_P(Cpu, Parity, testing::ValuesIn(rows_of(DeviceKind::cpu)), name_of_row);
INSTANTIATE_TEST_SUITE_P(Emulated, Parity, testing::ValuesIn(rows_of(DeviceKind::emulated)), name_of_row);
INSTANTIATE_TEST_SUITE_P(Cuda, Parity, testing::ValuesIn(rows_of(DeviceKind::cuda)), name_of_row);

TEST(Cases, EveryTableHasCasesAndEveryCaseATable) {
  std::map<std::string, std::size_t> counts;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& table : folder) counts[table.op] = table.list.size();
  }
  for (const Row& row : rows_of(DeviceKind::cpu)) {
    EXPECT_GE(counts[row.op], 3u) << row.op << " has too few cases";
  }
  for (const auto& [op, count] : counts) EXPECT_NO_THROW(simplest_variant(op)) << op;
}

}  // namespace
}  // namespace sonograd
