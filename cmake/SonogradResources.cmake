# The target `resources`: threads, registers and memory of each kernel of the library, by PTX and the report of ptxas, written to
# bench/results/kernel-resources.md. It needs nvcc, no GPU.
if(NOT SONOGRAD_HAS_CUDA)
  return()
endif()

get_property(sources GLOBAL PROPERTY SONOGRAD_LIBRARY_KERNELS)
set(reports "")
foreach(source IN LISTS sources)
  set(unit ${PROJECT_BINARY_DIR}/generated/cu/${source})
  set(output ${PROJECT_BINARY_DIR}/resources/${source})
  cmake_path(GET output PARENT_PATH folder)
  file(MAKE_DIRECTORY ${folder})
  set(capability 90)
  if(source MATCHES "_sm90a\\.cu$")
    set(capability 90a)
  endif()
  add_custom_command(OUTPUT ${output}.txt DEPENDS ${unit} DEPFILE ${output}.d VERBATIM
    COMMAND ${SONOGRAD_NVCC} -ptx -std=c++20 -O3 -DNDEBUG -DSONOGRAD_HAS_CUDA=1 -I ${PROJECT_SOURCE_DIR}
      -I ${PROJECT_BINARY_DIR}/generated/include
      ${SONOGRAD_CUDA_FLAGS} -arch=compute_${capability} -MD -MF ${output}.d -MT ${output}.txt -o ${output}.ptx ${unit}
    COMMAND sh -c "report=$1; shift; \"$@\" 2> \"$report\" || { cat \"$report\" >&2; exit 1; }" sh ${output}.txt
      ${SONOGRAD_NVCC} -cubin -arch=sm_${capability} -Xptxas -v -o ${output}.cubin ${output}.ptx)
  list(APPEND reports ${source})
endforeach()
list(TRANSFORM reports PREPEND ${PROJECT_BINARY_DIR}/resources/ OUTPUT_VARIABLE report_files)
list(TRANSFORM report_files APPEND .txt)

find_program(SONOGRAD_CXXFILT c++filt REQUIRED)
add_custom_target(resources DEPENDS ${report_files} VERBATIM
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${PROJECT_BINARY_DIR}/resources "-DSOURCES=${reports}" -DCXXFILT=${SONOGRAD_CXXFILT}
    -DNVCC=${CMAKE_CUDA_COMPILER_VERSION} -DTABLE=${PROJECT_SOURCE_DIR}/bench/results/kernel-resources.md
    -P ${PROJECT_SOURCE_DIR}/cmake/SonogradResourceTable.cmake)
