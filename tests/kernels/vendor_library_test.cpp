#include <cmath>
#include <gmock/gmock.h>

#include "kernels/vendor/library.h"

namespace sonograd::kernels::vendor {
namespace {

using testing::HasSubstr;

TEST(VendorLibrary, FindsFunctions) {
  Library library("libm.so.6");
  const auto cosine = library.find<double(double)>("cos");
  ASSERT_EQ(library.why_not(), nullptr);
  EXPECT_EQ(cosine(0.0), 1.0);
}

TEST(VendorLibrary, NamesAMissingFile) {
  Library library("libnothing.so.7");
  EXPECT_EQ(library.find<void()>("anything"), nullptr);
  EXPECT_THAT(library.why_not(), HasSubstr("cannot open libnothing.so.7: set LD_LIBRARY_PATH"));
}

TEST(VendorLibrary, NamesAMissingFunction) {
  Library library("libm.so.6");
  EXPECT_EQ(library.find<void()>("no_such_function"), nullptr);
  EXPECT_STREQ(library.why_not(), "libm.so.6 has no no_such_function");
}

}  // namespace
}  // namespace sonograd::kernels::vendor
