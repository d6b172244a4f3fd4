#include "audio/file_input.h"

#include <algorithm>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>

#include "tensor/io/read_error.h"

namespace sonograd::audio {

FileInput::FileInput(const std::filesystem::path& path)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  struct stat status {};
  if (!file_ || fstat(file_.get(), &status) != 0) throw io::system_error<io::ReadError>(path, "cannot open");
  if (!S_ISREG(status.st_mode))
    throw io::ReadError(concat(path.string(), ": cannot read: ", S_ISDIR(status.st_mode) ? "a folder, " : "",
                               "not a regular file"));
  size_ = status.st_size;
}

std::vector<unsigned char> FileInput::read(std::int64_t offset, std::size_t count) const {
  std::vector<unsigned char> bytes(
      std::min(count, static_cast<std::size_t>(std::max<std::int64_t>(0, size_ - offset))));
  const ssize_t got = pread(file_.get(), bytes.data(), bytes.size(), offset);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return bytes;
}

namespace {

/// End of the file as reported to libsndfile, which (1.2.2) opens no mp3 without one.
constexpr sf_count_t kFarEnd = sf_count_t{1} << 40;
/// Lengths from here on, in samples, are guesses from the far end and not frame counts: no mp3 takes 16 bytes a sample.
constexpr sf_count_t kGuessed = kFarEnd / 16;

void apply(const BytePatch& patch, std::int64_t position, std::span<char> read) {
  const std::int64_t first = std::max(position, patch.position);
  const std::int64_t last = std::min(position + std::ssize(read), patch.position + std::ssize(patch.bytes));
  for (std::int64_t at = first; at < last; ++at) {
    read[static_cast<std::size_t>(at - position)] =
        patch.bytes[static_cast<std::size_t>(at - patch.position)];
  }
}

}  // namespace

SoundFile FileInput::open(std::int64_t begin, std::int64_t end, SF_INFO& info, const BytePatch& patch) {
  static SF_VIRTUAL_IO callbacks{
      .get_filelen = [](void* self) -> sf_count_t {
        const auto& input = *static_cast<FileInput*>(self);
        return input.end_ - input.begin_;
      },
      .seek = [](sf_count_t to, int whence, void* self) -> sf_count_t {
        const auto& input = *static_cast<FileInput*>(self);
        if (whence == SEEK_END) return kFarEnd;
        const sf_count_t base = whence == SEEK_SET ? input.begin_ : 0;
        return lseek(input.file_.get(), base + to, whence) - input.begin_;
      },
      .read = [](void* bytes, sf_count_t count, void* self) -> sf_count_t {
        auto& input = *static_cast<FileInput*>(self);
        const sf_count_t position = lseek(input.file_.get(), 0, SEEK_CUR);
        if (position >= input.end_) return 0;
        const ssize_t got = ::read(input.file_.get(), bytes,
                                   static_cast<std::size_t>(std::min(count, input.end_ - position)));
        if (got < 0 && input.read_error_ == 0) input.read_error_ = errno;
        if (got > 0)
          apply(input.patch_, position, std::span(static_cast<char*>(bytes), static_cast<std::size_t>(got)));
        return std::max<ssize_t>(got, 0);
      },
      .write = nullptr,
      .tell = [](void* self) -> sf_count_t {
        const auto& input = *static_cast<FileInput*>(self);
        return lseek(input.file_.get(), 0, SEEK_CUR) - input.begin_;
      },
  };
  begin_ = begin;
  end_ = end;
  patch_ = patch;
  lseek(file_.get(), begin, SEEK_SET);
  info = {};
  read_error_ = 0;
  SoundFile file = open_sound_file(callbacks, SFM_READ, info, this, refusal_);
  if (file && is_mpeg(info) && info.frames > kGuessed) info.frames = SF_COUNT_MAX;
  return file;
}

}  // namespace sonograd::audio
