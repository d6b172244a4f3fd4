# Writes TABLE from the reports of ptxas about SOURCES, FOLDER/<source>.txt.
set(rows "")
foreach(source IN LISTS SOURCES)
  execute_process(COMMAND ${CXXFILT} INPUT_FILE ${FOLDER}/${source}.txt OUTPUT_VARIABLE report
    COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE ";" "," report "${report}")
  string(REPLACE "\n" ";" lines "${report}")
  set(kernels "")
  foreach(line IN LISTS lines)
    if(line MATCHES "Compiling entry function '(.*)' for")
      # The kernel's name with its template arguments, without return type, namespaces and parameters.
      string(REGEX REPLACE "(sonograd|kernels|cu|\\(anonymous namespace\\))::" "" kernel "${CMAKE_MATCH_1}")
      string(REGEX REPLACE "^void " "" kernel "${kernel}")
      string(REGEX REPLACE "\\([^()]*\\)$" "" kernel "${kernel}")
    elseif(line MATCHES "([0-9]+) bytes stack frame, ([0-9]+) bytes spill stores, ([0-9]+) bytes spill loads")
      set(stack ${CMAKE_MATCH_1})
      math(EXPR spilled "${CMAKE_MATCH_2} + ${CMAKE_MATCH_3}")
    elseif(line MATCHES "Used ([0-9]+) registers")
      set(registers ${CMAKE_MATCH_1})
      set(shared 0)
      if(line MATCHES "([0-9]+) bytes smem")
        set(shared ${CMAKE_MATCH_1})
      endif()
      list(APPEND kernels "| `${source}` | `${kernel}` | ${registers} | ${shared} | ${stack} | ${spilled} |\n")
    endif()
  endforeach()
  list(SORT kernels)
  string(APPEND rows ${kernels})
endforeach()
file(WRITE ${TABLE} "# Registers and memory of the kernels

By ptxas of nvcc ${NVCC} for compute capability 9.0; written by `cmake --build build/cuda --target resources`. Shared memory
is the amount that the kernel declares; a launch may request more. All but the simplest kernels (`*_naive.cu`, `*_direct.cu`)
must not use local memory: where warnings are errors, so are a stack frame and spills in them.

| file | kernel | registers | shared memory, bytes | stack frame, bytes | spilled, bytes |
|---|---|---|---|---|---|
${rows}")
message(STATUS "wrote ${TABLE}")
