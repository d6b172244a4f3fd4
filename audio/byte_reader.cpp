#include "audio/byte_reader.h"

#include <algorithm>

namespace sonograd::audio {

std::span<const unsigned char> ByteReader::at(std::int64_t position, std::size_t count) {
  if (position < 0 || position >= size()) return {};
  count = std::min(count, static_cast<std::size_t>(size() - position));
  const auto end = position + static_cast<std::int64_t>(count);
  if (position < start_ || end > start_ + std::ssize(block_)) {
    block_ = input_.read(position, kBlock);
    start_ = position;
    count = std::min(count, block_.size());  // the file has become shorter, or cannot be read there
  }
  return std::span(block_).subspan(static_cast<std::size_t>(position - start_), count);
}

std::string_view ByteReader::text(std::int64_t position, std::size_t count) {
  const auto bytes = at(position, count);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::int64_t ByteReader::find(std::string_view word, std::int64_t position, std::int64_t end) {
  while (position < end) {
    const std::string_view here =
        text(position, static_cast<std::size_t>(std::min<std::int64_t>(kBlock / 2, end - position)));
    const std::size_t found = here.find(word);
    if (found != std::string_view::npos) return position + static_cast<std::int64_t>(found);
    if (here.size() < word.size()) return end;
    position += std::ssize(here) - std::ssize(word) + 1;
  }
  return end;
}

}  // namespace sonograd::audio
