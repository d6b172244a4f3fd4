// A page about kernels that no network's page links is found by chance only.
#include <filesystem>
#include <gtest/gtest.h>

#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

TEST(KernelPages, EachIsLinkedFromTheNetworksThatNeedIt) {
  const fs::path pages = SONOGRAD_SOURCE_DIR "/docs";
  std::string networks;
  for (const auto& entry : fs::directory_iterator(pages / "architectures")) {
    if (entry.path().extension() == ".md") networks += test::read_file(entry.path());
  }
  int count = 0;
  for (const auto& entry : fs::directory_iterator(pages / "kernels")) {
    const std::string name = entry.path().filename().string();
    EXPECT_NE(networks.find(concat("(../kernels/", name, ')')), std::string::npos) << name;
    ++count;
  }
  EXPECT_GT(count, 3);
}

}  // namespace
}  // namespace sonograd::docs
