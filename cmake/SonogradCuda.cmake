# The CUDA toolkit, and compiler options of kernels (*.cu) for a GPU.
set(SONOGRAD_CUDA_ARCHITECTURES 90 CACHE STRING
  "Compute capabilities to compile kernels for, like 90 or 90a; other GPUs from the lowest on compile its PTX on first use")

include(SonogradArchitectures)
set(SONOGRAD_HAS_CUDA OFF)
if(NOT SONOGRAD_CUDA STREQUAL "OFF")
  find_program(SONOGRAD_NVCC nvcc HINTS ENV CUDA_PATH ENV CUDA_HOME PATHS /usr/local/cuda PATH_SUFFIXES bin)
  if(SONOGRAD_NVCC)
    set(SONOGRAD_HAS_CUDA ON)
  elseif(SONOGRAD_CUDA STREQUAL "ON")
    message(FATAL_ERROR "SONOGRAD_CUDA=ON: expected nvcc on the path or in /usr/local/cuda/bin, found none")
  endif()
endif()

if(SONOGRAD_HAS_CUDA)
  message(STATUS "CUDA kernels for ${SONOGRAD_CUDA_ARCHITECTURES} by ${SONOGRAD_NVCC}")
  set(CMAKE_CUDA_COMPILER ${SONOGRAD_NVCC})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
  set(CMAKE_CUDA_ARCHITECTURES OFF)  # SONOGRAD_CUDA_CODE, because it differs by file
  enable_language(CUDA)
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)  # missing in CMake 3.25
  set(CMAKE_CUDA_STANDARD 20)
  find_package(CUDAToolkit REQUIRED)
  # Linked statically and opened lazily: the binary starts on machines without a driver.
  set(SONOGRAD_CUDA_RUNTIME CUDA::cudart_static)
  sonograd_cuda_architectures("${SONOGRAD_CUDA_ARCHITECTURES}" SONOGRAD_CUDA_OLDEST SONOGRAD_CUDA_CODE)
  set(SONOGRAD_CUDA_FLAGS --expt-relaxed-constexpr -ftz=true)
  if(SONOGRAD_WERROR)
    list(APPEND SONOGRAD_CUDA_FLAGS -Werror=all-warnings)
  endif()
else()
  message(STATUS "No CUDA kernels for a GPU")
  set(SONOGRAD_CUDA_RUNTIME "")
endif()
