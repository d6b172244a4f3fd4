# cmake --install: headers, libraries, find_package(sonograd) and sonograd.pc.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(SONOGRAD_MODULES tensor kernels autograd layers audio models train)
set(SONOGRAD_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sonograd)

install(TARGETS sonograd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${SONOGRAD_MODULES} sonograd_options sonograd_dnnl EXPORT sonograd
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(module IN LISTS SONOGRAD_MODULES)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/${module} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sonograd
    FILES_MATCHING PATTERN "*.h")
endforeach()
install(DIRECTORY ${CMAKE_BINARY_DIR}/generated/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sonograd)
install(EXPORT sonograd NAMESPACE sonograd:: DESTINATION ${SONOGRAD_CMAKE_DIR})

configure_package_config_file(cmake/sonogradConfig.cmake.in sonogradConfig.cmake
  INSTALL_DESTINATION ${SONOGRAD_CMAKE_DIR})
write_basic_package_version_file(sonogradConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sonogradConfig.cmake ${CMAKE_BINARY_DIR}/sonogradConfigVersion.cmake
  DESTINATION ${SONOGRAD_CMAKE_DIR})

# The .pc file finds its prefix from where it lies, so that an installed tree can be moved.
file(RELATIVE_PATH SONOGRAD_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
if(SONOGRAD_HAS_CUDA)
  set(SONOGRAD_PC_CUDA " -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -lrt -ldl")
endif()
if(rsvg_FOUND)
  set(SONOGRAD_PC_RSVG ", librsvg-2.0")
endif()
configure_file(cmake/sonograd.pc.in sonograd.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sonograd.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
