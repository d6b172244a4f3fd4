// How long threads that wait for each other keep their cores.
#pragma once

namespace sonograd::app {

/// Threads of OpenMP that wait for the others of their team spin before they sleep, by libgomp's default for milliseconds:
/// beside other work they take the cores from the threads that they wait for, and two threads become slower than one
/// (bench/results). The first call starts this program anew, in the same process, with GOMP_SPINCOUNT=1000, some ten
/// microseconds: libgomp reads it before `main`. Returns where it is set already, or OMP_WAIT_POLICY is, and where the program
/// cannot be started again. To be called first in `main`, before anything is opened.
void limit_spinning(char** argv);

}  // namespace sonograd::app
