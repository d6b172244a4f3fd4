#include "tensor/io/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
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
  EXPECT_EQ(test::read_file(file.temporary()), "first second");
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
  fs::create_symlink("/dev/null", folder / "to_device");
  EXPECT_THROW(AtomicFile(folder / "to_device"), IoError);
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, LinkToNothingStaysOne) {
  fs::create_directory(folder / "elsewhere");
  fs::create_symlink("second", folder / "first");
  fs::create_symlink("elsewhere/file", folder / "second");
  AtomicFile file(folder / "first");
  file.write("new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder / "first"));
  EXPECT_TRUE(fs::is_symlink(folder / "second"));
  EXPECT_EQ(test::read_file(folder / "elsewhere/file"), "new");
}

TEST_F(AtomicFileTest, LinkThatCannotBeFollowedIsNamed) {
  fs::create_symlink("missing/file", folder / "link");
  EXPECT_THAT([&] { AtomicFile file(folder / "link"); },
              ThrowsMessage<IoError>(AllOf(HasSubstr("link (a link to "), HasSubstr("No such file"))));
  fs::create_symlink("circle", folder / "circle");
  EXPECT_THAT([&] { AtomicFile file(folder / "circle"); },
              ThrowsMessage<IoError>(HasSubstr("Too many levels of symbolic links")));
}

mode_t mode_of(const fs::path& file) {
  struct stat status = {};
  EXPECT_EQ(stat(file.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST_F(AtomicFileTest, ReplacedFileKeepsItsPermissions) {
  const mode_t mask = umask(022);
  for (const mode_t mode : {0600, 0640, 0644, 0755, 0666}) {
    test::write_file(target, "earlier");
    ASSERT_EQ(chmod(target.c_str(), mode), 0);
    AtomicFile file(target);
    for (const auto& entry : fs::directory_iterator(folder)) EXPECT_EQ(mode_of(entry.path()), mode);
    file.write("new");
    file.commit();
    EXPECT_EQ(mode_of(target), mode);
    EXPECT_EQ(test::read_file(target), "new");
    fs::remove(target);
  }
  AtomicFile(target).commit();
  EXPECT_EQ(mode_of(target), 0644u) << "a new file follows the umask";
  AtomicFile(folder / "private", 0660).commit();
  EXPECT_EQ(mode_of(folder / "private"), 0640u);
  umask(mask);
}

TEST_F(AtomicFileTest, WriteProtectedFileStaysAsItIs) {
  test::write_file(target, "earlier");
  fs::create_symlink(target, folder / "link");
  for (const mode_t mode : {0444, 0400, 0555}) {
    ASSERT_EQ(chmod(target.c_str(), mode), 0);
    for (const fs::path& name : {target, folder / "link"}) {
      EXPECT_THAT([&] { AtomicFile file(name); },
                  ThrowsMessage<IoError>(AllOf(HasSubstr(name.string()), HasSubstr("write-protected"))));
    }
  }
  EXPECT_EQ(test::read_file(target), "earlier");
  ASSERT_EQ(chmod(target.c_str(), 0200), 0);
  AtomicFile(target).commit();
  EXPECT_EQ(mode_of(target), 0200u);
}

TEST_F(AtomicFileTest, LongNamesAreWrittenAndCleanedUp) {
  // Two that differ beyond the place where the names of their temporaries are cut; characters of two and three bytes.
  const std::string common = std::string(120, 'x') + "\xC3\xA9" + std::string(60, 'y') + "\xE2\x82\xAC";
  for (const std::size_t length : {206u, 207u, 208u, 209u, 230u, 254u, 255u}) {
    const fs::path a = folder / (common + std::string(length - common.size() - 1, 'z') + 'a'),
                   b = folder / (common + std::string(length - common.size() - 1, 'z') + 'b');
    ASSERT_EQ(a.filename().string().size(), length);
    const pid_t child = fork();
    if (child == 0) {
      AtomicFile file(a);
      raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(files(), 1u);
    AtomicFile(b).commit();
    EXPECT_EQ(files(), 2u) << "the temporary of another file stays";
    AtomicFile(a).commit();
    EXPECT_EQ(files(), 2u);
    fs::remove(a);
    fs::remove(b);
  }
  const fs::path too_long = folder / std::string(256, 'x');
  EXPECT_THAT([&] { AtomicFile file(too_long); }, ThrowsMessage<IoError>(HasSubstr("File name too long")));
}

// Every writer cleans up, also while another one makes its temporary.
TEST_F(AtomicFileTest, WritersThatCleanUpDoNotDisturbOthers) {
  constexpr int kProcesses = 3, kWrites = 300;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    try {
      for (int i = 0; i < kWrites; ++i) {
        AtomicFile file(target);
        file.write(std::string(100, static_cast<char>('a' + process)));
        file.commit(Durability::unsynced);
      }
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
    _exit(0);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const std::string text = test::read_file(target);
  EXPECT_EQ(text, std::string(100, text.front()));
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, KnowsItsTemporaries) {
  const AtomicFile running(target);
  const fs::path temporary = fs::directory_iterator(folder)->path();
  EXPECT_TRUE(is_temporary(temporary));
  EXPECT_FALSE(is_temporary(target));
  EXPECT_FALSE(remove_if_abandoned(temporary));
  const fs::path left = test::write_file(folder / ".model.bin.sonograd-1-0.tmp", "half");
  EXPECT_TRUE(is_temporary(left));
  EXPECT_TRUE(remove_if_abandoned(left));
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(AtomicFileTest, MissingFolderIsNamed) {
  const fs::path missing = folder / "missing" / "model.bin";
  EXPECT_THAT([&] { AtomicFile file(missing); },
              ThrowsMessage<IoError>(AllOf(HasSubstr(missing.string()), HasSubstr("No such file"))));
}

}  // namespace
}  // namespace sonograd::io
