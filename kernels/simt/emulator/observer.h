// Events of emulated kernels, for tools that observe them (tests/traced).
#pragma once

namespace sonograd::kernels::emulator {

struct Block;
struct Rendezvous;
struct Thread;

/// Receives the events of the kernels that one host thread runs.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void launch_begins() = 0;
  /// Threads start to run: those of one block, of a cluster, or of all blocks of a cooperative launch.
  virtual void threads_begin() = 0;
  virtual void threads_end() = 0;
  /// `last` and all threads that wait there continue together.
  virtual void threads_met(const Rendezvous& rendezvous, const Thread& last) = 0;
  /// The running thread has arrived at, or waited for, an mbarrier or a phase of the barrier of its cluster: accesses before an
  /// arrival happen before accesses after a wait.
  virtual void arrived(const void* barrier) = 0;
  virtual void waited(const void* barrier) = 0;
};

/// The observer of this host thread; nullptr: none.
extern constinit thread_local Observer* observer;

}  // namespace sonograd::kernels::emulator
