# Installs the build folder BUILD into a prefix below WORK, then builds and runs the consumer, once with
# find_package(sonograd) and once with pkg-config, and configures it with the sources as a sub-folder.
file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
set(source ${CMAKE_CURRENT_LIST_DIR}/consumer)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}: ${status}\n${output}${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
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

# Only the headers for other programs are installed, and each compiles without another file.
file(GLOB_RECURSE headers RELATIVE ${prefix}/include ${prefix}/include/*)
if(headers STREQUAL "")
  message(FATAL_ERROR "no headers are installed")
endif()
foreach(header IN LISTS headers)
  if(NOT header MATCHES "^sonograd/[a-z_]+\\.h$")
    message(FATAL_ERROR "include/${header} is installed")
  endif()
  run(${COMPILER} -std=c++20 -fsyntax-only -Wall -Wextra -Werror -I ${prefix}/include -x c++ -include ${header} /dev/null)
endforeach()
file(GLOB_RECURSE trainer ${prefix}/*sonograd_train*)
if(trainer)
  message(FATAL_ERROR "the trainer is installed: ${trainer}")
endif()

run(${CMAKE_COMMAND} -S ${source} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_CXX_COMPILER=${COMPILER})
run(${CMAKE_COMMAND} --build ${WORK}/build)
set(consumer ${WORK}/build/consumer)
run(${consumer})
if(NOT output STREQUAL "${VERSION}\n")
  message(FATAL_ERROR "the headers are of version ${output}, the package of ${VERSION}")
endif()

# A model trained by the installed program with sounds of the consumer.
file(MAKE_DIRECTORY ${WORK}/sounds/low ${WORK}/sounds/high)
foreach(i RANGE 7)
  run(${consumer} write ${WORK}/sounds/low/${i}.wav ${i})
  math(EXPR seed "15 + ${i}")
  run(${consumer} write ${WORK}/sounds/high/${i}.wav ${seed})
endforeach()
run(${prefix}/bin/sonograd train --arch short_chunk_cnn --data ${WORK}/sounds --out ${WORK}/run --epochs 1 --batch 4
    --valid none --threads 1 --device cpu --quiet --set model.channels=2 --set model.sample_rate=8000
    --set model.samples=8192 --set model.n_fft=128 --set model.hop_length=64 --set model.f_max=4000 --set data.cache_max=0)
set(model ${WORK}/run/best.safetensors)
set(sound ${WORK}/sounds/low/3.wav)
run(${prefix}/bin/sonograd tag ${model} ${sound} --all --format tsv --device cpu --threads 1 --quiet)
string(REGEX MATCHALL "(high|low)\t[0-9.e-]+" rows "${output}")
list(TRANSFORM rows REPLACE "\t" " ")
list(JOIN rows "\n" expected)

function(expect_tags program)
  run(${program} tag ${model} ${sound})
  if(NOT output STREQUAL "${expected}\n")
    message(FATAL_ERROR "${program} printed\n${output}and sonograd tag\n${expected}")
  endif()
endfunction()
expect_tags(${consumer})

file(GLOB_RECURSE pc ${prefix}/*/sonograd.pc)
cmake_path(GET pc PARENT_PATH pc_folder)
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
run(pkg-config --cflags --libs sonograd)
separate_arguments(options UNIX_COMMAND "${output}")
run(${COMPILER} ${source}/main.cpp -o ${WORK}/consumer ${options})
expect_tags(${WORK}/consumer)

# The program of README.
file(READ ${SONOGRAD_SOURCE}/README.md page)
string(REGEX MATCH "```cpp\n([^`]*)```" block "${page}")
file(WRITE ${WORK}/readme.cpp "${CMAKE_MATCH_1}")
run(${COMPILER} ${WORK}/readme.cpp -o ${WORK}/readme ${options})
run(${WORK}/readme ${model} ${sound})
if(NOT output MATCHES "(low|high) 0\\.[0-9]+\n.*[0-9]+ chunks of 8 numbers\n")
  message(FATAL_ERROR "the program of README printed\n${output}")
endif()

# As a part of another project neither tests nor trainer are built. The library is the same: it is not built again.
run(${CMAKE_COMMAND} -G Ninja -S ${source} -B ${WORK}/subproject -DSONOGRAD_SOURCE=${SONOGRAD_SOURCE} -DSONOGRAD_CUDA=OFF
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${COMPILER})
run(ninja -C ${WORK}/subproject -t commands consumer)
if(NOT output MATCHES "sonograd_models" OR output MATCHES "train\\.dir|tests\\.dir|gtest")
  message(FATAL_ERROR "the sub-project builds\n${output}")
endif()
run(ninja -C ${WORK}/subproject -t targets all)
if(output MATCHES "_tests")
  message(FATAL_ERROR "the sub-project has tests")
endif()
