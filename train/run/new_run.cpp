#include "train/run/new_run.h"

#include <system_error>
#include <utility>

#include "tensor/io/output_path.h"
#include "tensor/support/error.h"
#include "train/data/split_file.h"

namespace sonograd::train {
namespace fs = std::filesystem;
namespace {

/// Without a slash at the end.
fs::path plain(const fs::path& folder) {
  return (folder / "").parent_path();
}

fs::path hidden_name(const fs::path& folder) {
  const fs::path target = plain(folder);
  return io::folder_of(target) / io::hidden_prefix(target).append(".sonograd-new");
}

const RunFolder& with_new_name(const RunFolder& run) {
  run.require_new();
  return run;
}

/// The lock stays.
void remove_contents(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
    if (!io::is_folder_lock(entry->path())) fs::remove_all(entry->path(), ignored);
  }
}

}  // namespace

NewRun::Hidden::Hidden(const RunFolder& run)
    : folder_(hidden_name(run.path())), above_(io::folder_of(plain(run.path()))) {}

void NewRun::Hidden::make(const RunFolder& run) {
  lock_.emplace(io::OwnerLock::of_new_folder(folder_.path(), run.path()));
}

NewRun::Hidden::~Hidden() {
  if (is_kept_) return;
  if (lock_) remove_contents(folder_.path());
  lock_.reset();
  // It goes only when it is empty: another process may be using it by now.
  std::error_code ignored;
  fs::remove(folder_.path(), ignored);
}

NewRun::NewRun(const RunFolder& run) : run_(with_new_name(run)), hidden_(run) {
  hidden_.make(run_);
  run_.require_new();  // another process may have made it while the name was free
  remove_contents(hidden_.folder().path());
}

void NewRun::publish(const Settings& settings, const LabelsTable& table, const Split& split) {
  run_.require_new();
  const RunFolder& made = hidden_.folder();
  made.write_settings(settings);
  write_split(made.split(), table, split);
  std::error_code error;
  fs::rename(made.path(), plain(run_.path()), error);
  if (error) {
    run_.require_new();
    throw IoError(concat(run_.path().string(), ": cannot make the folder: ", error.message()));
  }
  hidden_.keep();
}

}  // namespace sonograd::train
