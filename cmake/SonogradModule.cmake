# sonograd_module(name DEPENDS libs... HEADERS libs... JOIN size): a static library of every .cpp below the folder `name`. HEADERS
# are libraries of headers that our sources include and our headers do not: a program that links the library needs none of
# them. JOIN: see sonograd_join.
#
# Files called *_simd.cpp hold hot CPU loops. They are compiled once for each instruction set, into the
# namespaces `baseline` and `avx512` (kernels/core/simd.h), and chosen at run time.
# Files called *.cu hold kernels: see sonograd_kernel_sources. Files called cuda_*.cpp call the CUDA runtime and are left out
# without it; so are emulated_*.cpp and folders called emulator in builds without the emulated device.
set(SONOGRAD_SIMD_TARGETS baseline)
if(SONOGRAD_X86)
  list(APPEND SONOGRAD_SIMD_TARGETS avx512)
endif()
set(SONOGRAD_SIMD_FLAGS_avx512 -march=x86-64-v4 -mprefer-vector-width=512)

function(sonograd_simd_sources target)
  foreach(source IN LISTS ARGN)
    file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${source})
    foreach(simd IN LISTS SONOGRAD_SIMD_TARGETS)
      set(unit ${PROJECT_BINARY_DIR}/generated/${simd}/${relative})
      file(CONFIGURE OUTPUT ${unit} CONTENT "#define SONOGRAD_SIMD ${simd}\n#include \"${relative}\"\n")
      set_source_files_properties(${unit} PROPERTIES
        COMPILE_OPTIONS "-O3;-ffp-contract=fast;${SONOGRAD_SIMD_FLAGS_${simd}};${SONOGRAD_SIMD_SANITIZE_FLAGS}"
        OBJECT_DEPENDS ${source})
      target_sources(${target} PRIVATE ${unit})
    endforeach()
  endforeach()
endfunction()

# Each kernel source is compiled by the host compiler into the namespace `emu`, for the emulated device unless it is left out,
# and by nvcc, when there is one, into `cu`: through one generated file each, because the language of a file is fixed per folder.
# Files called *_sm90a.cu use instructions that only compute capability 9.0 has. Where warnings are errors, local memory
# (spills above all) is an error too, in all but the simplest kernels.
function(sonograd_kernel_sources target)
  foreach(source IN LISTS ARGN)
    file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${source})
    if(SONOGRAD_EMULATOR)
      set(unit ${PROJECT_BINARY_DIR}/generated/emu/${relative}.cpp)
      file(CONFIGURE OUTPUT ${unit} CONTENT "#define SONOGRAD_TARGET emu\n#include \"${relative}\"\n")
      set_source_files_properties(${unit} PROPERTIES
        COMPILE_OPTIONS "${SONOGRAD_EMULATED_FLAGS}" OBJECT_DEPENDS ${source})
      target_sources(${target} PRIVATE ${unit})
    endif()
    if(SONOGRAD_HAS_CUDA)
      set(unit ${PROJECT_BINARY_DIR}/generated/cu/${relative})
      file(CONFIGURE OUTPUT ${unit} CONTENT "#define SONOGRAD_TARGET cu\n#include \"${relative}\"\n")
      set(machine ${SONOGRAD_CUDA_CODE})
      if(relative MATCHES "_sm90a\\.cu$")
        set(machine --generate-code=arch=compute_90a,code=sm_90a)
      endif()
      if(SONOGRAD_WERROR AND NOT relative MATCHES "_(naive|direct)\\.cu$")
        list(APPEND machine -Xptxas --warn-on-spills,--warn-on-local-memory-usage,-Werror)
      endif()
      set_source_files_properties(${unit} PROPERTIES
        COMPILE_OPTIONS "${SONOGRAD_CUDA_FLAGS};${machine}" OBJECT_DEPENDS ${source})
      target_sources(${target} PRIVATE ${unit})
    endif()
  endforeach()
endfunction()

