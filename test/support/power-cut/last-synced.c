/*
 * A model of a disk that loses power, preloaded into a program under test. Each fsync of a file copies what it holds at
 * that moment into the folder LAST_SYNCED, under its inode; each fsync of a folder keeps the list of its entries there.
 * After the program was killed, this is what a disk would still have: a file that was created or renamed is there under
 * that name only when its folder was synced afterwards.
 * SYNCS_UNTIL_FAILURE=n makes the fsync after n good ones, and every later one, fail with EIO.
 *
 * The file is read through the descriptor that is synced: to open and close it once more would end the program's locks.
 * One that is only written cannot be read so, and has no lock. A second descriptor of it stays open, so that the inode of a
 * file that is deleted is not given to another.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long syncs = 0;

static int keep_content(int fd, const char *kept, const char *fresh)
{
    char own[64], block[65536];
    ssize_t size;
    off_t at = 0;
    int source = fd;
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY) {
        snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
        source = open(own, O_RDONLY);
        if (source < 0) return -1;
    }
    if (access(kept, F_OK) != 0 && fcntl(fd, F_DUPFD_CLOEXEC, 0) < 0) return -1;
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

/* An entry a line: inode, mode (octal), name. */
static int keep_entries(int fd, const char *kept, const char *fresh)
{
    char own[64];
    struct stat info;
    struct dirent *entry;
    snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
    DIR *listed = opendir(own);
    FILE *copy = fopen(fresh, "w");
    if (listed == NULL || copy == NULL) return -1;
    while ((entry = readdir(listed)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (fstatat(dirfd(listed), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
        fprintf(copy, "%lu %o %s\n", (unsigned long)info.st_ino, info.st_mode, entry->d_name);
    }
    closedir(listed);
    if (fclose(copy) != 0) return -1;
    return rename(fresh, kept);
}

static int keep(int fd, const char *folder)
{
    char kept[PATH_MAX], fresh[PATH_MAX + 8];
    struct stat info;
    if (fstat(fd, &info) != 0 || (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))) return 0;
    snprintf(kept, sizeof kept, "%s/%lu", folder, (unsigned long)info.st_ino);
    snprintf(fresh, sizeof fresh, "%s.fresh", kept);
    return S_ISDIR(info.st_mode) ? keep_entries(fd, kept, fresh) : keep_content(fd, kept, fresh);
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
