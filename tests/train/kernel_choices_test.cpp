#include "train/run/kernel_choices.h"

#include <gtest/gtest.h>

#include "tensor/support/error.h"
#include "tests/support/files.h"

namespace sonograd::train {
namespace {

const std::vector<kernels::FastestChoice> kChoices = {{"gemm [2, 3] cpu", "onednn"},
                                                      {"softmax [4] cpu", "simd"}};

TEST(KernelChoices, ComeBackOnTheSameMachineOnly) {
  const auto file = test::temporary_path("choices/new/fastest.tsv");
  EXPECT_TRUE(read_kernel_choices(file, "this one").empty()) << "no file yet";
  write_kernel_choices(file, "this one", kChoices);
  EXPECT_EQ(read_kernel_choices(file, "this one"), kChoices);
  EXPECT_TRUE(read_kernel_choices(file, "another").empty());
}

TEST(KernelChoices, RefusesADamagedFile) {
  const auto file = test::temporary_path("damaged.tsv");
  write_kernel_choices(file, "m", kChoices);
  const std::string whole = test::read_file(file);
  for (const std::string& text :
       {std::string(), whole.substr(0, whole.size() / 2), "x" + whole, whole + "no tab\n",
        whole + "a\tb\tc\n", whole + "\tb\n", whole + "\xff\tb\n"}) {
    test::write_file(file, text);
    EXPECT_THROW(read_kernel_choices(file, "m"), FormatError) << text;
  }
}

}  // namespace
}  // namespace sonograd::train
