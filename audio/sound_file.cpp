#include "audio/sound_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <poll.h>
#include <string_view>

#include "tensor/support/error.h"

namespace sonograd::audio {
namespace {

// libsndfile keeps the error of an open in one place for all threads. An open on a slow file system holds up those of others.
std::mutex one_open_at_a_time;

/// Words for the errors whose text contains `part`. Errors beyond the first five have no public number, only a text.
struct Explanation {
  std::string_view part;
  std::string_view words;
  bool is_quoted;
};

constexpr std::string_view kUnknownFormat = "its format is not known, or its codec is not supported";
constexpr std::string_view kCodec = "its codec is not supported";
constexpr std::string_view kIncomplete = "its header is incomplete: the file is cut short or damaged";
constexpr std::string_view kHeaderOrCodec = "its header is damaged, or its codec is not supported";
constexpr std::string_view kHeader = "its header is damaged";
constexpr std::string_view kAmount = "its format does not have this sample rate or number of channels";
constexpr std::string_view kImpossible = "its header has an impossible sample rate or number of channels";
constexpr std::string_view kDamaged = "its header or its samples are damaged";

/// The first row that fits counts.
constexpr Explanation kExplanations[] = {
    {"No Error", "it is damaged, or of a kind that is not supported", false},
    {"Format not recognised", kUnknownFormat, false},
    {"Must specify format", kUnknownFormat, false},
    {"Unspecified internal", "its header or its samples are damaged, or its codec is not supported", false},
    {"System error", "the operating system could not read or write it", false},
    {"does not exist", kIncomplete, false},
    {"no data could be read", kIncomplete, false},
    {"malloc", "not enough memory for what its header declares", false},
    {"SF_INFO", kImpossible, false},
    {"malformed", kHeader, false},
    {"unsupported encoding", kCodec, false},
    {"unimplemented", kHeaderOrCodec, false},
    {"Unimplemented", kCodec, true},
    {"unsupported", kCodec, true},
    {"unknown encoding", kCodec, true},
    {"unknown format", kCodec, true},
    {"WAVPACK", kCodec, true},
    {"flac", "its FLAC stream is damaged", true},
    {"'fmt ' chunk.", kHeaderOrCodec, true},
    {"marker", kIncomplete, true},
    {"no sound data", kIncomplete, true},
    {"horter than", kIncomplete, true},
    {"Short ", kIncomplete, true},
    {"Channel count is zero", kIncomplete, false},
    {"sample rates", kAmount, true},
    {"hannel", kAmount, true},
    {"chunk", kHeader, true},
    {"header", kHeader, true},
    {"", kDamaged, false},
};

/// "No 'fmt ' chunk marker" of "Error in WAV file. No 'fmt ' chunk marker.\n".
std::string_view quotation(std::string_view text) {
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.remove_suffix(1);
  constexpr std::string_view kError = "Error : ";
  if (text.starts_with(kError)) text.remove_prefix(kError.size());
  return text;
}

}  // namespace

SoundFile open_sound_file(SF_VIRTUAL_IO& callbacks, int mode, SF_INFO& info, void* self, int& code) {
  const std::lock_guard lock(one_open_at_a_time);
  SoundFile file(sf_open_virtual(&callbacks, mode, &info, self));
  code = file ? SF_ERR_NO_ERROR : sf_error(nullptr);
  return file;
}

SoundFile open_sound_pipe(int pipe, SF_INFO& info) {
  pollfd first{.fd = pipe, .events = POLLIN, .revents = 0};
  while (poll(&first, 1, -1) < 0 && errno == EINTR) {  // its writer takes its time: not under the lock
  }
  const std::lock_guard lock(one_open_at_a_time);
  return SoundFile(sf_open_fd(pipe, SFM_READ, &info, SF_FALSE));
}

std::string sound_error(int code, int system_error) {
  if (system_error != 0) return concat("it could not be read further: ", std::strerror(system_error));
  const std::string_view text = sf_error_number(code);
  const auto* const row = std::ranges::find_if(kExplanations, [&](const Explanation& explanation) {
    return text.find(explanation.part) != std::string_view::npos;
  });
  return row->is_quoted ? concat(row->words, " (libsndfile: ", quotation(text), ")")
                        : std::string(row->words);
}

}  // namespace sonograd::audio
