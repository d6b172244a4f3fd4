// `sonograd doctor` on the real binary.
#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "kernels/core/variant.h"
#include "tests/app/run_sonograd.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

using nlohmann::json;
using test::run_sonograd;

TEST(Doctor, JsonHasEveryOpEveryDeviceAndACureForEveryProblem) {
  const auto result = run_sonograd({"doctor", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json report = json::parse(result.out);
  EXPECT_EQ(report["usable"], true);

  std::set<std::string> expected, seen;
  for (const auto& folder : kernels::all_tables()) {
    for (const kernels::TableInfo& table : folder) expected.insert(std::string(table.op));
  }
  for (const json& op : report["ops"]) {
    seen.insert(op["op"]);
    EXPECT_TRUE(op["runs"].is_string()) << op;
    EXPECT_FALSE(op["runs"].get<std::string>().empty()) << op;
    EXPECT_FALSE(op["variants"].empty());
  }
  EXPECT_EQ(seen, expected);

  std::map<std::string, json> devices;
  for (const json& device : report["devices"]) devices[device["name"]] = device;
  EXPECT_EQ(devices.at("cpu")["available"], true);
  for (const char* name : {"cuda:0", "emulated"}) {
    EXPECT_NE(devices.at(name)["available"], devices.at(name)["reason"].is_string()) << devices.at(name);
  }

  for (const json& problem : report["problems"]) {
    EXPECT_FALSE(problem["problem"].get<std::string>().empty());
    EXPECT_FALSE(problem["cure"].get<std::string>().empty());
  }
  EXPECT_GT(report["cpu"]["peak_gflops"], 0);
  EXPECT_GT(report["cpu"]["copy_gbytes"], 0);
  EXPECT_GT(report["cpu"]["memory_bytes"], report["cpu"]["free_memory_bytes"]);
  EXPECT_EQ(report["caches"][0]["writable"], true);
}

TEST(Doctor, NamesAFolderForStandardInputThatCannotBeWritten) {
  const auto problems = [](const std::string& folder) {
    const auto result = run_sonograd({"doctor", "--json"}, [&] { setenv("TMPDIR", folder.c_str(), 1); });
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out)["problems"].dump();
  };
  const std::string file = test::write_file("no_folder", "x"), absent = test::temporary_path("absent");
  for (const std::string& folder : {file, absent}) {
    EXPECT_NE(problems(folder).find(folder + " is no folder that can be written"), std::string::npos);
    EXPECT_NE(problems(folder).find("set TMPDIR to a folder"), std::string::npos);
  }
  EXPECT_EQ(problems(test::temporary_folder("spool")).find("TMPDIR"), std::string::npos);
}

TEST(Doctor, WaitingFollowsTheLoadUnlessTheEnvironmentSetsIt) {
  const auto waiting = [](const char* variable, const char* value) {
    const auto result = run_sonograd({"doctor", "--json"}, [=] {
      unsetenv("GOMP_SPINCOUNT");
      unsetenv("OMP_WAIT_POLICY");
      if (variable != nullptr) setenv(variable, value, 1);
    });
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(result.out)["cpu"]["waiting"].get<std::string>();
  };
  EXPECT_EQ(waiting(nullptr, nullptr), "long on free cores, briefly beside other work");
  EXPECT_EQ(waiting("GOMP_SPINCOUNT", "77"), "GOMP_SPINCOUNT=77");
  EXPECT_EQ(waiting("OMP_WAIT_POLICY", "passive"), "OMP_WAIT_POLICY=passive");
}

TEST(Doctor, TextNamesWhatRunsAndWhatHelps) {
  const auto result = run_sonograd({"doctor"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* text :
       {"processor", "instruction set", "oneDNN", "libsndfile", "conv2d_forward", "onednn", "ready"}) {
    EXPECT_NE(result.out.find(text), std::string::npos) << text << " is missing in\n" << result.out;
  }
}

TEST(Doctor, RowsForPrograms) {
  const auto result = run_sonograd({"doctor", "--format", "tsv"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::istringstream in(result.out);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "what\tname\tvalue\tdetail");
  std::set<std::string> kinds;
  for (; std::getline(in, line); kinds.insert(line.substr(0, line.find('\t')))) {
    EXPECT_EQ(std::ranges::count(line, '\t'), 3) << line;
  }
  for (const char* kind : {"machine", "cache", "device", "library", "operation"})
    EXPECT_TRUE(kinds.contains(kind));
}

}  // namespace
}  // namespace sonograd
