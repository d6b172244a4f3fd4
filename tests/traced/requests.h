// Cost of the memory accesses of warps: sectors of global memory, cycles of the banks of shared memory.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "tests/traced/shadow.h"

namespace sonograd::traced {

struct Access {
  std::uintptr_t address;
  std::size_t size;
  bool writes, shared;
  Site site;
};

/// All requests of a source line. A request is the joint access of the lanes of a warp: the n-th visit of each lane to the
/// same place of the program.
struct LineCount {
  std::string line;
  bool writes = false, shared = false;
  std::size_t requests = 0;
  std::size_t sectors =
      0;  ///< of 32 bytes, global memory: 4 per request when 32 lanes touch neighbouring words
  std::size_t bank_cycles =
      0;  ///< shared memory: 1 per request of 4 bytes a lane without conflicts, 4 of 16 bytes
};

class Requests {
 public:
  /// An access by thread `rank` of `block`. Neighbouring words that a thread accesses one after the other, up to 16
  /// aligned bytes, are one access: the vector access of the source.
  void add(const Access& access, const void* block, std::uint32_t rank);
  std::vector<LineCount> counts() const;

 private:
  struct Thread {
    const void* block;
    std::uint32_t rank;
    friend auto operator<=>(const Thread&, const Thread&) = default;
  };
  struct Piece {
    std::uintptr_t address;
    std::size_t size;
  };
  using Request = std::vector<Piece>;  // one piece per lane that came
  struct Place {
    bool writes = false, shared = false;
    std::map<Thread, std::size_t> visits;
    std::map<Thread, std::deque<Request>> requests;  // by warp
  };
  struct Last {
    Access access{};
    Request* request = nullptr;  // stays valid: deques do not move their elements
    std::size_t piece = 0;
  };

  std::map<Site, Place> places_;
  std::map<Thread, Last> last_;
};

}  // namespace sonograd::traced
