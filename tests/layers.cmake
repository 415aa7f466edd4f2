# Reads the #include lines of every layer. An arrow points left or stays; an outside library has one home.
#
#	cmake -D ROOT=. -P tests/layers.cmake

cmake_minimum_required(VERSION 3.24)

# From left to right; each may include from itself and from what stands before it.
set(layers sim models scenarios reports sim/cli)

# What is included between < and >, and the only files that may do so.
set(library_names "osip" "libfyaml" "uv.h" "nettle/" "libsmartcols" "jansson" "zlib" "sqlite3" "graphviz/" "pthread.h|threads.h|unistd.h|fcntl.h|signal.h")
set(library_homes "models/sip\\.c" "scenarios/yaml\\.c" "sim/cli/.*" "models/.*" "reports/table\\.c" "reports/recorded\\.c" "reports/part\\.c" "sim/cli/store\\.c" "reports/picture\\.c" "sim/cli/.*")

get_filename_component(ROOT ${ROOT} ABSOLUTE)
set(complaints 0)

function(complain sentence)
	message("${sentence}")
	math(EXPR n "${complaints} + 1")
	set(complaints ${n} PARENT_SCOPE)
endfunction()

function(check_own_header file header allowed)
	get_filename_component(layer ${header} DIRECTORY)
	if(NOT layer IN_LIST allowed)
		complain("${file} includes \"${header}\"; it may include only from: ${allowed}")
	endif()
	set(complaints ${complaints} PARENT_SCOPE)
endfunction()

function(check_library file header)
	foreach(name home IN ZIP_LISTS library_names library_homes)
		if(header MATCHES "^(${name})" AND NOT file MATCHES "^${home}$")
			complain("${file} includes <${header}>; its home is ${home}")
		endif()
	endforeach()
	set(complaints ${complaints} PARENT_SCOPE)
endfunction()

function(check_file file allowed)
	file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*include")
	foreach(line IN LISTS lines)
		if(line MATCHES "\"([^\"]+)\"")
			check_own_header(${file} ${CMAKE_MATCH_1} "${allowed}")
		elseif(line MATCHES "<([^>]+)>")
			check_library(${file} ${CMAKE_MATCH_1})
		endif()
	endforeach()
	set(complaints ${complaints} PARENT_SCOPE)
endfunction()

set(allowed "")
set(read 0)
foreach(layer IN LISTS layers)
	list(APPEND allowed ${layer})
	file(GLOB files RELATIVE ${ROOT} ${ROOT}/${layer}/*.c ${ROOT}/${layer}/*.h)
	foreach(file IN LISTS files)
		check_file(${file} "${allowed}")
		math(EXPR read "${read} + 1")
	endforeach()
endforeach()

if(complaints GREATER 0)
	message(FATAL_ERROR "${complaints} includes point the wrong way")
endif()
if(read EQUAL 0)
	message(FATAL_ERROR "no source files under ${ROOT}")
endif()
message("${read} files, every arrow points left")
