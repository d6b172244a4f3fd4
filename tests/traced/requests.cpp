#include "tests/traced/requests.h"

#include <algorithm>
#include <array>
#include <set>

#include "kernels/core/grid.h"
#include "tests/traced/source_lines.h"

namespace sonograd::traced {
namespace {

constexpr std::size_t kVector = 16, kWord = 4, kBanks = 32, kSector = 32;

// True when `next` continues the access before, within the same 16 aligned bytes.
bool continues(const Access& before, const Access& next) {
  return before.writes == next.writes && before.address + before.size == next.address &&
         before.address / kVector == (next.address + next.size - 1) / kVector;
}

}  // namespace

void Requests::add(const Access& access, const void* block, std::uint32_t rank) {
  const Thread thread{block, rank}, warp{block, rank / kernels::kWarpSize};
  Last& last = last_[thread];
  if (last.request != nullptr && continues(last.access, access)) {
    (*last.request)[last.piece].size += access.size;
    last.access.size += access.size;
    return;
  }
  Place& place = places_[access.site];
  place.writes = access.writes;
  place.shared = access.shared;
  std::deque<Request>& requests = place.requests[warp];
  const std::size_t visit = place.visits[thread]++;
  if (visit == requests.size()) requests.emplace_back().reserve(kernels::kWarpSize);
  Request& request = requests[visit];
  request.push_back({access.address, access.size});
  last = {access, &request, request.size() - 1};
}

namespace {

// Lanes share a sector that several of them touch.
template <class Request>
std::size_t sectors_of(const Request& request) {
  std::set<std::uintptr_t> sectors;
  for (const auto& [address, size] : request) {
    for (std::uintptr_t at = address / kSector; at <= (address + size - 1) / kSector; ++at)
      sectors.insert(at);
  }
  return sectors.size();
}

// Words of one bank follow each other; lanes share a word that several of them touch. Wide accesses come by half and by
// quarter warps.
template <class Request>
std::size_t bank_cycles_of(const Request& request) {
  std::size_t widest = kWord, cycles = 0;
  for (const auto& piece : request) widest = std::max(widest, piece.size);
  const std::size_t together = kernels::kWarpSize * kWord / widest;
  for (std::size_t first = 0; first < request.size(); first += together) {
    std::array<std::set<std::uintptr_t>, kBanks> words;
    for (std::size_t lane = first; lane < std::min(first + together, request.size()); ++lane) {
      const auto& [address, size] = request[lane];
      for (std::uintptr_t word = address / kWord; word <= (address + size - 1) / kWord; ++word) {
        words[word % kBanks].insert(word);
      }
    }
    cycles += std::ranges::max(words, {}, &std::set<std::uintptr_t>::size).size();
  }
  return cycles;
}

}  // namespace

std::vector<LineCount> Requests::counts() const {
  std::set<Site> sites;
  for (const auto& [site, place] : places_) sites.insert(site);
  const std::map<Site, Lines> lines = source_lines(sites);
  std::map<std::tuple<std::string, bool, bool>, LineCount> sums;
  for (const auto& [site, place] : places_) {
    const std::string line = kernel_line(lines.at(site));
    LineCount& sum = sums[{line, place.writes, place.shared}];
    sum.line = line, sum.writes = place.writes, sum.shared = place.shared;
    for (const auto& [warp, requests] : place.requests) {
      sum.requests += requests.size();
      for (const Request& request : requests) {
        place.shared ? sum.bank_cycles += bank_cycles_of(request) : sum.sectors += sectors_of(request);
      }
    }
  }
  std::vector<LineCount> result;
  for (auto& [key, sum] : sums) result.push_back(std::move(sum));
  return result;
}

}  // namespace sonograd::traced
