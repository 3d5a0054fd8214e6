/*
 * A model of a disk that loses power, preloaded into a program under test. Each fsync copies what the file holds at that
 * moment into the folder LAST_SYNCED: after the program was killed, these copies are what a disk would still have.
 * SYNCS_UNTIL_FAILURE=n makes the fsync after n good ones, and every later one, fail with EIO.
 *
 * The file is read through the descriptor that is synced: to open and close it once more would end the program's locks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long syncs = 0;

static int keep(int fd, const char *folder)
{
    char link[64], path[PATH_MAX], kept[PATH_MAX * 2], fresh[PATH_MAX * 2 + 8], block[65536];
    struct stat info;
    ssize_t length, size;
    off_t at = 0;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return -1;
    path[length] = 0;
    snprintf(kept, sizeof kept, "%s/%s", folder, strrchr(path, '/') + 1);
    snprintf(fresh, sizeof fresh, "%s.fresh", kept);
    int copy = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (copy < 0) return -1;
    while ((size = pread(fd, block, sizeof block, at)) > 0) {
        if (write(copy, block, (size_t)size) != size) return -1;
        at += size;
    }
    if (close(copy) != 0 || size < 0) return -1;
    return rename(fresh, kept);
}

static int model(int fd)
{
    const char *folder = getenv("LAST_SYNCED"), *limit = getenv("SYNCS_UNTIL_FAILURE");
    syncs += 1;
    if (limit != NULL && syncs > atol(limit)) {
        errno = EIO;
        return -1;
    }
    return folder == NULL ? 0 : keep(fd, folder);
}

int fsync(int fd) { return model(fd); }
int fdatasync(int fd) { return model(fd); }
