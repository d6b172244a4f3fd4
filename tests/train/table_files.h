// Data-set folders for tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "tests/support/files.h"
#include "train/data/labels_table.h"

namespace sonograd::train {

/// An empty folder that belongs to the running test.
inline std::filesystem::path test_folder(const std::string& name = "data") {
  const auto* const running = testing::UnitTest::GetInstance()->current_test_info();
  return test::temporary_folder(std::string(running->test_suite_name()) + "-" + running->name() + "/" + name);
}

inline std::filesystem::path write_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

inline LabelsTable table_of(std::string_view text) {
  return {"/data", TsvTable("labels.tsv", text)};
}

/// Message of the `Exception` that `call` throws; "" when it throws nothing.
template <class Exception, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace sonograd::train
