// Checks every access of emulated kernels to memory: accesses outside of objects, reads before writes, and accesses of two
// threads without an order.
//
// The kernels of this program are compiled with calls before each access (-fsanitize=thread), which lead here instead of
// to the sanitizer's library (hooks.cpp).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernels/simt/emulator/emulated_cluster.h"
#include "kernels/simt/emulator/emulator.h"
#include "kernels/simt/emulator/observer.h"
#include "tensor/device/emulated.h"
#include "tests/traced/clocks.h"
#include "tests/traced/requests.h"
#include "tests/traced/shadow.h"

namespace sonograd::traced {

/// Traces kernels that this host thread launches while it lives, on memory of the emulated device that was allocated since.
/// Sets the emulator to one host thread. One at a time.
class Tracer final : kernels::emulator::Observer, MemoryObserver {
 public:
  explicit Tracer(std::uint64_t seed);
  ~Tracer() override;
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// One sentence for each pair of lines; empty: the kernels are clean.
  std::vector<std::string> findings() const;
  std::vector<LineCount> counts() const { return requests_.counts(); }

  /// The tracer of this host thread while emulated threads run; nullptr otherwise.
  static Tracer* current();
  void access(const void* address, std::size_t size, bool writes, Site site);
  /// An atomic operation: releases the accesses before it and acquires the accesses that others have released.
  void atomic(const void* word);
  void out_of_bounds(const std::string& place);

 private:
  void threads_begin() override;
  void threads_end() override { running_ = false; }
  void launch_begins() override { clocks_.begin_launch(); }
  void threads_met(const kernels::emulator::Rendezvous& rendezvous,
                   const kernels::emulator::Thread& last) override;
  void arrived(const void* barrier) override;
  void waited(const void* barrier) override;
  void allocated(std::span<const std::byte> memory) override { shadow_.add(memory, false); }
  void released(const std::byte* memory) override;
  void undefined(std::span<const std::byte> memory) override;
  void host_reads(std::span<const std::byte> memory) override;
  void host_writes(std::span<const std::byte> memory) override;

  // A thread as the clocks count it: they take the blocks of a cluster for one block, so that its threads have an order.
  struct Clocked {
    std::uint32_t block, thread;
  };
  Clocked clocked(const kernels::emulator::Thread& thread);
  void check_write(Cell& cell, const Moment& now);
  void check_read(Cell& cell, const Moment& now);

  // While it lives, accesses of the tracer itself are not traced.
  class Pause {
   public:
    explicit Pause(bool& running) : running_(running), before_(std::exchange(running, false)) {}
    ~Pause() { running_ = before_; }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    bool& running_;
    bool before_;
  };

  struct Finding {
    std::string what;
    Site site, other;
    friend auto operator<=>(const Finding&, const Finding&) = default;
  };
  void find(const std::string& what, Site site, Site other = nullptr) { ++found_[{what, site, other}]; }

  EmulatorScope settings_;
  Shadow shadow_;
  Clocks clocks_;
  Requests requests_;
  std::map<Finding, std::size_t> found_;
  std::map<const kernels::emulator::Block*, std::uint32_t> numbers_;  // by the first block of a cluster
  bool running_ = false;
};

}  // namespace sonograd::traced
