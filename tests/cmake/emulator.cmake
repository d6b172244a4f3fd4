# Builds that leave out the emulated device have no tests. Run by `cmake -P`.
set(script ${CMAKE_CURRENT_LIST_DIR}/../../cmake/SonogradEmulator.cmake)

function(expect emulator tests succeeds)
  execute_process(COMMAND ${CMAKE_COMMAND} -DSONOGRAD_EMULATOR=${emulator} -DSONOGRAD_TESTS=${tests} -P ${script}
    RESULT_VARIABLE status ERROR_VARIABLE message)
  string(REGEX REPLACE "[ \n]+" " " message "${message}")
  if(succeeds)
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "SONOGRAD_EMULATOR=${emulator} SONOGRAD_TESTS=${tests} was refused: ${message}")
    endif()
  elseif(status EQUAL 0 OR NOT message MATCHES "SONOGRAD_EMULATOR=OFF: expected ON, or SONOGRAD_TESTS=OFF")
    message(FATAL_ERROR "SONOGRAD_EMULATOR=${emulator} SONOGRAD_TESTS=${tests} was taken, or refused in other words: ${message}")
  endif()
endfunction()

expect(ON ON TRUE)
expect(ON OFF TRUE)
expect(OFF OFF TRUE)
expect(OFF ON FALSE)
