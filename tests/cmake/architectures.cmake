# Compute capabilities with and without a letter. Run by `cmake -P`.
include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/SonogradArchitectures.cmake)

function(expect architectures expected_oldest expected_code)
  sonograd_cuda_architectures("${architectures}" oldest code)
  if(NOT "${oldest}" STREQUAL "${expected_oldest}" OR NOT "${code}" STREQUAL "${expected_code}")
    message(FATAL_ERROR "${architectures}: expected ${expected_oldest} and ${expected_code}, got ${oldest} and ${code}")
  endif()
endfunction()

set(option --generate-code=arch=compute)
expect("90" 90 "${option}_90,code=sm_90;${option}_90,code=compute_90")
expect("90a" 90 "${option}_90a,code=sm_90a;${option}_90,code=compute_90")
expect("100f;90a;80" 80 "${option}_100f,code=sm_100f;${option}_90a,code=sm_90a;${option}_80,code=sm_80;${option}_80,code=compute_80")

if(WRONG)
  sonograd_cuda_architectures("${WRONG}" oldest code)
  return()
endif()
foreach(wrong IN ITEMS sm_90 9.0 90A " ")
  execute_process(COMMAND ${CMAKE_COMMAND} "-DWRONG=${wrong}" -P ${CMAKE_CURRENT_LIST_FILE}
    RESULT_VARIABLE status ERROR_VARIABLE message)
  string(REGEX REPLACE "[ \n]+" " " message "${message}")
  if(status EQUAL 0 OR NOT message MATCHES "expected compute capabilities like 90 or 90a, got '${wrong}'")
    message(FATAL_ERROR "'${wrong}' was taken, or refused in other words: ${message}")
  endif()
endforeach()
