#include "compile/front/beside.h"
#include "circuit/array.h"
#include "circuit/scan.h"

#include <errno.h>
#include <string.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* All of a file, which is closed: NULL, or what is wrong with it. A negative fd
   is one that errno says could not be opened. */
static const char *map(struct mapped *f, int fd) {
  struct stat st;
  const char *why = NULL;
  *f = (struct mapped){0};
  if (fd < 0)
    return errno == ELOOP ? "it is a symbolic link, or reached by one"
                          : strerror(errno);
  if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
    why = "it is no regular file";
  } else if (st.st_size) { // mmap() refuses nothing at all
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED)
      why = strerror(errno);
    else
      *f = (struct mapped){at, (size_t)st.st_size};
  }
  close(fd);
  return why;
}

/* The folder of `path`, which may be reached by links: the user named it. */
static int open_folder(const char *path) {
  const char *slash = strrchr(path, '/');
  char *folder = xstrdup(slash ? path : ".");
  if (slash)
    folder[slash == path ? 1 : slash - path] = 0;
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  free(folder);
  return fd;
}

/* Consumes fd; -1 and errno if there is none. O_NONBLOCK, as a pipe would wait
   for who writes to it. */
static int open_part(int fd, const char *part, bool is_last) {
  int next = openat(fd, part,
                    O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
                        (is_last ? O_NONBLOCK : O_DIRECTORY));
  int why = errno;
  struct stat st;
  // of a link, O_DIRECTORY says that it is no folder
  if (next < 0 && why == ENOTDIR &&
      !fstatat(fd, part, &st, AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode))
    why = ELOOP;
  close(fd);
  errno = why;
  return next;
}

static bool check_name(const char *name, struct error *err) {
  const struct shown shown = show_text(name, strlen(name));
  if (!*name)
    return error_set(err, 0, "the name of a file is empty");
  if (*name == '/')
    return error_set(err, 0,
                     "'%s' is an absolute path; it must be in the folder of "
                     "the file that names it",
                     shown.text);
  for (const char *p = name; p; p = strchr(p, '/')) {
    p += *p == '/';
    if (!strncmp(p, "..", 2) && (!p[2] || p[2] == '/'))
      return error_set(err, 0,
                       "'%s' leads out of the folder of the file that names it",
                       shown.text);
  }
  return true;
}

static bool map_beside(struct mapped *f, const char *path, const char *name,
                       struct error *err) {
  if (!check_name(name, err))
    return false;
  int fd = open_folder(path);
  char *copy = xstrdup(name), *next;
  for (char *part = copy; part && fd >= 0; part = next) {
    next = strchr(part, '/');
    if (next)
      *next++ = 0;
    if (*part || !next)
      fd = open_part(fd, *part ? part : ".", !next);
  }
  const char *why = map(f, fd);
  free(copy);
  return !why || error_set(err, 0, "'%s' cannot be opened: %s",
                           show_text(name, strlen(name)).text, why);
}

const struct mapped *beside_find(struct beside *b, const char *path,
                                 const char *name, struct error *err) {
  struct mapped f;
  for (size_t i = b->files.n; i-- > 0;)
    if (!strcmp(b->files.at[i].name, name))
      return &b->files.at[i].data;
  if (b->files.n == BESIDE_MAX_FILES) {
    error_set(err, 0, "data are in more than %d files", BESIDE_MAX_FILES);
    return NULL;
  }
  if (!map_beside(&f, path, name, err))
    return NULL;
  array_push(&b->files, (struct beside_file){xstrdup(name), f});
  return &array_last(&b->files).data;
}

void beside_clear(struct beside *b) {
  for (size_t i = 0; i < b->files.n; i++) {
    free(b->files.at[i].name);
    mapped_clear(&b->files.at[i].data);
  }
  array_clear(&b->files);
}

bool mapped_open(struct mapped *f, const char *path, struct error *err) {
  const char *why = map(f, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  err->file = path;
  return !why || error_set(err, 0, "cannot open: %s", why);
}

void mapped_clear(struct mapped *f) {
  if (f->n)
    munmap((void *)(uintptr_t)f->at, f->n);
  *f = (struct mapped){0};
}