function(sonograd_module name)
  cmake_parse_arguments(arg "" "JOIN" "DEPENDS;HEADERS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT SONOGRAD_HAS_CUDA)
    list(FILTER sources EXCLUDE REGEX "/cuda_[^/]*\\.cpp$")
  endif()
  if(NOT SONOGRAD_EMULATOR)
    list(FILTER sources EXCLUDE REGEX "/(emulator/|emulated_)[^/]*\\.cpp$")
  endif()
  set(simd_sources ${sources})
  list(FILTER simd_sources INCLUDE REGEX "_simd\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_simd\\.cpp$")
  if(arg_JOIN)
    sonograd_join(sources ${name} ${arg_JOIN} ${sources})
  endif()
  add_library(${name} STATIC ${sources})
  add_library(sonograd::${name} ALIAS ${name})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME sonograd_${name})
  target_link_libraries(${name} PUBLIC sonograd_options ${arg_DEPENDS}
    PRIVATE $<BUILD_INTERFACE:sonograd_private_options>)
  foreach(library IN LISTS arg_HEADERS)
    target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:${library}>)
  endforeach()
  sonograd_simd_sources(${name} ${simd_sources})
  file(GLOB_RECURSE kernel_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cu)
  sonograd_kernel_sources(${name} ${kernel_sources})
  list(TRANSFORM kernel_sources REPLACE "^${PROJECT_SOURCE_DIR}/" "")
  set_property(GLOBAL APPEND PROPERTY SONOGRAD_LIBRARY_KERNELS ${kernel_sources})
endfunction()

