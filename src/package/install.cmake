# What is installed, and how other projects find it: CMake's and pkg-config's files, documents, examples. The folders are GNUInstallDirs'.
# None of the files has the prefix in it, so an installation can be moved.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/rankpool)

# BUILD_SHARED_LIBS chooses one of the two libraries; both are installed where it isn't set.
set(installed_kinds static shared)
if(DEFINED BUILD_SHARED_LIBS)
  set(installed_kinds ${rankpool_kind})
endif()
foreach(kind IN LISTS installed_kinds)
  set_target_properties(rankpool_${kind} PROPERTIES EXPORT_NAME ${kind})
  install(TARGETS rankpool_${kind} EXPORT rankpool-${kind})
  install(EXPORT rankpool-${kind} NAMESPACE rankpool:: FILE rankpool-${kind}-targets.cmake DESTINATION ${package_folder})
endforeach()
set(not_built "")
if(NOT RANKPOOL_MPI)
  set(not_built PATTERN mpi.h EXCLUDE)
endif()
install(DIRECTORY include/rankpool TYPE INCLUDE FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp" PATTERN "*.f90" ${not_built})

configure_package_config_file(src/package/rankpool-config.cmake.in rankpool-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(rankpool-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rankpool-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/rankpool-config-version.cmake
  DESTINATION ${package_folder})

# ---- pkg-config ----

# link_words(VARIABLE LIBRARY…): how the linker is told of each: a file becomes -l, with -L where the compiler wouldn't look by itself.
function(link_words variable)
  set(words "")
  foreach(library IN LISTS ARGN)
    get_filename_component(folder "${library}" DIRECTORY)
    if(NOT IS_ABSOLUTE "${library}")
      string(APPEND words " ${library}")
    elseif(library MATCHES "/lib([^/]+)\\.(so|a)[^/]*$")
      if(NOT folder IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
        string(APPEND words " -L${folder}")
      endif()
      string(APPEND words " -l${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(${variable} "${words}" PARENT_SCOPE)
endfunction()

set(private_files "")
if(RANKPOOL_MPI)
  list(APPEND private_files ${MPI_C_LIBRARIES})
endif()
if(RANKPOOL_OPENMP)
  list(APPEND private_files ${OpenMP_C_LIBRARIES})
endif()
list(REMOVE_DUPLICATES private_files)
link_words(pc_private ${private_files} ${own_libraries})
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
configure_file(src/package/rankpool.pc.in rankpool.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rankpool.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# ---- documents ----

# The reference is made from the headers. An entry without a comment is named, and a test fails.
find_program(AWK awk)
if(AWK)
  file(GLOB public_headers CONFIGURE_DEPENDS include/rankpool/*.h)
  set(reference ${CMAKE_CURRENT_BINARY_DIR}/reference.md)
  add_custom_command(OUTPUT ${reference} DEPENDS ${public_headers} src/package/reference.awk VERBATIM
    COMMAND ${AWK} -v version=${PROJECT_VERSION} -v to=${reference} -f ${CMAKE_CURRENT_SOURCE_DIR}/src/package/reference.awk
      ${public_headers} || ${CMAKE_COMMAND} -E true)
  add_custom_target(rankpool_reference ALL DEPENDS ${reference})
  install(FILES ${reference} TYPE DOC OPTIONAL)
endif()

# The same as pages of HTML, in docs/html of the build folder: ninja docs.
find_program(DOXYGEN doxygen)
if(AWK AND DOXYGEN AND RANKPOOL_IS_TOP)
  configure_file(src/package/Doxyfile.in ${CMAKE_CURRENT_BINARY_DIR}/Doxyfile @ONLY)
  add_custom_target(docs COMMAND ${DOXYGEN} ${CMAKE_CURRENT_BINARY_DIR}/Doxyfile VERBATIM COMMENT "Writing docs/html/index.html")
endif()

install(FILES LICENSE README.md CHANGELOG.md CITATION.cff TYPE DOC)
install(FILES include/rankpool/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME guide.md)
install(FILES src/cli/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME program.md)
install(FILES src/cli/OPTIONS.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME program-options.md)
install(FILES src/package/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME package.md)
install(DIRECTORY tests/examples/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples FILES_MATCHING PATTERN "*.c" PATTERN "*.cc"
  PATTERN "*.f90")
install(FILES src/package/examples.cmake DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples RENAME CMakeLists.txt)
