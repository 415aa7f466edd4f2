#include "sim/cli/place.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_DEEP 40 /* as many as the system itself follows */

/** What a link at `path` names; NULL: there is no link. The caller frees it. */
static char *followed(const char *path)
{
	char to[PATH_MAX], *next;
	ssize_t n = readlink(path, to, sizeof to - 1);
	if (n < 0)
		return NULL;
	to[n] = '\0';
	char *copy = strdup(path);
	assert(copy);
	int length = *to == '/' ? asprintf(&next, "%s", to) : asprintf(&next, "%s/%s", dirname(copy), to);
	assert(length >= 0);
	free(copy);
	return next;
}

char *place_of(const char *path)
{
	char *place = strdup(path), *next;
	assert(place);
	for (int i = 0; i < LINKS_DEEP && (next = followed(place)); i++) {
		free(place);
		place = next;
	}
	return place;
}

char *place_beside(const char *place, const char *end)
{
	char *path;
	int n = asprintf(&path, "%s%s", place, end);
	assert(n >= 0);
	return path;
}

bool place_is_special(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/** Who had it locked may have given it another name meanwhile, or removed it. */
static bool still_has_name(int fd, const char *path)
{
	struct stat opened, named;
	return fstat(fd, &opened) == 0 && stat(path, &named) == 0 && opened.st_dev == named.st_dev &&
	       opened.st_ino == named.st_ino;
}

int place_lock(const char *path)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0)
			return -1;
		/* a file system without locks is written as if nobody else did */
		if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
			close(fd);
			errno = EWOULDBLOCK;
			return -1;
		}
		if (still_has_name(fd, path))
			return fd;
		close(fd);
	}
}
