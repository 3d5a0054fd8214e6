/*
 * A model of a disk that loses power, preloaded into a program under test. Each fsync copies what the file holds at that
 * moment into the folder LAST_SYNCED, under its inode, which stays when it is renamed: after the program was killed,
 * these copies are what a disk would still have.
 * SYNCS_UNTIL_FAILURE=n makes the fsync after n good ones, and every later one, fail with EIO.
 *
 * The file is read through the descriptor that is synced: to open and close it once more would end the program's locks.
 * One that is only written cannot be read so, and has no lock.
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
    char own[64], kept[PATH_MAX], fresh[PATH_MAX + 8], block[65536];
    struct stat info;
    ssize_t size;
    off_t at = 0;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
    int source = fd;
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
        snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
        source = open(own, O_RDONLY);
        if (source < 0) return -1;
    }
    snprintf(kept, sizeof kept, "%s/%lu", folder, (unsigned long)info.st_ino);
    snprintf(fresh, sizeof fresh, "%s.fresh", kept);
    int copy = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (copy < 0) return -1;
    while ((size = pread(source, block, sizeof block, at)) > 0) {
        if (write(copy, block, (size_t)size) != size) return -1;
        at += size;
    }
    if (source != fd) close(source);
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
