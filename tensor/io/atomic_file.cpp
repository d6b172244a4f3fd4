#include "tensor/io/atomic_file.h"

#include <atomic>
#include <fcntl.h>
#include <string>
#include <sys/file.h>

#include "tensor/io/output_path.h"

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = ".sonograd-", kSuffix = ".tmp";

// Temporaries are called `.NAME.sonograd-PID-COUNT.tmp`.
std::string temporary_prefix(const fs::path& target) {
  return hidden_prefix(target).append(kMark);
}

// Best effort: the write proceeds when the folder cannot be listed or a file cannot be deleted.
void remove_stale_temporaries(const fs::path& target) {
  const std::string prefix = temporary_prefix(target);
  std::error_code ignored;
  for (fs::directory_iterator entry(folder_of(target), ignored), end; entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(kSuffix)) remove_if_abandoned(entry->path());
  }
}

// Gives `file` owner, group and mode of the file that it replaces. Rights of a group that the file cannot have are dropped.
void keep_permissions(int file, const struct stat& earlier) {
  mode_t mode = earlier.st_mode & 0777;
  struct stat status = {};
  if (fstat(file, &status) != 0) return;
  const bool is_alike = status.st_uid == earlier.st_uid && status.st_gid == earlier.st_gid;
  const bool has_group = is_alike || fchown(file, earlier.st_uid, earlier.st_gid) == 0 ||
                         fchown(file, static_cast<uid_t>(-1), earlier.st_gid) == 0;
  if (!has_group) mode &= ~static_cast<mode_t>(070);
  // A file system without permissions refuses.
  [[maybe_unused]] const int ignored = fchmod(file, mode);
}

}  // namespace

void sync_folder_of(const fs::path& file) {
  const FileDescriptor folder(open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some network file systems cannot sync a folder; the file has its name all the same.
  if (!folder || (fsync(folder.get()) != 0 && errno != EINVAL))
    throw system_error(file, "cannot sync the folder");
}

bool is_temporary(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with('.') && name.find(kMark) != std::string::npos && name.ends_with(kSuffix);
}

// A temporary belongs to the process that holds its lock; the system releases the lock when the process ends. Process
// numbers do not identify the owner: in containers they are often equal. The lock is held until the name is gone: a writer
// that has made the file, but has not locked it yet, finds it without a name and makes another.
bool remove_if_abandoned(const fs::path& temporary) {
  // Locking for writing takes a descriptor for writing on network file systems; a file without that right is on others.
  FileDescriptor file(open(temporary.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) file = FileDescriptor(open(temporary.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat held = {}, named = {};
  if (!file || flock(file.get(), LOCK_EX | LOCK_NB) != 0 || fstat(file.get(), &held) != 0) return false;
  const bool is_this = lstat(temporary.c_str(), &named) == 0 && S_ISREG(held.st_mode) &&
                       held.st_ino == named.st_ino && held.st_dev == named.st_dev;
  return is_this && unlink(temporary.c_str()) == 0;
}

AtomicFile::AtomicFile(const fs::path& target, mode_t mode) : target_(resolve_output(target)) {
  shown_ =
      target_ == target ? target : fs::path(concat(target.string(), " (a link to ", target_.string(), ")"));
  remove_stale_temporaries(target_);
  while (!open_temporary(mode)) {
  }
}

// False when the name is taken, or when another writer has cleaned the file away before it was locked.
bool AtomicFile::open_temporary(mode_t mode) {
  static std::atomic<unsigned> count = 0;
  struct stat earlier = {}, status = {};
  const bool replaces = stat(target_.c_str(), &earlier) == 0;
  temporary_ = folder_of(target_) / concat(temporary_prefix(target_), getpid(), '-', count++, kSuffix);
  file_ = FileDescriptor(
      open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? mode & 0600 : mode));
  if (!file_ && errno != EEXIST) throw system_error(shown_, "cannot write beside it");
  if (file_ && replaces) keep_permissions(file_.get(), earlier);
  return file_ &&
         (flock(file_.get(), LOCK_EX) != 0 || fstat(file_.get(), &status) != 0 || status.st_nlink > 0);
}

AtomicFile::~AtomicFile() {
  if (file_) unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) throw system_error(shown_, "cannot write");
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit(Durability durability) {
  const bool syncs = durability == Durability::synced;
  if (syncs && fsync(file_.get()) != 0) throw system_error(shown_, "cannot sync");
  if (rename(temporary_.c_str(), target_.c_str()) != 0) throw system_error(shown_, "cannot replace");
  file_ = FileDescriptor();
  if (syncs) sync_folder_of(target_);
}

void replace_file(const std::filesystem::path& target, std::string_view text) {
  AtomicFile out(target);
  out.write(text);
  out.commit();
}

}  // namespace sonograd::io
