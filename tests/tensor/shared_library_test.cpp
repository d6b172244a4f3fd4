#include "tensor/support/shared_library.h"

#include <cmath>
#include <gmock/gmock.h>

namespace sonograd {
namespace {

using testing::HasSubstr;

TEST(SharedLibrary, FindsFunctions) {
  SharedLibrary library("libm.so.6");
  const auto cosine = library.find<double(double)>("cos");
  ASSERT_EQ(library.why_not(), nullptr);
  EXPECT_EQ(cosine(0.0), 1.0);
}

TEST(SharedLibrary, NamesAMissingFile) {
  SharedLibrary library("libnothing.so.7");
  EXPECT_EQ(library.find<void()>("anything"), nullptr);
  EXPECT_THAT(library.why_not(),
              HasSubstr("cannot open libnothing.so.7: install it, or set LD_LIBRARY_PATH"));
}

TEST(SharedLibrary, NamesAMissingFunction) {
  SharedLibrary library("libm.so.6");
  EXPECT_EQ(library.find<void()>("no_such_function"), nullptr);
  EXPECT_STREQ(library.why_not(), "libm.so.6 has no no_such_function");
}

}  // namespace
}  // namespace sonograd
