#define _XOPEN_SOURCE 700 // realpath()
#include "circuit/file.h"
#include "circuit/binary.h"
#include "circuit/scan.h"
#include "circuit/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail_io(struct error *err, const char *what) {
  return error_set(err, 0, "cannot %s: %s", what, strerror(errno));
}

bool circuit_read_file(struct circuit *c, const char *path, struct error *err) {
  bool is_stdin = !strcmp(path, "-");
  err->file = is_stdin ? "standard input" : path;
  FILE *in = is_stdin ? stdin : fopen(path, "rb");
  if (!in)
    return fail_io(err, "open");
  int first = getc(in);
  if (first != EOF)
    ungetc(first, in);
  bool is_binary = first == (unsigned char)BINARY_MAGIC[0];
  bool ok = is_binary ? binary_read(c, in, err) : text_read(c, in, err);
  if (!is_stdin)
    fclose(in);
  return ok;
}

static bool ends_in(const char *path, const char *end) {
  size_t n = strlen(path), k = strlen(end);
  return n > k && !strcmp(path + n - k, end);
}

bool circuit_format_of_path(const char *path, enum circuit_format *f) {
  *f = ends_in(path, ".tcb") ? FORMAT_BINARY : FORMAT_TEXT;
  return ends_in(path, ".tcb") || ends_in(path, ".tc");
}

struct job {
  const struct circuit *c;
  enum circuit_format format;
};

static bool write_job(FILE *out, const void *context) {
  const struct job *j = context;
  return j->format == FORMAT_BINARY ? binary_write(j->c, out)
                                    : text_write(j->c, out);
}

bool circuit_write_file(const struct circuit *c, const char *path,
                        enum circuit_format f, struct error *err) {
  struct job j = {c, f};
  for (size_t i = 0; i < c->integers.longs.n; i++) {
    struct integer_scratch scratch;
    size_t n = mpz_sizeinbase(
        integers_get(&c->integers, INTEGER_LONG | (integer_id)i, &scratch), 2);
    if (n > SCAN_MAX_BITS) {
      err->file = path;
      return error_set(err, 0,
                       "the circuit has an integer of %zu bits; files hold at "
                       "most 2^20",
                       n);
    }
  }
  return file_replace(path, write_job, &j, err);
}

/* The file beside the one that is being written. A handler of a signal has no
   argument by which it could learn this, hence the only state of this kind. */
static struct {
  char name[PATH_MAX]; // valid while is_there
  volatile sig_atomic_t is_there;
  bool at_exit; // remove_beside() was registered
} beside;

static const int endings[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum {
  ENDINGS = sizeof endings / sizeof *endings
};

static void remove_beside(void) {
  if (beside.is_there)
    unlink(beside.name);
  beside.is_there = 0;
}

static void end_by_signal(int number) {
  remove_beside();
  raise(number); // the action is the default again
}

static void catch_endings(struct sigaction old[ENDINGS]) {
  struct sigaction a;
  memset(&a, 0, sizeof a);
  a.sa_handler = end_by_signal;
  a.sa_flags = (int)SA_RESETHAND;
  sigemptyset(&a.sa_mask);
  for (int i = 0; i < ENDINGS; i++) {
    sigaction(endings[i], NULL, &old[i]);
    if (old[i].sa_handler == SIG_DFL) // not what nohup or others chose
      sigaction(endings[i], &a, NULL);
  }
  if (!beside.at_exit)
    beside.at_exit = !atexit(remove_beside);
}

static void restore_endings(const struct sigaction old[ENDINGS]) {
  for (int i = 0; i < ENDINGS; i++)
    sigaction(endings[i], &old[i], NULL);
}

/* With the rights that the file has, or that a new one would get. */
static FILE *open_beside(const char *path, const struct stat *old) {
  int fd = -1;
  for (unsigned i = 0; fd < 0 && i < 1000; i++) {
    int n = snprintf(beside.name, sizeof beside.name, "%s.%ld-%u.new", path,
                     (long)getpid(), i);
    if (n < 0 || (size_t)n >= sizeof beside.name) {
      errno = ENAMETOOLONG;
      return NULL;
    }
    beside.is_there = 1; // before it is, lest a signal come in between
    fd = open(beside.name, O_WRONLY | O_CREAT | O_EXCL, 0666);
    beside.is_there = fd >= 0;
    if (fd < 0 && errno != EEXIST)
      return NULL;
  }
  if (fd < 0)
    return NULL;
  if (old)
    (void)!fchmod(fd, old->st_mode & 07777);
  FILE *out = fdopen(fd, "wb");
  if (!out)
    close(fd);
  return out;
}

static bool write_beside(const char *path, const struct stat *old,
                         bool (*write)(FILE *out, const void *context),
                         const void *context, struct error *err) {
  FILE *out = open_beside(path, old);
  if (!out)
    return fail_io(err, "create a file beside it");
  bool ok = write(out, context) && !ferror(out) && !fflush(out) &&
            !fsync(fileno(out));
  int reason = errno;
  ok = !fclose(out) && ok;
  errno = reason;
  if (!ok)
    return fail_io(err, "write");
  if (rename(beside.name, path))
    return fail_io(err, "rename the file that was written beside it");
  beside.is_there = 0;
  return true;
}

static bool write_directly(FILE *out,
                           bool (*write)(FILE *out, const void *context),
                           const void *context, struct error *err) {
  bool ok = write(out, context) && !ferror(out) && !fflush(out);
  return ok || fail_io(err, "write");
}

/* Through a symbolic link to the file itself. */
static bool replace(const char *path, const struct stat *old,
                    bool (*write)(FILE *out, const void *context),
                    const void *context, struct error *err) {
  struct sigaction actions[ENDINGS];
  char *target = old ? realpath(path, NULL) : NULL;
  if (old && !target)
    return fail_io(err, "find");
  if (beside.is_there)
    BUG("two files are written at once");
  catch_endings(actions);
  bool ok = write_beside(target ? target : path, old, write, context, err);
  remove_beside();
  restore_endings(actions);
  free(target);
  return ok;
}

bool file_replace(const char *path,
                  bool (*write)(FILE *out, const void *context),
                  const void *context, struct error *err) {
  struct stat old;
  if (!strcmp(path, "-")) {
    err->file = "standard output";
    return write_directly(stdout, write, context, err);
  }
  err->file = path;
  bool exists = !stat(path, &old);
  if (!exists || S_ISREG(old.st_mode))
    return replace(path, exists ? &old : NULL, write, context, err);
  FILE *out = fopen(path, "wb");
  if (!out)
    return fail_io(err, "open");
  bool ok = write_directly(out, write, context, err);
  return !fclose(out) && ok;
}
