// Exit codes of the binary; scripts rely on them.
#pragma once

namespace sonograd::app {

enum ExitCode : int {
  kOk = 0,
  kRuntimeError = 1,
  kUsageError = 2,
  kModelError = 3,
  kInputUnreadable = 4,
  kPartial = 5,            ///< some files failed; they were listed
  kDeviceUnavailable = 6,  ///< it cannot run here, or has no kernel for the work
  kRegression = 7,
  kBadInput = 65,      ///< a part of `data prepare`: every try fails (EX_DATAERR of sysexits.h)
  kTryAgain = 75,      ///< a part of `data prepare`: another try may succeed (EX_TEMPFAIL)
  kInterrupted = 130,  ///< by the user, state saved
};

}  // namespace sonograd::app
