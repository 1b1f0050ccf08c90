#include "compile/front/beside.h"
#include "circuit/array.h"
#include "circuit/scan.h"

#include <errno.h>
#include <string.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct search {
  const char *name; // as the file has it
  struct error *err;
};

static bool fail(const struct search *s, const char *why) {
  return error_set(s->err, 0, "'%s' %s",
                   show_text(s->name, strlen(s->name)).text, why);
}

static bool fail_open(const struct search *s) {
  char why[100];
  if (errno == ELOOP)
    return fail(s,
                "is, or is reached by, a symbolic link, which is not followed");
  snprintf(why, sizeof why, "cannot be opened: %s", strerror(errno));
  return fail(s, why);
}

/* Of the whole file; fd is closed. */
static bool map(struct mapped *f, int fd, const struct search *s) {
  struct stat st;
  bool ok = !fstat(fd, &st) && S_ISREG(st.st_mode);
  if (!ok) {
    fail(s, "is no regular file");
  } else if (st.st_size) {
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    ok = at != MAP_FAILED || fail_open(s);
    if (ok)
      *f = (struct mapped){at, (size_t)st.st_size};
  }
  close(fd);
  return ok;
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

static bool check_name(const struct search *s) {
  if (!*s->name)
    return error_set(s->err, 0, "the name of a file is empty");
  if (*s->name == '/')
    return fail(s, "is an absolute path; it must be in the folder of the file "
                   "that names it");
  for (const char *p = s->name; p; p = strchr(p, '/')) {
    p += *p == '/';
    if (!strncmp(p, "..", 2) && (!p[2] || p[2] == '/'))
      return fail(s, "leads out of the folder of the file that names it");
  }
  return true;
}

static bool map_beside(struct mapped *f, const char *path, const char *name,
                       struct error *err) {
  struct search s = {name, err};
  *f = (struct mapped){0};
  if (!check_name(&s))
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
  free(copy);
  return fd < 0 ? fail_open(&s) : map(f, fd, &s);
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
  struct search s = {path, err};
  *f = (struct mapped){0};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return fd < 0 ? fail_open(&s) : map(f, fd, &s);
}

void mapped_clear(struct mapped *f) {
  if (f->n)
    munmap((void *)(uintptr_t)f->at, f->n);
  *f = (struct mapped){0};
}
