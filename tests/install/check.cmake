# Installs the build folder BUILD into a prefix below WORK, then builds and runs the consumer, once with
# find_package(sonograd) and once with pkg-config.
file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
set(source ${CMAKE_CURRENT_LIST_DIR}/consumer)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}: ${status}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_consumer program)
  run(${program})
  if(NOT output STREQUAL "50 1\n")
    message(FATAL_ERROR "${program} printed ${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${prefix}/bin/sonograd --help)
foreach(document man/man1/sonograd.1 bash-completion/completions/sonograd zsh/site-functions/_sonograd
    fish/vendor_completions.d/sonograd.fish)
  file(SIZE ${prefix}/share/${document} bytes)
  if(bytes LESS 1000)
    message(FATAL_ERROR "share/${document} has ${bytes} bytes")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S ${source} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_CXX_COMPILER=${COMPILER})
run(${CMAKE_COMMAND} --build ${WORK}/build)
expect_consumer(${WORK}/build/consumer)

file(GLOB_RECURSE pc ${prefix}/*/sonograd.pc)
cmake_path(GET pc PARENT_PATH pc_folder)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
run(pkg-config --cflags --libs sonograd)
separate_arguments(options UNIX_COMMAND "${output}")
run(${COMPILER} ${source}/main.cpp -o ${WORK}/consumer ${options})
expect_consumer(${WORK}/consumer)
