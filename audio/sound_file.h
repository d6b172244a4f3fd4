// Handles of libsndfile, and words for its errors.
#pragma once

#include <memory>
#include <sndfile.h>
#include <string>

namespace sonograd::audio {

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

/// An open libsndfile handle.
using SoundFile = std::unique_ptr<SNDFILE, CloseSoundFile>;

/// The codec of a file, in whatever container, is MPEG audio.
inline bool is_mpeg(const SF_INFO& info) {
  const int codec = info.format & SF_FORMAT_SUBMASK;
  return codec == SF_FORMAT_MPEG_LAYER_I || codec == SF_FORMAT_MPEG_LAYER_II ||
         codec == SF_FORMAT_MPEG_LAYER_III;
}

/// Opens a file by `callbacks`, which get `self`. Null when libsndfile refuses it: `code` is its error then, of this call and no
/// other, though libsndfile keeps the error of an open in one place for all threads.
SoundFile open_sound_file(SF_VIRTUAL_IO& callbacks, int mode, SF_INFO& info, void* self, int& code);

/// The same for the end of a pipe that sound comes from; waits for its first bytes. The handle leaves the pipe open.
SoundFile open_sound_pipe(int pipe, SF_INFO& info);

/// The likely reason for the error `code` of libsndfile, as the end of a message that begins with the file's name. The library's
/// own text is quoted behind it, except where it contains no reason ("Unspecified internal error", "System error").
/// `system_error`, where not 0, is the errno of the read or write that failed: the reason for all that follows.
std::string sound_error(int code, int system_error = 0);

}  // namespace sonograd::audio
