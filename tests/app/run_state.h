// What tests that disturb runs want to know about the files that are left.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace sonograd::test {

/// What is wrong with a run folder, however far the run has come; empty: nothing. A run folder that exists has its
/// settings, and each file that exists is whole.
std::string damage_of_run(const std::filesystem::path& run);

/// The first file in which two finished runs differ, clocks left aside; empty: there is none.
std::string difference_of_runs(const std::filesystem::path& a, const std::filesystem::path& b);

/// Complete epochs in last.ckpt; 0: there is none.
std::int64_t epochs_in(const std::filesystem::path& run);

/// Every file below a folder with its bytes.
std::map<std::string, std::string> contents(const std::filesystem::path& folder);

/// How many temporaries of unfinished writes lie below a folder.
int temporaries(const std::filesystem::path& folder);

}  // namespace sonograd::test
