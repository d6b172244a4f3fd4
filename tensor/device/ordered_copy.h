// The order of a copy from one device to another: each has a queue of its own, and the queues are not ordered by themselves.
#pragma once

namespace sonograd {

/// Runs `copy`, which queues a copy on the queue of device `to`, such that it reads what the queue of device `from` has written
/// before, and is done before that queue writes there again. `queues.mark(device)` is an event that happens when all work
/// queued there is done, `queues.wait(device, event)` queues a wait for it.
template <class Queues, class Copy>
void copy_in_order(Queues& queues, int from, int to, const Copy& copy) {
  queues.wait(to, queues.mark(from));
  copy();
  queues.wait(from, queues.mark(to));
}

}  // namespace sonograd
