# cmake -D NAME=page_css -D "IN=page.css" -D OUT=page_css.c -P embed.cmake: files, one behind the other, as an array of a C program.
# Comments that have lines of their own stay here, where the files are read, and do not go into every report.
set(bytes)
foreach(in IN LISTS IN)
	file(READ "${in}" text)
	string(REGEX REPLACE "\n[\t]*/\\*([^*]|\\*+[^*/])*\\*+/\n" "\n" text "\n${text}")
	string(HEX "${text}" more)
	string(APPEND bytes ${more})
endforeach()
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE "${OUT}" "#include \"reports/html_page.h\"\n\nconst char ${NAME}[] = {\n${bytes}0\n};\n")
