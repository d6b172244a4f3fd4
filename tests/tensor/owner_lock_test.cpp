#include "tensor/io/owner_lock.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tensor/support/this_process.h"
#include "tests/support/files.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::ThrowsMessage;

class OwnerLockTest : public testing::Test {
 protected:
  fs::path folder_ = test::temporary_folder("owner_lock");
  fs::path file_ = folder_ / "model.safetensors";

  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
};

/// A process that has taken a lock; it holds it until it is killed.
class Holder {
 public:
  template <class Take>
  explicit Holder(const Take& take) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      const OwnerLock lock = take();
      EXPECT_EQ(write(ends[1], "x", 1), 1);
      while (true) pause();
    }
    char ready = 0;
    EXPECT_EQ(read(ends[0], &ready, 1), 1);
    close(ends[0]);
    close(ends[1]);
  }
  ~Holder() { end(); }
  void end() {
    if (pid_ > 0) kill(pid_, SIGKILL);
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

TEST_F(OwnerLockTest, SecondIsRefusedWithTheNameOfTheFirst) {
  for (const bool of_file : {false, true}) {
    const auto take = [&] { return of_file ? OwnerLock::of_file(file_) : OwnerLock::of_folder(folder_); };
    Holder holder(take);
    try {
      take();
      ADD_FAILURE() << "two owners";
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(of_file ? file_.string() : folder_.string()));
      EXPECT_THAT(error.what(), HasSubstr(concat("process ", holder.pid(), " on host ", host_name())));
      EXPECT_THAT(error.what(), MatchesRegex(".* since 20[0-9-]+T[0-9:]+Z.*"));
    }
    EXPECT_EQ(entries(), 1u);
    holder.end();
    { const OwnerLock taken_over = take(); }
    EXPECT_EQ(entries(), 0u) << "an owner takes its lock away";
  }
}

TEST_F(OwnerLockTest, TwoObjectsOfOneProcessAreTwoOwners) {
  const OwnerLock first = OwnerLock::of_folder(folder_);
  EXPECT_THROW(OwnerLock::of_folder(folder_), ConfigError);
  const OwnerLock other = OwnerLock::of_file(file_);
  EXPECT_THROW(OwnerLock::of_file(file_), ConfigError);
}

TEST_F(OwnerLockTest, FollowsAFolderThatIsRenamed) {
  std::optional<OwnerLock> lock(OwnerLock::of_new_folder(folder_ / "hidden", "run"));
  fs::rename(folder_ / "hidden", folder_ / "run");
  EXPECT_THROW(OwnerLock::of_folder(folder_ / "run"), ConfigError);
  const OwnerLock other = OwnerLock::of_new_folder(folder_ / "hidden", "run");
  lock.reset();
  EXPECT_TRUE(fs::is_empty(folder_ / "run"));
}

TEST_F(OwnerLockTest, NamesOfOneFileShareALock) {
  test::write_file(file_, "");
  fs::create_symlink("model.safetensors", folder_ / "link");
  const OwnerLock lock = OwnerLock::of_file(folder_ / "link");
  EXPECT_THROW(OwnerLock::of_file(file_), ConfigError);
}

TEST_F(OwnerLockTest, MakesAFolderOnRequestOnly) {
  const fs::path missing = folder_ / "a/b";
  EXPECT_THAT([&] { OwnerLock::of_folder(missing); },
              ThrowsMessage<IoError>(AllOf(HasSubstr(missing.string()), HasSubstr("No such file"))));
  EXPECT_THAT(
      [&] { OwnerLock::of_file(missing / "file"); },
      ThrowsMessage<IoError>(AllOf(HasSubstr((missing / "file").string()), HasSubstr("No such file"))));
  { const OwnerLock lock = OwnerLock::of_new_folder(missing, missing); }
  EXPECT_TRUE(fs::is_empty(missing));
  const fs::path blocked = test::write_file(folder_ / "blocked", "") / "run";
  EXPECT_THAT([&] { OwnerLock::of_new_folder(blocked, "run"); },
              ThrowsMessage<IoError>(AllOf(HasSubstr("run: "), HasSubstr("Not a directory"))));
}

TEST_F(OwnerLockTest, LongNamesHaveLocks) {
  const fs::path longest = folder_ / std::string(255, 'x');
  const OwnerLock lock = OwnerLock::of_file(longest);
  EXPECT_THROW(OwnerLock::of_file(longest), ConfigError);
}

TEST_F(OwnerLockTest, UnknownTextInALockIsNotPrinted) {
  Holder holder([&] { return OwnerLock::of_folder(folder_); });
  test::write_file(folder_ / OwnerLock::kName, "\x1b[31mprocess\n");
  EXPECT_THAT([&] { OwnerLock::of_folder(folder_); },
              ThrowsMessage<ConfigError>(HasSubstr("another process")));
}

/// 'w': became the owner, and stays it until `hold` is closed; 'r': was refused; 'e': anything else.
char try_to_own(const fs::path& folder, int report, int hold) {
  char byte = 'e';
  std::optional<OwnerLock> lock;
  try {
    lock.emplace(OwnerLock::of_new_folder(folder, folder));
    byte = 'w';
  } catch (const ConfigError&) {
    byte = 'r';
  } catch (const std::exception&) {
  }
  [[maybe_unused]] ssize_t ignored = write(report, &byte, 1);
  ignored = read(hold, &byte, 1);
  return byte;
}

TEST_F(OwnerLockTest, OneOfManyWins) {
  constexpr int kProcesses = 8;
  for (int round = 0; round < 25; ++round) {
    int start[2], report[2], hold[2];
    for (int* const ends : {start, report, hold}) ASSERT_EQ(pipe(ends), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
      children.push_back(fork());
      if (children.back() != 0) continue;
      close(start[1]);
      close(hold[1]);
      char byte = 0;
      [[maybe_unused]] const ssize_t ignored = read(start[0], &byte, 1);
      try_to_own(folder_ / "run", report[1], hold[0]);
      _exit(0);  // the lock is gone already
    }
    close(start[1]);
    std::string outcomes(kProcesses, ' ');
    for (char& outcome : outcomes) ASSERT_EQ(read(report[0], &outcome, 1), 1);
    EXPECT_EQ(std::ranges::count(outcomes, 'w'), 1) << outcomes;
    EXPECT_EQ(std::ranges::count(outcomes, 'r'), kProcesses - 1) << outcomes;
    close(hold[1]);
    for (const pid_t child : children) waitpid(child, nullptr, 0);
    for (const int end : {start[0], report[0], report[1], hold[0]}) close(end);
    EXPECT_TRUE(fs::is_empty(folder_ / "run"));
  }
}

}  // namespace
}  // namespace sonograd::io
