# Makes the manual page: docs/viaport.1.scd, with what the program itself says of its commands and options.
#
#	cmake -D SOURCE=viaport.1.scd -D OUTPUT=viaport.1 -D VIAPORT=... -D SCDOC=... -D VERSION=0.1.0 -P manual.cmake

cmake_minimum_required(VERSION 3.24)

execute_process(COMMAND ${VIAPORT} manual OUTPUT_VARIABLE COMMANDS COMMAND_ERROR_IS_FATAL ANY)
string(STRIP "${COMMANDS}" COMMANDS)
configure_file(${SOURCE} ${OUTPUT}.scd @ONLY)
execute_process(COMMAND ${SCDOC} INPUT_FILE ${OUTPUT}.scd OUTPUT_FILE ${OUTPUT} COMMAND_ERROR_IS_FATAL ANY)
