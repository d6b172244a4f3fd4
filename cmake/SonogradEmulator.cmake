# The device `emulated`: whether it is part of the build, and compiler options of its kernels (*.cu).
if(SONOGRAD_SANITIZE STREQUAL "thread")
  set(SONOGRAD_EMULATOR OFF)  # ThreadSanitizer does not follow fibers
elseif(SONOGRAD_TESTS AND NOT SONOGRAD_EMULATOR)
  message(FATAL_ERROR "SONOGRAD_EMULATOR=OFF: expected ON, or SONOGRAD_TESTS=OFF, because tests and examples run kernels on the "
    "emulated device")
endif()

# Kernels read the same shared bytes as different types; reports contain file names relative to the repository's root.
set(SONOGRAD_EMULATED_FLAGS -fno-strict-aliasing -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
