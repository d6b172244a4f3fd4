// [threads]
#include "kernels/core/fastest.h"

#include <gtest/gtest.h>
#include <thread>

#include "kernels/core/select.h"

namespace sonograd::kernels {
namespace {

// An op that records the variants that ran. Its table gets slower from row to row, so its order is the wrong choice. It
// has the name of a real op, because pins are checked against the real tables.
struct Fake {
  static constexpr std::string_view name = "copy";
  struct Problem {
    int size = 0;
    double flops() const { return size; }
    double bytes() const { return 4.0 * size; }
    std::string summary() const { return concat("size ", size); }
  };
  struct Args {
    std::vector<std::string_view>& runs;
  };
};

template <int kMilliseconds>
void run_for(const Fake::Args& args, std::string_view name) {
  args.runs.push_back(name);
  std::this_thread::sleep_for(std::chrono::milliseconds(kMilliseconds));
}

constexpr KernelVariant<Fake> kFormula = {
    .name = kReference, .run = [](const auto&, const Fake::Args& args, const Context&, Workspace) {
      run_for<0>(args, kReference);
    }};
constexpr KernelVariant<Fake> kQuick = {
    .name = "quick",
    .run = [](const auto&, const Fake::Args& args, const Context&, Workspace) { run_for<1>(args, "quick"); }};
constexpr KernelVariant<Fake> kSlow = {
    .name = "slow",
    .run = [](const auto&, const Fake::Args& args, const Context&, Workspace) { run_for<15>(args, "slow"); }};
constexpr KernelVariant<Fake> kVendor = {
    .name = "vendor",
    .why_not = [](const Fake::Problem& p, const Context&) { return p.size < 100 ? "too small" : nullptr; },
    .run = [](const auto&, const Fake::Args& args, const Context&, Workspace) { run_for<0>(args, "vendor"); },
    .choice = Choice::by_measure};
constexpr KernelVariant<Fake> kUnsteady = {.name = "unsteady",
                                           .run = [](const auto&, const Fake::Args& args, const Context&,
                                                     Workspace) { run_for<0>(args, "unsteady"); },
                                           .choice = Choice::by_name};
// Finds out late that it has nothing for a problem, as cuDNN does.
constexpr KernelVariant<Fake> kHesitant = {
    .name = "hesitant",
    .why_not = [](const Fake::Problem& p, const Context&) { return p.size < 1000 ? "too small" : nullptr; },
    .workspace = [](const Fake::Problem&) -> std::size_t { throw DeviceError("no algorithm"); },
    .run = [](const auto&, const Fake::Args& args, const Context&,
              Workspace) { run_for<0>(args, "hesitant"); },
    .choice = Choice::by_measure};
// The empty places are those of devices that are not part of the build.
constexpr const KernelVariant<Fake>* kTable[] = {&kFormula, nullptr, &kQuick,    &kSlow,     nullptr,
                                                 &kVendor,  nullptr, &kHesitant, &kUnsteady, nullptr};

// The variants that run `calls` calls, one per call.
std::vector<std::string_view> runs(int size, int calls) {
  std::vector<std::string_view> result;
  for (int i = 0; i < calls; ++i) run<Fake>(kTable, {size}, {result});
  return result;
}

class Fastest : public testing::Test {
 protected:
  void TearDown() override { choose_in_order(); }
};

TEST_F(Fastest, OffTheLastRegularRowRuns) {
  EXPECT_EQ(runs(200, 3), (std::vector<std::string_view>{"slow", "slow", "slow"}));
  EXPECT_TRUE(fastest_choices().empty());
}

TEST(Table, EmptyPlacesAreNoRows) {
  const TableInfo info = describe<Fake>(kTable);
  const Explanation explanation = explain<Fake>(kTable, {200}, {});
  const std::vector<std::string_view> rows = {kReference, "quick", "slow", "vendor", "hesitant", "unsteady"};
  ASSERT_EQ(info.rows.size(), rows.size());
  ASSERT_EQ(explanation.rows.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(info.rows[i].name, rows[i]);
    EXPECT_EQ(explanation.rows[i].name, rows[i]);
  }
  EXPECT_EQ(explanation.chosen, "slow");
  EXPECT_EQ(&select<Fake>(kTable, {200}, {}), &kSlow);
}

TEST_F(Fastest, CandidatesTakeTurnsAndTheFastestGetsTheRest) {
  choose_fastest();
  const auto measured = runs(10, 8);
  EXPECT_EQ(std::ranges::count(measured, "quick"), 4);
  EXPECT_EQ(std::ranges::count(measured, "slow"), 4);
  EXPECT_EQ(runs(10, 2), (std::vector<std::string_view>{"quick", "quick"}));
  ASSERT_EQ(fastest_choices().size(), 1u);
  EXPECT_EQ(fastest_choices()[0].variant, "quick");
  EXPECT_NE(fastest_choices()[0].timing_run.find("copy size 10 cpu strict"), std::string::npos);
}

TEST_F(Fastest, APinnedVariantRunsAllTheSame) {
  choose_fastest();
  runs(10, 8);
  const PinScope pin("copy", kReference);
  EXPECT_EQ(runs(10, 1).front(), kReference);
  EXPECT_EQ(runs(11, 1).front(), kReference) << "nothing is measured either";
  EXPECT_EQ(fastest_choices().size(), 1u);
}

TEST_F(Fastest, EachProblemHasItsOwnTimingRunAndVendorRowsTakePart) {
  choose_fastest();
  runs(10, 8);
  const auto measured = runs(200, 12);
  EXPECT_EQ(std::ranges::count(measured, "vendor"), 4);
  EXPECT_EQ(std::ranges::count(measured, "unsteady"), 0);
  EXPECT_EQ(std::ranges::count(measured, kReference), 0);
  EXPECT_EQ(runs(200, 1).front(), "vendor");
  EXPECT_EQ(runs(10, 1).front(), "quick");
}

TEST_F(Fastest, ACandidateThatCannotAfterAllIsAskedOnce) {
  choose_fastest();
  const auto measured = runs(2000, 20);
  EXPECT_EQ(std::ranges::count(measured, "hesitant"), 0);
  EXPECT_EQ(std::ranges::count(measured, "quick"), 4);
  EXPECT_EQ(measured.size(), 20u) << "every call was served";
  EXPECT_EQ(runs(2000, 1).front(), "vendor");
}

// An op whose one row calls the other op and whose other row takes 3 ms by itself.
struct Whole {
  static constexpr std::string_view name = "pool";
  using Problem = Fake::Problem;
  using Args = Fake::Args;
};
constexpr KernelVariant<Whole> kParts = {
    .name = "parts", .run = [](const Fake::Problem& p, const Fake::Args& args, const Context&, Workspace) {
      run<Fake>(kTable, p, args);
    }};
constexpr KernelVariant<Whole> kFused = {
    .name = "fused",
    .run = [](const auto&, const Fake::Args& args, const Context&, Workspace) { run_for<5>(args, "fused"); }};
constexpr const KernelVariant<Whole>* kWholeTable[] = {&kParts, &kFused};

TEST_F(Fastest, ATimingRunWaitsForTheOnesInside) {
  choose_fastest();
  std::vector<std::string_view> calls;
  for (int i = 0; i < 20; ++i) run<Whole>(kWholeTable, {10}, {calls});
  ASSERT_EQ(fastest_choices().size(), 2u);
  EXPECT_EQ(fastest_choices()[0].variant, "quick");
  EXPECT_EQ(fastest_choices()[1].variant, "parts") << "with the fastest row inside it takes 1 ms";
  EXPECT_EQ(std::ranges::count(calls, "slow"), 4) << "those calls did not count";
}

TEST_F(Fastest, KnownChoicesAreNotMeasuredAgain) {
  choose_fastest();
  runs(10, 8);
  std::vector<FastestChoice> known = fastest_choices();
  known[0].variant = "slow";
  choose_in_order();
  choose_fastest(known);
  EXPECT_EQ(runs(10, 2), (std::vector<std::string_view>{"slow", "slow"}));
  EXPECT_EQ(fastest_choices(), known);
}

TEST_F(Fastest, AKnownChoiceThatIsNoCandidateIsMeasuredAgain) {
  choose_fastest();
  runs(10, 8);
  std::vector<FastestChoice> known = fastest_choices();
  known[0].variant = "gone";
  choose_in_order();
  choose_fastest(known);
  runs(10, 8);
  EXPECT_EQ(fastest_choices()[0].variant, "quick");
}

// Another thread may forget the choices, and begin new ones, while a call is timed.
TEST_F(Fastest, ACallThatBeganBeforeChoicesWereForgottenDoesNotCount) {
  choose_fastest();
  const Fake::Problem problem{10};
  const CallKey key(Fake::name, problem, {}, 1);
  const std::vector<std::string_view> candidates = {"quick", "slow"};
  FastestTurn timed("copy size 10", key, candidates, Device{}),
      refused("copy size 10", key, candidates, Device{});
  choose_in_order();
  choose_fastest();
  timed.finish();
  refused.refuse();
  EXPECT_TRUE(fastest_choices().empty());
  EXPECT_EQ(runs(10, 9).back(), "quick");
}

}  // namespace
}  // namespace sonograd::kernels
