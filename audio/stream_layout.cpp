#include "audio/stream_layout.h"

#include "audio/byte_reader.h"
#include "audio/chunk_layout.h"
#include "audio/flac_layout.h"
#include "audio/ogg_layout.h"
#include "audio/tags.h"
#include "tensor/support/error.h"

namespace sonograd::audio {

std::string too_many_parts() {
  return concat("more than ", kMaxParts, " streams in one file: the rest is left out");
}

StreamLayout stream_layout(const FileInput& input) {
  ByteReader bytes(input);
  const std::string magic(bytes.text(0, 4));
  if (magic == "OggS") return ogg_layout(input);
  if (bytes.text(skip_tags(bytes, 0), 4) == "fLaC") return flac_layout(input);
  for (const char* const form : {"RIFF", "RIFX", "RF64", "FORM", "caff", ".snd"}) {
    if (magic == form) return chunk_layout(input);
  }
  return {.parts = {{.begin = 0, .end = input.size()}}};
}

}  // namespace sonograd::audio
