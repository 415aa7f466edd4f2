# cmake -D NAME=page_css -D "IN=page.css" -D OUT=page_css.c -P embed.cmake: files, one behind the other, as an array of a C program.
set(bytes)
foreach(in IN LISTS IN)
	file(READ "${in}" more HEX)
	string(APPEND bytes ${more})
endforeach()
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
file(WRITE "${OUT}" "#include \"reports/html_page.h\"\n\nconst char ${NAME}[] = {\n${bytes}0\n};\n")