# sonograd_index(target HEADER h NAMESPACE ns TYPE T FUNCTION f ENTRIES a b c SUFFIX s)
# Generates `std::vector<T> f()`, which calls `T a_s()`, `T b_s()`, … in the order given. The entries come from
# a folder listing, so adding one edits no shared file.
function(sonograd_index target)
  cmake_parse_arguments(arg "" "HEADER;NAMESPACE;TYPE;FUNCTION;SUFFIX" "ENTRIES" ${ARGN})
  list(SORT arg_ENTRIES)
  set(declarations "")
  set(calls "")
  foreach(entry IN LISTS arg_ENTRIES)
    string(APPEND declarations "${arg_TYPE} ${entry}_${arg_SUFFIX}();\n")
    string(APPEND calls "${entry}_${arg_SUFFIX}(), ")
  endforeach()
  set(unit ${PROJECT_BINARY_DIR}/generated/${target}_${arg_FUNCTION}.cpp)
  file(CONFIGURE OUTPUT ${unit} CONTENT
"#include \"${arg_HEADER}\"
namespace ${arg_NAMESPACE} {
${declarations}std::vector<${arg_TYPE}> ${arg_FUNCTION}() { return {${calls}}; }
}  // namespace ${arg_NAMESPACE}
")
  target_sources(${target} PRIVATE ${unit})
endfunction()

# sonograd_embed(target HEADER h NAMESPACE ns FILES a.css b.js)
# Generates `std::string_view a_css()`, … with the text of the files; `h` declares them. Editing one configures again.
function(sonograd_embed target)
  cmake_parse_arguments(arg "" "HEADER;NAMESPACE" "FILES" ${ARGN})
  set(definitions "")
  foreach(file IN LISTS arg_FILES)
    file(READ ${PROJECT_SOURCE_DIR}/${file} text)
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
    cmake_path(GET file FILENAME name)
    string(REPLACE "." "_" name ${name})
    string(APPEND definitions "std::string_view ${name}() { return R\"embedded(${text})embedded\"; }\n")
  endforeach()
  set(unit ${PROJECT_BINARY_DIR}/generated/${target}_embedded.cpp)
  file(CONFIGURE OUTPUT ${unit} CONTENT
"#include \"${arg_HEADER}\"
namespace ${arg_NAMESPACE} {
@definitions@}  // namespace ${arg_NAMESPACE}
" @ONLY)
  target_sources(${target} PRIVATE ${unit})
endfunction()

# sonograd_embed_folder(target HEADER h NAMESPACE ns TYPE T FUNCTION f FILES pattern)
# Generates `std::vector<T> f()`, which returns T{name, text} for each file that matches the pattern: its name without folder and
# ending, and its text, of less than 64 KiB. Adding or editing one configures again.
function(sonograd_embed_folder target)
  cmake_parse_arguments(arg "" "HEADER;NAMESPACE;TYPE;FUNCTION;FILES" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${arg_FILES})
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    file(READ ${file} text)
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    cmake_path(GET file STEM name)
    string(APPEND entries "{\"${name}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  set(unit ${PROJECT_BINARY_DIR}/generated/${target}_${arg_FUNCTION}.cpp)
  file(CONFIGURE OUTPUT ${unit} CONTENT
"#include \"${arg_HEADER}\"
namespace ${arg_NAMESPACE} {
std::vector<${arg_TYPE}> ${arg_FUNCTION}() { return {
@entries@}; }
}  // namespace ${arg_NAMESPACE}
" @ONLY)
  target_sources(${target} PRIVATE ${unit})
endfunction()

# sonograd_stems(VARIABLE [SUFFIX _SUFFIX] PATTERN...): names of the files that match the patterns, without folder, ending and suffix.
function(sonograd_stems variable)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" SUFFIX "")
  file(GLOB files CONFIGURE_DEPENDS ${arg_UNPARSED_ARGUMENTS})
  set(stems "")
  foreach(file IN LISTS files)
    cmake_path(GET file STEM stem)
    if(arg_SUFFIX)
      string(REGEX REPLACE "${arg_SUFFIX}$" "" stem ${stem})
    endif()
    list(APPEND stems ${stem})
  endforeach()
  set(${variable} ${stems} PARENT_SCOPE)
endfunction()

# Ops: the `<op>` of every `TableList <op>_tables() {` that a source of the op folders below `root` defines, those of CPU rows
# aside. Editing one of them configures again.
function(sonograd_ops variable root)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${root}/*.cpp)
  list(FILTER files EXCLUDE REGEX "/(core|simt|onednn|vendor)/|_(cpu|simd)\\.cpp$")
  set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(ops "")
  foreach(file IN LISTS files)
    file(STRINGS ${file} definitions REGEX "^TableList [a-z0-9_]+_tables\\(\\) {")
    foreach(definition IN LISTS definitions)
      string(REGEX REPLACE "^TableList ([a-z0-9_]+)_tables.*" "\\1" op ${definition})
      list(APPEND ops ${op})
    endforeach()
  endforeach()
  set(${variable} ${ops} PARENT_SCOPE)
endfunction()

# sonograd_functions(target folder)
# Generates the header `<folder>_functions.h`: it includes the files of the folder and lists them in the macro
# SONOGRAD_<NAME>_FUNCTIONS(entry), as entry(name, Name) for name.h, and those whose `kUsesAlpha` is true once more in
# SONOGRAD_<NAME>_FUNCTIONS_OF_ALPHA, the others in SONOGRAD_<NAME>_FUNCTIONS_ALONE.
function(sonograd_functions target folder)
  cmake_path(GET folder FILENAME name)
  string(TOUPPER ${name} upper)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/${folder}/*.h)
  set(includes "")
  set(alone "")
  set(of_alpha "")
  foreach(file IN LISTS files)
    cmake_path(GET file STEM stem)
    set(functor "")
    string(REPLACE "_" ";" words ${stem})
    foreach(word IN LISTS words)
      string(SUBSTRING ${word} 0 1 first)
      string(SUBSTRING ${word} 1 -1 rest)
      string(TOUPPER ${first} first)
      string(APPEND functor ${first}${rest})
    endforeach()
    string(APPEND includes "#include \"${file}\"\n")
    file(STRINGS ${PROJECT_SOURCE_DIR}/${file} uses_alpha REGEX "kUsesAlpha = true")
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
    if(uses_alpha)
      string(APPEND of_alpha " entry(${stem}, ${functor})")
    else()
      string(APPEND alone " entry(${stem}, ${functor})")
    endif()
  endforeach()
  set(include_folder ${PROJECT_BINARY_DIR}/generated/include)
  set(macro SONOGRAD_${upper}_FUNCTIONS)
  file(CONFIGURE OUTPUT ${include_folder}/${folder}_functions.h CONTENT
"// Generated from the files of ${folder}.
#pragma once

${includes}
#define ${macro}_ALONE(entry)${alone}
#define ${macro}_OF_ALPHA(entry)${of_alpha}
#define ${macro}(entry) ${macro}_ALONE(entry) ${macro}_OF_ALPHA(entry)
")
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${include_folder}>)
endfunction()
