# The target `bundle`: a tarball for machines with glibc, and for their GPU where there is a driver: the binary, most tests, the
# shared libraries of both, music for a training run, and scripts/gpu-run.
if(NOT SONOGRAD_TESTS)
  return()
endif()

# The tests as one program, so that it contains the library once. Without the tests of the sources, of the command line and of
# the system's sound libraries, and without tests that replace operator new.
get_property(test_programs DIRECTORY tests PROPERTY BUILDSYSTEM_TARGETS)
list(FILTER test_programs INCLUDE REGEX "_tests$")
list(REMOVE_ITEM test_programs app_tests docs_tests audio_tests heap_tests)
list(TRANSFORM test_programs REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE test_objects)
find_package(GTest REQUIRED)
add_executable(sonograd_tests EXCLUDE_FROM_ALL ${test_objects})
target_link_libraries(sonograd_tests PRIVATE test_support GTest::gtest_main GTest::gmock)

# The library path of a program is also valid for the libraries of its libraries (DT_RPATH), which are copied unchanged.
set(bundle_programs sonograd sonograd_tests)
foreach(program IN LISTS bundle_programs)
  set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
  target_link_options(${program} PRIVATE -Wl,--disable-new-dtags)
endforeach()

install(TARGETS ${bundle_programs} RUNTIME_DEPENDENCY_SET bundle
  RUNTIME DESTINATION bin COMPONENT bundle EXCLUDE_FROM_ALL)
install(RUNTIME_DEPENDENCY_SET bundle
  PRE_EXCLUDE_REGEXES "^(ld-linux.*|lib(c|m|mvec|dl|rt|pthread|resolv))\\.so\\."
  LIBRARY DESTINATION lib COMPONENT bundle EXCLUDE_FROM_ALL)
install(PROGRAMS scripts/gpu-run DESTINATION scripts COMPONENT bundle EXCLUDE_FROM_ALL)
install(FILES LICENSE DESTINATION . COMPONENT bundle EXCLUDE_FROM_ALL)
install(DIRECTORY tests/golden DESTINATION tests COMPONENT bundle EXCLUDE_FROM_ALL FILES_MATCHING PATTERN "*.json" PATTERN "models/*" REGEX "/bundles/")

set(bundle_music ${PROJECT_BINARY_DIR}/bundle-music)
add_custom_command(OUTPUT ${bundle_music}/labels.tsv VERBATIM
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${bundle_music}
  COMMAND sonograd data synth ${bundle_music} --clips 80 --seconds 4 --seed 1 --format ogg --quiet)
add_custom_target(bundle_files DEPENDS ${bundle_music}/labels.tsv ${bundle_programs})
install(DIRECTORY ${bundle_music}/ DESTINATION music COMPONENT bundle EXCLUDE_FROM_ALL)
install(CODE "execute_process(COMMAND git -C \"${PROJECT_SOURCE_DIR}\" describe --always --dirty --exclude *
  OUTPUT_FILE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/commit\" ERROR_QUIET)" COMPONENT bundle EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR TGZ)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};${PROJECT_NAME};bundle;/")
set(CPACK_PACKAGE_FILE_NAME ${PROJECT_NAME}-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(SONOGRAD_BUNDLE ${PROJECT_BINARY_DIR}/${CPACK_PACKAGE_FILE_NAME}.tar.gz)
include(CPack)
add_custom_target(bundle DEPENDS bundle_files WORKING_DIRECTORY ${PROJECT_BINARY_DIR} VERBATIM
  COMMAND ${CMAKE_CPACK_COMMAND} --config CPackConfig.cmake)

set(most_mib 56)
if(NOT SONOGRAD_SANITIZE)
  add_test(NAME bundle COMMAND ${PROJECT_SOURCE_DIR}/tests/install/bundle-check ${CMAKE_COMMAND} ${PROJECT_BINARY_DIR}
    ${SONOGRAD_BUNDLE} ${most_mib})
  set_tests_properties(bundle PROPERTIES LABELS slow TIMEOUT 600)
endif()
