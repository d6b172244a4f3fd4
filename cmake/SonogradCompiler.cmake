# Compiler options of all targets.
include(GNUInstallDirs)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# The compiler cache shares objects between checkouts in different folders, but not those for a debugger: it would look for the
# sources in the folder of the first checkout. (Builds with sanitizers have lines for their reports only.)
find_program(CCACHE ccache)
if(CCACHE)
  set(SONOGRAD_DEBUG_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SONOGRAD_DEBUG_LAUNCHER})
  if(SONOGRAD_SANITIZE OR NOT CMAKE_BUILD_TYPE MATCHES "^(Debug|RelWithDebInfo)$")
    set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  endif()
endif()
find_program(MOLD mold)
if(MOLD AND NOT SONOGRAD_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()

add_library(sonograd_options INTERFACE)
target_include_directories(sonograd_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(sonograd_options INTERFACE cxx_std_20)

# Warnings and code generation: private to our own targets, not for users of the installed library.
# errno and trapping maths are unobservable here; everything else of IEEE arithmetic is kept.
add_library(sonograd_private_options INTERFACE)
set(SONOGRAD_CXX_FLAGS -Wall -Wextra -Wshadow -Wno-missing-field-initializers -fno-math-errno -fno-trapping-math)
if(SONOGRAD_WERROR)
  list(APPEND SONOGRAD_CXX_FLAGS -Werror)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(SONOGRAD_X86 ON)
  list(APPEND SONOGRAD_CXX_FLAGS -march=x86-64-v3)
endif()
target_compile_options(sonograd_private_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${SONOGRAD_CXX_FLAGS}>")
if(SONOGRAD_SANITIZE)
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${SONOGRAD_SANITIZE};-fno-omit-frame-pointer;-fno-sanitize-recover=all>")
  add_link_options(-fsanitize=${SONOGRAD_SANITIZE})
endif()
# GCC takes a third of its time for the checks of every pointer that is read or called through. A null pointer ends a test without
# them, AddressSanitizer finds what is beyond an object, and the fuzz targets of clang have them all.
if(SONOGRAD_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize=null,alignment,object-size,vptr>")
  # A minute for one file of unrolled loops; AddressSanitizer stays.
  set(SONOGRAD_SIMD_SANITIZE_FLAGS -fno-sanitize=undefined)
endif()

# Tests, whose compile time goes into the headers of CLI11, JSON and gtest, are compiled at -O1, and without optimisation under
# sanitizers, in half the time. Not for code of the program: where an inline function is in several objects, the linker keeps
# the first one.
function(sonograd_optimise_little target)
  if(SONOGRAD_SANITIZE)
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:-O0>")
  else()
    target_compile_options(${target} PRIVATE "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O1>")
  endif()
endfunction()

# Code without loops over samples or elements is compiled at -O2, in four fifths of the time of -O3; under sanitizers without
# optimisation.
function(sonograd_optimise_moderately target)
  if(SONOGRAD_SANITIZE)
    sonograd_optimise_little(${target})
  else()
    target_compile_options(${target} PRIVATE "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Release>>:-O2>")
  endif()
endfunction()
