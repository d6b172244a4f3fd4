// `sonograd bench` on the real binary.
#include <cstdio>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "kernels/core/variant.h"
#include "tests/app/run_sonograd.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;

const fs::path kTimings = fs::path(SONOGRAD_SOURCE_DIR) / "tests/app/timings";

json row_named(const json& rows, const std::string& name) {
  for (const json& row : rows) {
    if (row.at("name") == name) return row;
  }
  ADD_FAILURE() << "no row " << name << " in " << rows;
  return json::object();
}

TEST(BenchCompare, ChangesWithinTheNoiseAreNoRegression) {
  const auto result =
      run_sonograd({"bench", "compare", kTimings / "before.json", kTimings / "within_noise.json", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const json comparison = json::parse(result.out);
  EXPECT_EQ(comparison["regressions"], 0);

  const json gemm = row_named(comparison["rows"], "gemm/square/onednn");
  EXPECT_DOUBLE_EQ(gemm["before_seconds"], 101e-6);
  EXPECT_DOUBLE_EQ(gemm["after_seconds"], 102e-6);
  EXPECT_DOUBLE_EQ(gemm["noise"], 0.03) << "the least noise: the repetitions differ by 2 %";
  EXPECT_EQ(gemm["verdict"], "same");
  const json softmax = row_named(comparison["rows"], "softmax/attention/simd");
  EXPECT_NEAR(softmax["change"], 1.0 / 11, 1e-12);
  EXPECT_NEAR(softmax["noise"], 2.0 / 11, 1e-12);
  EXPECT_EQ(softmax["verdict"], "same") << "9 % slower, but repetitions differ by 18 %";
  EXPECT_EQ(row_named(comparison["rows"], "copy/dense/simd")["verdict"], "faster");

  EXPECT_EQ(comparison["only_before"], json({"pool/old/simd"}));
  EXPECT_EQ(comparison["only_after"], json({"pool/new/simd"}));
}

TEST(BenchCompare, ARegressionIsExitCodeSeven) {
  const auto result = run_sonograd({"bench", "compare", kTimings / "before.json", kTimings / "slower.json"});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_NE(result.out.find("slower"), std::string::npos) << result.out;
  EXPECT_NE(result.err.find("only in " + (kTimings / "before.json").string() + ": pool/old/simd"),
            std::string::npos);
  EXPECT_NE(result.err.find("threads: 2, 4"), std::string::npos) << result.err;
  EXPECT_EQ(run_sonograd(
                {"bench", "compare", kTimings / "before.json", kTimings / "slower.json", "--noise", "0.25"})
                .exit_code,
            0);
}

TEST(BenchCompare, AFileThatIsNoTimingsIsNamed) {
  const fs::path good = kTimings / "before.json";
  const fs::path cut = test::write_file("cut.json", test::read_file(good).substr(0, 300));
  const fs::path other = test::write_file("other.json", R"({"context": {}, "benchmarks": [{"name": 3}]})");
  const fs::path run = test::write_file("run.json", R"({"sessions": []})");
  for (const fs::path& bad : {cut, other, run, test::temporary_path("missing.json")}) {
    const auto result = run_sonograd({"bench", "compare", good, bad});
    EXPECT_EQ(result.exit_code, 4) << bad;
    EXPECT_NE(result.err.find(bad.string()), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find("json.exception"), std::string::npos) << result.err;
  }
}

TEST(BenchCompare, ReadsStdinAndPointsOutAnotherDevice) {
  json document = json::parse(test::read_file(kTimings / "before.json"));
  document["context"]["device"] = "cuda:0";
  const fs::path there = test::write_file("there.json", document.dump());
  const auto result = run_sonograd({"bench", "compare", kTimings / "before.json", "-"}, [&] {
    if (std::freopen(there.c_str(), "r", stdin) == nullptr) _exit(97);
  });
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("device: ?, cuda:0"), std::string::npos) << result.err;
}

TEST(BenchCompare, FilesWithoutACommonRowAreAnError) {
  json document = json::parse(test::read_file(kTimings / "before.json"));
  for (json& row : document["benchmarks"]) row["name"] = "other/" + row["name"].get<std::string>();
  const fs::path other = test::write_file("other-rows.json", document.dump());
  const auto result = run_sonograd({"bench", "compare", kTimings / "before.json", other});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_NE(result.err.find("no row is in both"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("other/gemm/square/onednn"), std::string::npos) << result.err;
}

TEST(BenchCompare, WarnsOfLoad) {
  json document = json::parse(test::read_file(kTimings / "before.json"));
  document["context"]["num_cpus"] = 4;
  document["context"]["load_avg"] = {1.5, 9.0, 9.0};
  const fs::path quiet = test::write_file("quiet.json", document.dump());
  document["context"]["load_avg"] = {2.5, 0.0, 0.0};
  const fs::path busy = test::write_file("busy.json", document.dump());
  const auto result = run_sonograd({"bench", "compare", quiet, busy, "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find(busy.string() + ": a load of 2.5 on 4 cores"), std::string::npos) << result.err;
  EXPECT_EQ(json::parse(result.out)["busy"].size(), 1u);
}

std::vector<std::string> quick(std::vector<std::string> arguments) {
  for (const char* word : {"--min-time", "0.001", "--repetitions", "2", "-q"}) arguments.push_back(word);
  return arguments;
}

bool has_google_benchmark() {
  static const bool has = run_sonograd({"bench", "kernels", "gemm", "--list", "-q"}).exit_code == 0;
  return has;
}

TEST(BenchKernels, WritesGoogleBenchmarksJsonWithOurCounters) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const fs::path file = test::temporary_path("gemm.json");
  const auto result =
      run_sonograd(quick({"bench", "kernels", "gemm", "--filter", "dense1/onednn", "--out", file}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("gemm/short-chunk dense1/onednn"), std::string::npos) << result.out;

  const json document = json::parse(test::read_file(file));
  for (const char* key : {"cpu", "threads", "peak_gflops", "copy_gbytes", "compiler", "commit", "onednn"}) {
    EXPECT_TRUE(document.at("context").contains(key)) << key;
  }
  int repetitions = 0;
  for (const json& row : document.at("benchmarks")) {
    if (row.at("run_type") != "iteration") continue;
    EXPECT_EQ(row.at("name"), "gemm/short-chunk dense1/onednn");
    EXPECT_GT(row.at("gflops"), 0);
    EXPECT_GT(row.at("gbytes"), 0);
    EXPECT_GT(row.at("peak_share"), 0);
    EXPECT_NEAR(row.at("gflops").get<double>() * row.at("real_time").get<double>(), 2 * 16 * 512 * 512 * 1e-3,
                1)
        << "operations of the problem, in thousands";
    ++repetitions;
  }
  EXPECT_EQ(repetitions, 2);
  EXPECT_EQ(run_sonograd({"bench", "compare", file, file}).exit_code, 0);
}

TEST(BenchKernels, TimesOnADevice) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const auto result = run_sonograd(
      quick({"bench", "kernels", "gemm", "--device", "emulated", "--filter", "dense1/tiled", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json document = json::parse(result.out);
  EXPECT_EQ(document.at("context").at("device"), "emulated");
  EXPECT_GT(document.at("benchmarks").at(0).at("gflops"), 0);
  EXPECT_FALSE(document.at("benchmarks").at(0).contains("peak_share")) << "those are of the CPU";
}

TEST(BenchKernels, EveryOpHasRows) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const auto result = run_sonograd({"bench", "kernels", "--list", "-q"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const auto& folder : kernels::all_tables()) {
    for (const kernels::TableInfo& table : folder) {
      EXPECT_NE(("\n" + result.out).find(concat('\n', table.op, '/')), std::string::npos) << table.op;
    }
  }
}

TEST(BenchKernels, ListsInEveryFormat) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const auto list = [](const std::vector<std::string>& format) {
    std::vector<std::string> arguments = {"bench",         "kernels", "gemm", "--filter",
                                          "dense1/onednn", "--list",  "-q"};
    arguments.insert(arguments.end(), format.begin(), format.end());
    return run_sonograd(arguments).out;
  };
  EXPECT_EQ(list({}), "gemm/short-chunk dense1/onednn\n");
  EXPECT_EQ(list({"--format", "tsv"}), "row\ngemm/short-chunk dense1/onednn\n");
  EXPECT_EQ(json::parse(list({"--json"})), json({{"rows", {"gemm/short-chunk dense1/onednn"}}}));
}

TEST(BenchKernels, WritesTheDocumentToStdout) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const auto result =
      run_sonograd(quick({"bench", "kernels", "gemm", "--filter", "dense1/onednn", "--out", "-"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("benchmarks").at(0).at("name"), "gemm/short-chunk dense1/onednn");
}

TEST(BenchKernels, HasNothingToChoose) {
  const auto result = run_sonograd({"bench", "kernels", "gemm", "--list", "--kernels", "fastest"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("--kernels fastest: bench kernels times every variant"), std::string::npos)
      << result.err;
}

TEST(BenchKernels, WrongNamesAndFiltersAreUsageErrors) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const auto unknown = run_sonograd({"bench", "kernels", "frobnicate"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("conv2d_forward"), std::string::npos) << "the ops are listed";
  const auto near = run_sonograd({"bench", "kernels", "gem"});
  EXPECT_EQ(near.exit_code, 2);
  EXPECT_NE(near.err.find("did you mean gemm?"), std::string::npos) << near.err;
  EXPECT_EQ(run_sonograd({"bench", "kernels", "gemm", "--filter", "("}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"bench", "kernels", "gemm", "--filter", "no such row"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"bench", "models", "fcn:1"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"bench", "models", "resnet"}).exit_code, 2);
}

TEST(BenchModels, TimesIndependentExamplesBesideTheBatch) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const auto result = run_sonograd(quick({"bench", "models", "fcn:2", "--filter", "/tag/", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json row = json::parse(result.out).at("benchmarks").at(0);
  EXPECT_EQ(row.at("name"), "fcn/tag/2");
  EXPECT_GT(row.at("batched_seconds"), 0);
  EXPECT_GT(row.at("batched_speed_share"), 0);
}

TEST(BenchModels, SaysWhereTheTimeOfANetworkGoes) {
  if (!has_google_benchmark()) GTEST_SKIP() << "built without Google Benchmark";
  const auto result =
      run_sonograd(quick({"bench", "models", "short_chunk_cnn:2", "--filter", "train", "--json"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json row = json::parse(result.out).at("benchmarks").at(0);
  EXPECT_EQ(row.at("name"), "short_chunk_cnn/train/2");
  double shares = 0;
  for (const char* phase : {"load", "front_end", "forward", "backward", "optimizer"}) {
    const double share = row.at(std::string(phase) + "_share");
    EXPECT_GT(share, 0) << phase;
    shares += share;
  }
  EXPECT_NEAR(shares, 1, 1e-6);
  EXPECT_GT(row.at("wide_conv_peak_share"), 0);
  EXPECT_NEAR(row.at("clips_per_second").get<double>() * row.at("real_time").get<double>() * 1e-3, 2, 1e-3);
}

}  // namespace
}  // namespace sonograd
