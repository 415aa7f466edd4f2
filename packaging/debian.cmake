# A Debian package of what cmake --install installs: cpack --config build/release/CPackConfig.cmake -B DIR

set(VIAPORT_MAINTAINER "viaport contributors <viaport@packages.invalid>" CACHE STRING "Whom the Debian package names as maintainer")

set(changelog ${PROJECT_BINARY_DIR}/changelog.gz)
execute_process(COMMAND gzip -9nc ${PROJECT_SOURCE_DIR}/packaging/changelog OUTPUT_FILE ${changelog} COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS packaging/changelog)

# Only the package has these; a plain installation has no use for them.
install(FILES ${changelog} DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES packaging/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME viaport
	COMPONENT debian EXCLUDE_FROM_ALL)

# What is there is packed: nothing is built anew.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME viaport)
set(CPACK_PACKAGE_CONTACT ${VIAPORT_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

# Both components in one package.
set(CPACK_COMPONENTS_ALL Unspecified debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "test lab for SIP telephony: phones, routers with NAT, servers")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Which phone works behind which router with which server, why, and what would
make the others work? viaport simulates the phones, the routers with their
address translation, the servers, the wires and the clock, and names the cause
of what does not work.

A day passes in milliseconds, the same seed gives the same bytes, and no socket
is opened. Results can be read by people and by continuous integration.")
include(CPack)
