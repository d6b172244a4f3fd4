#include "tensor/io/atomic_file.h"

#include <atomic>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>

namespace sonograd::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".tmp";

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

// Temporaries are called `.NAME.sonograd-PID-COUNT.tmp`.
std::string temporary_prefix(const fs::path& target) {
  return concat('.', target.filename().string(), ".sonograd-");
}

// A temporary belongs to the process that holds its lock; the system releases the lock when the process ends. Process
// numbers do not identify the owner: in containers they are often equal.
bool is_abandoned(const fs::path& temporary) {
  const FileDescriptor file(open(temporary.c_str(), O_RDONLY | O_CLOEXEC));
  return file && flock(file.get(), LOCK_EX | LOCK_NB) == 0;
}

// Best effort: the write proceeds when the folder cannot be listed or a file cannot be deleted.
void remove_stale_temporaries(const fs::path& target) {
  const std::string prefix = temporary_prefix(target);
  std::error_code ignored;
  for (fs::directory_iterator entry(folder_of(target), ignored), end; entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) continue;
    if (is_abandoned(entry->path())) fs::remove(entry->path(), ignored);
  }
}

fs::path resolve(const fs::path& target) {
  std::error_code ignored;
  const fs::path file = fs::is_symlink(target, ignored) ? fs::weakly_canonical(target, ignored) : target;
  const fs::file_status status = fs::status(file, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw IoError(concat(target.string(), ": cannot write: not a regular file"));
  }
  return file;
}

void sync_folder(const fs::path& target) {
  const FileDescriptor folder(open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some network file systems cannot sync a folder; the rename has happened all the same.
  if (!folder || (fsync(folder.get()) != 0 && errno != EINVAL))
    throw system_error(target, "cannot sync the folder");
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& target) : target_(resolve(target)) {
  remove_stale_temporaries(target_);
  while (!open_temporary()) {
  }
}

// False when the name is taken, or when another writer has cleaned the file away before it was locked.
bool AtomicFile::open_temporary() {
  static std::atomic<unsigned> count = 0;
  temporary_ = folder_of(target_) / concat(temporary_prefix(target_), getpid(), '-', count++, kSuffix);
  file_ = FileDescriptor(open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file_ && errno != EEXIST) throw system_error(target_, "cannot write beside it");
  struct stat status = {};
  return file_ &&
         (flock(file_.get(), LOCK_EX) != 0 || fstat(file_.get(), &status) != 0 || status.st_nlink > 0);
}

AtomicFile::~AtomicFile() {
  if (file_) unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) throw system_error(target_, "cannot write");
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void AtomicFile::commit(Durability durability) {
  const bool syncs = durability == Durability::synced;
  if (syncs && fsync(file_.get()) != 0) throw system_error(target_, "cannot sync");
  if (rename(temporary_.c_str(), target_.c_str()) != 0) throw system_error(target_, "cannot replace");
  file_ = FileDescriptor();
  if (syncs) sync_folder(target_);
}

}  // namespace sonograd::io
