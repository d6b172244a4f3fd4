#include "tests/traced/source_lines.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <link.h>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "tensor/support/error.h"

namespace sonograd::traced {
namespace {

// Address of the program in memory: addresses in its file count from there.
std::uintptr_t load_address() {
  std::uintptr_t address = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* result) {
        *static_cast<std::uintptr_t*>(result) = info->dlpi_addr;
        return 1;  // the program comes first
      },
      &address);
  return address;
}

// `/sonograd/build/../kernels/x.cu:12 (discriminator 3)` as `kernels/x.cu:12`. With a build folder outside of the checkout
// the path contains the checkout itself.
std::string shortened(const std::string& line) {
  const std::string path =
      std::filesystem::path(line.substr(0, line.find_first_of(" \n"))).lexically_normal().string();
  for (const std::string_view root : {SONOGRAD_TRACED_ROOT, SONOGRAD_SOURCE_DIR "/"}) {
    if (path.starts_with(root)) return path.substr(root.size());
  }
  return path;
}

}  // namespace

std::map<Site, Lines> source_lines(const std::set<Site>& sites) {
  std::map<Site, Lines> result;
  if (sites.empty()) return result;
  std::string command = "addr2line -a -i -e /proc/" + std::to_string(getpid()) + "/exe";
  for (const Site site : sites) {
    // The call is before the address that it returns to.
    command += concat(" 0x", std::hex, reinterpret_cast<std::uintptr_t>(site) - 1 - load_address());
  }
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) throw IoError("cannot run addr2line");
  auto site = sites.begin();
  Lines* lines = nullptr;
  for (std::array<char, 4096> line; fgets(line.data(), line.size(), pipe.get()) != nullptr;) {
    const std::string text = line.data();
    if (text.starts_with("0x")) {
      lines = &result[*site++];
    } else if (lines != nullptr && !text.starts_with("??")) {
      lines->push_back(shortened(text));
    }
  }
  return result;
}

std::string kernel_line(const Lines& lines) {
  for (const std::string& line : lines) {
    if (!line.starts_with("kernels/simt/") && !line.starts_with("/")) return line;
  }
  return lines.empty() ? "an unknown line" : lines.front();
}

}  // namespace sonograd::traced
