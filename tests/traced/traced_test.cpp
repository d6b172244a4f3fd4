// The tracer against planted bugs, known costs, and every kernel of the library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/core/select.h"
#include "tensor/tensor.h"
#include "tests/simt/planted_bug.h"
#include "tests/support/cases.h"
#include "tests/traced/access_patterns.h"
#include "tests/traced/tracer.h"

namespace sonograd {
namespace {

using kernels::PlantedBug;
using kernels::WordBuffers;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using traced::LineCount;
using traced::Tracer;

constexpr Device kEmulated = {DeviceKind::emulated, 0};
constexpr std::uint64_t kSeeds = 4;

// Runs a kernel from words to words, and has the host read the result.
void run_on_words(std::size_t count, const std::function<void(const WordBuffers&)>& run) {
  std::vector<std::int32_t> input(count);
  for (std::size_t i = 0; i < count; ++i) input[i] = static_cast<std::int32_t>(kernels::some_word(i));
  const Shape shape{static_cast<std::int64_t>(count)};
  const Tensor in = Tensor::from(input, shape, kEmulated), out = Tensor::empty(shape, DType::i32, kEmulated);
  run({static_cast<const std::uint32_t*>(in.view().pointer),
       static_cast<std::uint32_t*>(out.view().pointer)});
  out.to(Device{});
}

std::vector<std::string> findings(const PlantedBug& bug, bool planted, std::uint64_t seed) {
  Tracer tracer(seed);
  run_on_words(bug.words, [&](const WordBuffers& words) { bug.run(words, planted); });
  return tracer.findings();
}

std::vector<PlantedBug> bugs() {
  std::vector<PlantedBug> list = kernels::emu::hidden_bugs();
  for (const PlantedBug& bug : kernels::emu::hidden_cluster_bugs()) list.push_back(bug);
  for (const PlantedBug& bug : kernels::emu::out_of_range_bugs()) list.push_back(bug);
  return list;
}

TEST(Tracer, FindsPlantedBugs) {
  for (const PlantedBug& bug : bugs()) {
    std::size_t found = 0;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) found += !findings(bug, true, seed).empty();
    EXPECT_GE(found, kSeeds / 2) << bug.name;
  }
}

TEST(Tracer, IsSilentAboutTheirCorrectTwins) {
  for (const PlantedBug& bug : bugs()) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      EXPECT_THAT(findings(bug, false, seed), IsEmpty()) << bug.name << ", seed " << seed;
    }
  }
  for (const auto& others : {kernels::emu::pipeline_bugs(), kernels::emu::cluster_bugs()}) {
    for (const PlantedBug& bug : others) EXPECT_THAT(findings(bug, false, 1), IsEmpty()) << bug.name;
  }
}

TEST(Tracer, NamesBothLinesOfARace) {
  EXPECT_THAT(
      findings(kernels::emu::hidden_bugs().front(), true, 1),
      Contains(testing::MatchesRegex("tests/simt/hidden_bugs.cu:[0-9]+: one thread reads, another writes, in "
                                     "no order; the other at tests/simt/hidden_bugs.cu:[0-9]+")));
}

TEST(Tracer, CountsSectorsAndBankCycles) {
  for (const kernels::AccessPattern& pattern : kernels::emu::access_patterns()) {
    Tracer tracer(1);
    run_on_words(1024, pattern.run);
    std::size_t sectors = 0, bank_cycles = 0;
    for (const LineCount& count : tracer.counts()) {
      EXPECT_THAT(count.line, HasSubstr("tests/traced/access_patterns.cu:")) << pattern.name;
      EXPECT_EQ(count.requests, 1) << pattern.name;
      if (count.writes) sectors += count.sectors, bank_cycles += count.bank_cycles;
    }
    EXPECT_EQ(sectors, pattern.sectors) << pattern.name;
    EXPECT_EQ(bank_cycles, pattern.bank_cycles) << pattern.name;
  }
}

struct Row {
  std::string op, variant;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.op << ' ' << row.variant;
}

std::vector<Row> emulated_rows() {
  std::vector<Row> rows;
  for (const auto& folder : kernels::all_tables()) {
    for (const kernels::TableInfo& table : folder) {
      for (const auto& row : table.rows) {
        if (row.target == kEmulated.kind) rows.push_back({std::string(table.op), std::string(row.name)});
      }
    }
  }
  return rows;
}

// Faults of the variant's kernels in a case; nothing when it does not support the case.
std::vector<std::string> findings(const Row& row, const cases::Case& c, DType storage, std::uint64_t seed) {
  Tracer tracer(seed);
  const kernels::PinScope pin(row.op, row.variant);
  std::vector<Tensor> tensors;
  for (const Tensor& input : cases::make_inputs(c, storage)) tensors.push_back(input.to(kEmulated));
  const std::vector<View> inputs(tensors.begin(), tensors.end());
  std::vector<Out> outputs;
  for (std::size_t i = 0; i < c.outputs.size(); ++i) {
    const DType dtype = cases::dtype_of_stored(c.stored_output(i), storage);
    outputs.push_back(set(tensors.emplace_back(Tensor::empty(c.outputs[i], dtype, kEmulated))));
  }
  c.run(storage, inputs, outputs);
  for (std::size_t i = inputs.size(); i < tensors.size(); ++i) tensors[i].to(Device{});
  return tracer.findings();
}

class TracedKernels : public testing::TestWithParam<Row> {};

// Runs the first few of the smallest cases that the row supports; returns their number.
std::size_t expect_clean(const Row& row, const cases::TableCases& table, DType storage) {
  constexpr double kMostFlops = 3e5;
  constexpr std::size_t kCases = 3;
  std::size_t run = 0;
  for (const cases::Case& c : table.list) {
    if (c.flops > kMostFlops || run == kCases) continue;
    for (const kernels::Precision precision : {kernels::Precision::strict, kernels::Precision::bf16}) {
      const kernels::PrecisionScope ambient(precision);
      try {
        EXPECT_THAT(findings(row, c, storage, run % kSeeds), IsEmpty()) << c.name << ' ' << name_of(storage);
        ++run;
        break;
      } catch (const DeviceError&) {  // the variant does not support the case
      }
    }
  }
  return run;
}

// The smallest cases: about 20 million accesses a second are traced.
TEST_P(TracedKernels, AreClean) {
  std::size_t run = 0;
  for (const auto& folder : cases::all_cases()) {
    for (const auto& table : folder) {
      if (table.op != GetParam().op) continue;
      for (const DType storage : table.storage) run += expect_clean(GetParam(), table, storage);
    }
  }
  EXPECT_GT(run, 0) << "no case is small enough";
}

INSTANTIATE_TEST_SUITE_P(Emulated, TracedKernels, testing::ValuesIn(emulated_rows()),
                         [](const auto& test) { return test.param.op + "_" + test.param.variant; });

}  // namespace
}  // namespace sonograd
