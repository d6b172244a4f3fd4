#include "tests/traced/tracer.h"

#include <algorithm>

#include "tensor/support/error.h"
#include "tests/traced/source_lines.h"

namespace sonograd::traced {
namespace {

using kernels::emulator::Rendezvous;
using kernels::emulator::self;
using kernels::emulator::Thread;

constinit thread_local Tracer* tracer = nullptr;

constexpr std::string_view kOutside = "is outside of its object";

std::uintptr_t number(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address);
}

}  // namespace

Tracer::Tracer(std::uint64_t seed) : settings_({.seed = seed, .host_threads = 1}) {
  tracer = this;
  kernels::emulator::observer = this;
  memory_observer = this;
}

Tracer::~Tracer() {
  tracer = nullptr;
  kernels::emulator::observer = nullptr;
  memory_observer = nullptr;
}

Tracer* Tracer::current() {
  return tracer != nullptr && tracer->running_ ? tracer : nullptr;
}

void Tracer::threads_begin() {
  shadow_.remove_shared();
  clocks_.end_blocks();
  numbers_.clear();
  running_ = true;
}

Tracer::Clocked Tracer::clocked(const Thread& thread) {
  const kernels::emulator::ClusterOf cluster = kernels::emulator::cluster_of(*thread.block);
  const auto threads = static_cast<std::uint32_t>(thread.block->grid->threads.count());
  const auto [place, is_new] = numbers_.try_emplace(cluster.first);
  if (is_new) place->second = clocks_.begin_block(std::size_t{threads} * cluster.blocks);
  return {place->second, cluster.rank * threads + thread.rank};
}

// Shuffles and reductions of a warp order nothing in memory.
void Tracer::threads_met(const Rendezvous& rendezvous, const Thread& last) {
  const Pause pause(running_);
  const std::string_view what = rendezvous.what;
  if (what == "sync_grid") return clocks_.meet_all();
  if (!what.starts_with("sync_")) return;
  const Clocked here = clocked(last);
  std::vector<std::uint32_t> threads = {here.thread};
  for (const Thread* thread = rendezvous.waiting.first(); thread != nullptr; thread = thread->next) {
    threads.push_back(here.thread - last.rank + thread->rank);
  }
  clocks_.meet(here.block, threads);
}

void Tracer::arrived(const void* barrier) {
  const Pause pause(running_);
  const Clocked here = clocked(self());
  clocks_.release(here.block, here.thread, barrier, true);
}

void Tracer::waited(const void* barrier) {
  const Pause pause(running_);
  const Clocked here = clocked(self());
  clocks_.acquire(here.block, here.thread, barrier, true);
}

void Tracer::atomic(const void* word) {
  const Pause pause(running_);
  const bool shared = shadow_.is_shared(number(word));
  const Clocked here = clocked(self());
  clocks_.acquire(here.block, here.thread, word, shared);
  clocks_.release(here.block, here.thread, word, shared);
  for (Cell& cell : shadow_.find(number(word), sizeof(unsigned))) cell.defined = true;
}

void Tracer::released(const std::byte* memory) {
  shadow_.remove(number(memory));
}

// Memory of the device was allocated before; any other object is in shared memory.
void Tracer::undefined(std::span<const std::byte> memory) {
  const Pause pause(running_);
  if (memory.empty()) return;
  const std::span<Cell> cells = shadow_.find(number(memory.data()), memory.size());
  if (cells.empty()) return shadow_.add(memory, true);
  std::ranges::fill(cells, Cell());
}

void Tracer::host_reads(std::span<const std::byte> memory) {
  const std::span<Cell> cells = shadow_.find(number(memory.data()), memory.size());
  const auto unwritten = std::ranges::count(cells, false, &Cell::defined);
  if (unwritten > 0) find(concat("the host reads ", unwritten, " bytes that no thread has written"), nullptr);
}

void Tracer::host_writes(std::span<const std::byte> memory) {
  for (Cell& cell : shadow_.find(number(memory.data()), memory.size())) cell = {.defined = true};
}

void Tracer::check_write(Cell& cell, const Moment& now) {
  if (!clocks_.ordered(cell.written, now)) find("two threads write in no order", now.site, cell.written.site);
  for (const Moment& read : cell.read) {
    if (!clocks_.ordered(read, now))
      find("one thread reads, another writes, in no order", now.site, read.site);
  }
  cell = {.defined = true, .written = now};
}

void Tracer::check_read(Cell& cell, const Moment& now) {
  if (!cell.defined) find("reads what no thread has written", now.site);
  if (!clocks_.ordered(cell.written, now)) {
    find("one thread reads, another writes, in no order", now.site, cell.written.site);
  }
  (clocks_.ordered(cell.read[0], now) ? cell.read[0] : cell.read[1]) = now;
}

void Tracer::access(const void* address, std::size_t size, bool writes, Site site) {
  const Pause pause(running_);
  const std::span<Cell> cells = shadow_.find(number(address), size);
  if (cells.empty()) {
    if (shadow_.just_outside(number(address), size)) find(std::string(kOutside), site);
    return;
  }
  const Thread& thread = self();
  const Clocked here = clocked(thread);
  const Moment now = clocks_.now(here.block, here.thread, site);
  for (Cell& cell : cells) writes ? check_write(cell, now) : check_read(cell, now);
  requests_.add({number(address), size, writes, shadow_.is_shared(number(address)), site}, thread.block,
                thread.rank);
}

void Tracer::out_of_bounds(const std::string& place) {
  const Pause pause(running_);
  find("is outside of its array: " + place, nullptr);
}

namespace {

// True for accesses in the source of a kernel, false for accesses of the emulator to the host's heap, which may be beside
// the device's memory.
bool is_access_of_a_kernel(const Lines& lines) {
  const std::string& line = lines.front();
  return line.starts_with("kernels/simt/vector.h") ||
         !(line.starts_with("kernels/simt/") || line.starts_with("/"));
}

}  // namespace

std::vector<std::string> Tracer::findings() const {
  std::set<Site> sites;
  for (const auto& [finding, times] : found_) sites.insert({finding.site, finding.other});
  sites.erase(nullptr);
  const std::map<Site, Lines> lines = source_lines(sites);
  std::set<std::string> sentences;
  for (const auto& [finding, times] : found_) {
    const auto& [what, site, other] = finding;
    if (site != nullptr && lines.at(site).empty()) continue;  // not in a kernel
    if (what == kOutside && !is_access_of_a_kernel(lines.at(site))) continue;
    const std::string where = site == nullptr ? "" : kernel_line(lines.at(site)) + ": ";
    const std::string beside = other == nullptr ? "" : "; the other at " + kernel_line(lines.at(other));
    sentences.insert(where + what + beside);
  }
  return {sentences.begin(), sentences.end()};
}

}  // namespace sonograd::traced
