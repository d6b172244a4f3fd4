#include "tensor/io/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/support/files.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class AtomicFileTest : public testing::Test {
 protected:
  AtomicFileTest() : folder(test::temporary_folder("atomic_file")), target(folder / "model.bin") {}

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  fs::path folder;
  fs::path target;
};

// Files of this process cannot grow beyond so many bytes, as if the disk were full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &previous_);
    handler_ = signal(SIGXFSZ, SIG_IGN);
    const rlimit limit = {bytes, previous_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &previous_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit previous_{};
  sighandler_t handler_;
};

TEST_F(AtomicFileTest, CommitReplacesTheFile) {
  test::write_file(target, "earlier");
  AtomicFile file(target);
  file.write("first ");
  file.write("second");
  EXPECT_EQ(test::read_file(target), "earlier");
  file.commit();
  EXPECT_EQ(test::read_file(target), "first second");
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, WithoutCommitNothingHappens) {
  {
    AtomicFile file(target);
    file.write("half");
    EXPECT_EQ(files(), 1u) << "the temporary";
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(AtomicFileTest, FullDiskKeepsTheEarlierFile) {
  test::write_file(target, "earlier");
  {
    const FileSizeLimit limit(1000);
    AtomicFile file(target);
    EXPECT_THAT([&] { file.write(std::string(5000, 'x')); },
                ThrowsMessage<IoError>(AllOf(HasSubstr(target.string()), HasSubstr("File too large"))));
  }
  EXPECT_EQ(test::read_file(target), "earlier");
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, TwoWritersDoNotMix) {
  AtomicFile a(target), b(target);
  a.write("aaaa");
  b.write("bb");
  b.commit();
  EXPECT_EQ(test::read_file(target), "bb");
  a.commit();
  EXPECT_EQ(test::read_file(target), "aaaa");
}

TEST_F(AtomicFileTest, CleansUpAfterKilledProcesses) {
  const pid_t child = fork();
  if (child == 0) {
    AtomicFile file(target);
    file.write("half");
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(files(), 1u) << "what the child left";
  test::write_file(folder / ".other.bin.sonograd-1-0.tmp", "of another target");
  AtomicFile(target).commit();
  EXPECT_TRUE(fs::exists(target));
  EXPECT_EQ(files(), 2u) << "the target and the temporary of another one";
}

TEST_F(AtomicFileTest, KeepsTemporariesOfRunningWriters) {
  const AtomicFile running(target);
  AtomicFile(target).commit();
  EXPECT_EQ(files(), 2u) << "the target and the temporary of the other writer";
}

TEST_F(AtomicFileTest, CleansUpAfterAKilledProcessOfTheSameNumber) {
  for (int count = 0; count < 50; ++count) {
    test::write_file(folder / concat(".model.bin.sonograd-", getpid(), '-', count, ".tmp"), "half");
  }
  AtomicFile(target).commit();
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, SymbolicLinkStaysOne) {
  const fs::path link = folder / "link.bin";
  test::write_file(target, "earlier");
  fs::create_symlink("model.bin", link);
  AtomicFile file(link);
  file.write("new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(test::read_file(target), "new");
}

TEST_F(AtomicFileTest, RefusesWhatIsNotARegularFile) {
  EXPECT_THROW(AtomicFile("/dev/null"), IoError);
  EXPECT_THROW(AtomicFile{folder}, IoError);
}

TEST_F(AtomicFileTest, MissingFolderIsNamed) {
  const fs::path missing = folder / "missing" / "model.bin";
  EXPECT_THAT([&] { AtomicFile file(missing); },
              ThrowsMessage<IoError>(AllOf(HasSubstr(missing.string()), HasSubstr("No such file"))));
}

}  // namespace
}  // namespace sonograd::io
