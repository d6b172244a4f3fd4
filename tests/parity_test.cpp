// Every variant of every op on every case against the op's first row (`reference`; `composed` of fused ops)
// in double precision: values, accumulation into an output, nothing written outside it, and two equal runs
// equal bit for bit.
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <map>

#include "kernels/core/select.h"
#include "tests/support/cases.h"

namespace sonograd {
namespace {

using cases::Case;
using kernels::TableInfo;

constexpr std::int64_t kGuard = 64;
constexpr float kGuardValue = 12345.678f;

// An output with guard elements on both sides and a known, non-zero start value.
struct Guarded {
  Tensor memory;
  View view;

  Guarded(const Shape& shape, DType dtype)
      : memory(Tensor::full({shape.numel() + 2 * kGuard}, kGuardValue, dtype)) {
    std::byte* start =
        static_cast<std::byte*>(memory.view().pointer) + kGuard * static_cast<int>(size_of(dtype));
    view = View(start, shape, dtype, Device{});
    visit_real(dtype, "test", [&](auto tag) {
      using T = decltype(tag);
      for (std::int64_t i = 0; i < shape.numel(); ++i) view.data<T>()[i] = start_value<T>(i);
    });
  }
  template <class T>
  static T start_value(std::int64_t i) {
    return static_cast<T>(static_cast<float>(i % 7) * 0.25f - 0.75f);
  }
  bool intact() const {
    return visit_real(memory.dtype(), "test", [&](auto tag) {
      using T = decltype(tag);
      for (std::int64_t i = 0; i < kGuard; ++i) {
        const T* all = memory.data<T>();
        if (all[i] != static_cast<T>(kGuardValue) ||
            all[memory.numel() - 1 - i] != static_cast<T>(kGuardValue)) {
          return false;
        }
      }
      return true;
    });
  }
};

std::vector<Guarded> run_case(const Case& c, std::string_view op, std::string_view variant, DType dtype,
                              Write mode) {
  const auto inputs = cases::make_inputs(c, dtype);
  const std::vector<View> views(inputs.begin(), inputs.end());
  std::vector<Guarded> outputs;
  std::vector<Out> outs;
  for (const Shape& shape : c.outputs) outs.push_back({outputs.emplace_back(shape, dtype).view, mode});
  const kernels::PinScope pin(op, variant);
  c.run(dtype, views, outs);
  return outputs;
}

// Does the variant have an objection (`why_not`) to this case?
bool objects(const Case& c, std::string_view op, std::string_view variant) {
  try {
    run_case(c, op, variant, DType::f32, Write::kSet);
    return false;
  } catch (const DeviceError&) {
    return true;
  }
}

void expect_close(const Guarded& expected, const Guarded& actual, double tolerance, Write mode) {
  const double* want = expected.view.data<double>();
  const float* got = actual.view.data<float>();
  double scale = 1e-30, worst = 0;
  for (std::int64_t i = 0; i < expected.view.numel(); ++i) {
    const double start = mode == Write::kAdd ? Guarded::start_value<double>(i) : 0;
    scale = std::max(scale, std::abs(want[i]));
    ASSERT_TRUE(std::isfinite(got[i])) << "element " << i;
    worst = std::max(worst, std::abs(static_cast<double>(got[i]) - want[i] - start));
  }
  EXPECT_LE(worst, tolerance * (mode == Write::kAdd ? scale + 1 : scale)) << "largest value " << scale;
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

class Parity : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(Parity, AllCases) {
  const auto& [op, variant] = GetParam();
  int cases_run = 0;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& table : folder) {
      if (table.op != op) continue;
      for (const Case& c : table.list) {
        SCOPED_TRACE(c.name);
        if (objects(c, op, variant)) continue;
        ++cases_run;
        const auto expected = run_case(c, op, simplest_variant(op), DType::f64, Write::kSet);
        for (const Write mode : {Write::kSet, Write::kAdd}) {
          if (mode == Write::kAdd && !c.accumulates) continue;
          const auto first = run_case(c, op, variant, DType::f32, mode);
          const auto second = run_case(c, op, variant, DType::f32, mode);
          for (std::size_t i = 0; i < first.size(); ++i) {
            expect_close(expected[i], first[i], c.tolerance, mode);
            EXPECT_EQ(std::memcmp(first[i].view.pointer, second[i].view.pointer, first[i].view.bytes()), 0)
                << "two equal runs differ";
          }
        }
      }
    }
  }
  EXPECT_GT(cases_run, 0) << "the variant objects to every case";
}

std::vector<std::pair<std::string, std::string>> all_variants() {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& folder : kernels::all_tables()) {
    for (const TableInfo& table : folder) {
      for (const auto& row : table.rows) result.emplace_back(table.op, row.name);
    }
  }
  return result;
}

INSTANTIATE_TEST_SUITE_P(Cpu, Parity, testing::ValuesIn(all_variants()),
                         [](const auto& test) { return test.param.first + "_" + test.param.second; });

TEST(Cases, EveryTableHasCasesAndEveryCaseATable) {
  std::map<std::string, std::size_t> counts;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& table : folder) counts[table.op] = table.list.size();
  }
  for (const auto& [op, variant] : all_variants()) {
    EXPECT_GE(counts[op], 3u) << op << " has too few cases";
  }
  for (const auto& [op, count] : counts) EXPECT_NO_THROW(simplest_variant(op)) << op;
}

}  // namespace
}  // namespace sonograd
