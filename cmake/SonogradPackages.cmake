# Third-party libraries. Tensors, kernels, layers, models and training are code of this project; everything else is a
# well-maintained library.
find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(tomlplusplus REQUIRED)
if(SONOGRAD_EMULATOR)
  find_package(Boost REQUIRED COMPONENTS context)   # fibers of the emulated device
  set(SONOGRAD_FIBERS Boost::context)
endif()
pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET sndfile>=1.1)
pkg_check_modules(soxr REQUIRED IMPORTED_TARGET soxr)
pkg_check_modules(fluidsynth REQUIRED fluidsynth)  # headers only: the library is opened on first use
pkg_check_modules(zip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(snappy REQUIRED IMPORTED_TARGET snappy)  # blocks of TensorFlow's bundles
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(rsvg librsvg-2.0)  # headers only, as above

# Linear classifiers of `sonograd transfer`. The package has no file for CMake or pkg-config.
find_path(LIBLINEAR_INCLUDE_DIR linear.h REQUIRED)
find_library(LIBLINEAR_LIBRARY linear REQUIRED)
add_library(sonograd_liblinear INTERFACE)
target_include_directories(sonograd_liblinear SYSTEM INTERFACE $<BUILD_INTERFACE:${LIBLINEAR_INCLUDE_DIR}>)
target_link_libraries(sonograd_liblinear INTERFACE ${LIBLINEAR_LIBRARY})

# Debian's dnnl-config.cmake requires OpenCL headers, which are not needed here.
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(sonograd_dnnl INTERFACE)
target_include_directories(sonograd_dnnl SYSTEM INTERFACE $<BUILD_INTERFACE:${DNNL_INCLUDE_DIR}>)
target_link_libraries(sonograd_dnnl INTERFACE ${DNNL_LIBRARY})
