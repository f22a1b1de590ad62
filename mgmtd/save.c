/* SPDX-License-Identifier: MIT */
/* Files that are whole or as they were before. */
#include "mgmtd/history.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(struct edit_error *err, const char *path, const char *what)
{
	int e = errno;

	error_set(err, e == ENOSPC || e == EDQUOT ? ERR_RESOURCE_DENIED : ERR_OPERATION_FAILED,
		  NULL, "%s: %s: %s", path, what, strerror(e));
	return false;
}

static bool write_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		n -= (size_t)done;
	}
	return true;
}

static bool sync_dir_of(const char *path)
{
	char dir[PATH_MAX];
	int fd;
	bool fine;

	snprintf(dir, sizeof(dir), "%s", path);
	fd = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	fine = fsync(fd) == 0;
	close(fd);
	return fine;
}

bool save_file(const char *path, unsigned int mode, const char *data, size_t n,
	       struct edit_error *err)
{
	char tmp[PATH_MAX];
	int fd;

	if ((size_t)snprintf(tmp, sizeof(tmp), "%s.new", path) >= sizeof(tmp)) {
		errno = ENAMETOOLONG;
		return fail(err, path, "can't be written");
	}
	/* A leftover of a crash may have other rights than ours shall have. */
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return fail(err, path, "can't be written");
	if (fchmod(fd, mode) || !write_all(fd, data, n) || fsync(fd)) {
		fail(err, path, "can't be written");
		close(fd);
		unlink(tmp);
		return false;
	}
	close(fd);
	if (rename(tmp, path)) {
		fail(err, path, "can't be replaced");
		unlink(tmp);
		return false;
	}
	/* The new file is in place. Whether its name outlives a power failure
	 * nobody can say now; the content that anyone reads is whole either way. */
	sync_dir_of(path);
	return true;
}

char *load_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *data = NULL;

	if (!f)
		return NULL;
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode)) {
		*n = (size_t)st.st_size;
		data = malloc(*n + 1);
		if (!data)
			abort();
		*n = fread(data, 1, *n, f);
		data[*n] = '\0';
	} else if (errno == 0) {
		errno = EINVAL;
	}
	fclose(f);
	return data;
}
