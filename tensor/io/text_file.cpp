#include "tensor/io/text_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "tensor/io/read_error.h"

namespace sonograd::io {

std::string read_text_file(const std::filesystem::path& file) {
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : opened;
  std::ostringstream text;
  if (!in || (in.peek() != std::istream::traits_type::eof() && !(text << in.rdbuf())) || in.bad()) {
    throw ReadError(concat(file.string(), ": cannot read: ", std::strerror(errno)));
  }
  return std::move(text).str();
}

}  // namespace sonograd::io
