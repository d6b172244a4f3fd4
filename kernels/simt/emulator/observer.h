// What a tool that watches emulated kernels is told; tests/traced has one.
#pragma once

namespace sonograd::kernels::emulator {

struct Block;
struct Rendezvous;
struct Thread;

/// Of the kernels that one host thread runs.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void launch_begins() = 0;
  /// Threads start to run: those of one block, or of all blocks of a cooperative launch.
  virtual void threads_begin() = 0;
  virtual void threads_end() = 0;
  /// `last`, and all that wait there, go on together.
  virtual void threads_met(const Rendezvous& rendezvous, const Thread& last) = 0;
  /// What a thread did before it arrives at an mbarrier comes before what others do after they have waited for it.
  virtual void arrived(const void* mbarrier) = 0;
  virtual void waited(const void* mbarrier) = 0;
};

/// That of this host thread; nullptr: nobody watches.
extern constinit thread_local Observer* observer;

}  // namespace sonograd::kernels::emulator
