// State of the files after an interrupted run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace sonograd::test {

/// Damage of a run folder at any point of the run; empty: none. A run folder that exists has its settings, and each
/// file that exists is complete.
std::string damage_of_run(const std::filesystem::path& run);

/// The first file in which two finished runs differ apart from times; empty: there is none.
std::string difference_of_runs(const std::filesystem::path& a, const std::filesystem::path& b);

/// Complete epochs in last.ckpt; 0: there is none.
std::int64_t epochs_in(const std::filesystem::path& run);

/// Every file below a folder with its bytes, but for the lock that a killed owner leaves in it.
std::map<std::string, std::string> contents(const std::filesystem::path& folder);

/// Number of temporaries of unfinished writes below a folder.
int temporaries(const std::filesystem::path& folder);

}  // namespace sonograd::test
