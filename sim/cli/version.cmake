# Writes a C file that says which commit ROOT is built from. It is touched only when that has changed, so that a build
# after a commit links anew and others do not.
#
#	cmake -D ROOT=. -D VERSION=0.1.0 -D OUTPUT=version.c -P sim/cli/version.cmake

cmake_minimum_required(VERSION 3.24)

set(archived "$Format:%H$") # git archive writes the commit here, see .gitattributes

# "0123456789ab", or "0123456789ab-dirty"; empty when ROOT is not the top of a git repository.
function(ask_git out)
	set(${out} "" PARENT_SCOPE)
	find_program(git git)
	if(NOT git)
		return()
	endif()
	execute_process(COMMAND ${git} -C ${ROOT} rev-parse --show-toplevel
		OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
	file(REAL_PATH ${ROOT} root)
	if(NOT top STREQUAL root)
		return() # unpacked below somebody else's repository
	endif()
	execute_process(COMMAND ${git} -C ${ROOT} --no-optional-locks describe --always --exclude=* --dirty --abbrev=12
		OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
	set(${out} "${commit}" PARENT_SCOPE)
endfunction()

if(archived MATCHES "^[0-9a-f]+$")
	string(SUBSTRING ${archived} 0 12 commit)
else()
	ask_git(commit)
endif()

set(whole ${VERSION})
if(commit)
	string(APPEND whole +${commit})
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "sim/cli/version.h"

const char version_number[] = "@VERSION@";
const char version_commit[] = "@commit@";
const char version_whole[] = "@whole@";
]])
