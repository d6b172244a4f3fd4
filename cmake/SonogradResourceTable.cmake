# Writes TABLE from PTX and the reports of ptxas about SOURCES, FOLDER/<source>.ptx and FOLDER/<source>.txt.
set(rows "")
foreach(source IN LISTS SOURCES)
  # CUDA's limit for kernels that declare none.
  file(STRINGS ${FOLDER}/${source}.ptx lines REGEX "^(\\.visible |\\.weak )?\\.entry|^\\.maxntid")
  foreach(line IN LISTS lines)
    if(line MATCHES "\\.entry ([A-Za-z0-9_$]+)")
      set(entry ${CMAKE_MATCH_1})
      set(threads_${entry} 1024)
    elseif(line MATCHES "\\.maxntid ([0-9]+), ([0-9]+), ([0-9]+)")
      math(EXPR threads_${entry} "${CMAKE_MATCH_1} * ${CMAKE_MATCH_2} * ${CMAKE_MATCH_3}")
    endif()
  endforeach()
  file(STRINGS ${FOLDER}/${source}.txt lines)
  set(kernels "")
  foreach(line IN LISTS lines)
    if(line MATCHES "Compiling entry function '(.*)' for")
      set(threads ${threads_${CMAKE_MATCH_1}})
      execute_process(COMMAND ${CXXFILT} ${CMAKE_MATCH_1} OUTPUT_VARIABLE kernel OUTPUT_STRIP_TRAILING_WHITESPACE
        COMMAND_ERROR_IS_FATAL ANY)
      # The kernel's name with its template arguments, without return type, namespaces and parameters.
      string(REGEX REPLACE "(sonograd|kernels|cu|\\(anonymous namespace\\))::" "" kernel "${kernel}")
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
      list(APPEND kernels "| `${source}` | `${kernel}` | ${threads} | ${registers} | ${shared} | ${stack} | ${spilled} |\n")
    endif()
  endforeach()
  list(SORT kernels)
  string(APPEND rows ${kernels})
endforeach()
file(WRITE ${TABLE} "# Threads, registers and memory of the kernels

By nvcc and ptxas ${NVCC} for compute capability 9.0; written by `cmake --build build/cuda --target resources`. Threads of a block
are the most that the kernel declares; a test checks that their registers fit into a multiprocessor. Shared memory is the amount
that the kernel declares; a launch may request more. All but the simplest kernels (`*_naive.cu`, `*_direct.cu`) must not use local
memory: where warnings are errors, so are a stack frame and spills in them.

| file | kernel | threads of a block | registers of a thread | shared memory, bytes | stack frame, bytes | spilled, bytes |
|---|---|---|---|---|---|---|
${rows}")
message(STATUS "wrote ${TABLE}")
