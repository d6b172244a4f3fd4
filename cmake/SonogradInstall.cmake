# cmake --install: the program, and for other programs the headers of include/sonograd, their libraries, find_package(sonograd)
# and sonograd.pc, without the trainer.
include(CMakePackageConfigHelpers)

set(SONOGRAD_MODULES tensor kernels autograd layers audio models)
set(SONOGRAD_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sonograd)

install(TARGETS sonograd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS sonograd_tagger ${SONOGRAD_MODULES} sonograd_options sonograd_dnnl EXPORT sonograd
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/sonograd DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT sonograd NAMESPACE sonograd:: DESTINATION ${SONOGRAD_CMAKE_DIR})

configure_package_config_file(cmake/sonogradConfig.cmake.in sonogradConfig.cmake
  INSTALL_DESTINATION ${SONOGRAD_CMAKE_DIR})
write_basic_package_version_file(sonogradConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sonogradConfig.cmake ${PROJECT_BINARY_DIR}/sonogradConfigVersion.cmake
  DESTINATION ${SONOGRAD_CMAKE_DIR})

# The .pc file derives its prefix from its own place, so that an installed tree can be moved.
file(RELATIVE_PATH SONOGRAD_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
if(SONOGRAD_HAS_CUDA)
  set(SONOGRAD_PC_CUDA " -L${CUDAToolkit_LIBRARY_DIR} -lcudart_static -lrt -ldl")
endif()
if(SONOGRAD_EMULATOR)
  set(SONOGRAD_PC_FIBERS " -lboost_context")
endif()
configure_file(cmake/sonograd.pc.in sonograd.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sonograd.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
