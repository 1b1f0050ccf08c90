#include "tools/growth_point.h"
#include "config.h"
#include "tools/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Points ---- */

void growth_point_init(struct growth_point *p, const long *at, size_t axes) {
  *p = (struct growth_point){0};
  memcpy(p->at, at, axes * sizeof *at);
  fmpz_init(p->gates);
  fmpz_init(p->gates_inner);
  fmpz_init(p->wires);
}

void growth_point_clear(struct growth_point *p) {
  fmpz_clear(p->gates);
  fmpz_clear(p->gates_inner);
  fmpz_clear(p->wires);
}

void growth_point_take(struct growth_point *p, const struct measuring *m) {
  p->depth = m->m.depth;
  p->depth_inner = m->m.depth_inner;
  p->weight_bits = m->m.weight_bits;
  p->method = m->method;
  fmpz_set_mpz(p->gates, m->m.gates);
  fmpz_set_mpz(p->gates_inner, m->m.gates_inner);
  fmpz_set_mpz(p->wires, m->m.wires);
}

void growth_point_copy(struct growth_point *p,
                       const struct growth_point *from) {
  p->depth = from->depth;
  p->depth_inner = from->depth_inner;
  p->weight_bits = from->weight_bits;
  p->method = from->method;
  fmpz_set(p->gates, from->gates);
  fmpz_set(p->gates_inner, from->gates_inner);
  fmpz_set(p->wires, from->wires);
}

static void write_number(const fmpz_t x, FILE *out) {
  char *digits = fmpz_get_str(NULL, 10, x);
  fprintf(out, "%s,", digits);
  flint_free(digits);
}

void growth_point_write(const struct growth_point *p, size_t axes, FILE *out) {
  for (size_t i = 0; i < axes; i++)
    fprintf(out, "%ld,", p->at[i]);
  fprintf(out, "%zu,%zu,", p->depth, p->depth_inner);
  write_number(p->gates, out);
  write_number(p->gates_inner, out);
  write_number(p->wires, out);
  fprintf(out, "%zu,%s\n", p->weight_bits, measuring_names[p->method]);
}

void growth_point_write_header(const struct axes *x, FILE *out) {
  for (size_t i = 0; i < x->n; i++)
    fprintf(out, "%s,", x->of[i].name);
  fputs("depth,depth_inner,gates,gates_inner,wires,weight_bits,method\n", out);
}

/* ---- Lines that are read ---- */

/* The next cell, of digits; *at moves past it and its comma. */
static bool read_digits(char **at, char **cell) {
  size_t n = strspn(*at, "0123456789");
  *cell = *at;
  if (!n || (*at)[n] != ',')
    return false;
  (*at)[n] = '\0';
  *at += n + 1;
  return true;
}

static bool read_long(char **at, long *value) {
  char *cell;
  errno = 0;
  if (!read_digits(at, &cell))
    return false;
  *value = strtol(cell, NULL, 10);
  return !errno;
}

static bool read_size(char **at, size_t *value) {
  long n;
  if (!read_long(at, &n))
    return false;
  *value = (size_t)n;
  return true;
}

static bool read_number(char **at, fmpz_t value) {
  char *cell;
  return read_digits(at, &cell) && !fmpz_set_str(value, cell, 10);
}

static bool read_method(const char *name, enum measuring_method *method) {
  for (*method = METHOD_MADE; *method <= METHOD_COUNTED; ++*method)
    if (!strcmp(name, measuring_names[*method]))
      return true;
  return false;
}

static bool read_point(struct growth_point *p, char *line, size_t axes) {
  static const long none[AXES] = {0};
  growth_point_init(p, none, axes);
  for (size_t i = 0; i < axes; i++)
    if (!read_long(&line, &p->at[i]))
      return false;
  return read_size(&line, &p->depth) && read_size(&line, &p->depth_inner) &&
         read_number(&line, p->gates) && read_number(&line, p->gates_inner) &&
         read_number(&line, p->wires) && read_size(&line, &p->weight_bits) &&
         read_method(line, &p->method);
}

/* ---- What was measured ---- */

/* Of a file its length and when it was changed. */
static void write_file(const char *path, FILE *out) {
  struct stat st;
  const char *colon = strrchr(path, ':');
  if (stat(path, &st) && (!colon || stat(path = colon + 1, &st)))
    return;
  fprintf(out, " [%lld bytes, %lld.%09ld]", (long long)st.st_size,
          (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void write_options(const struct arguments *a, FILE *out) {
  static const char *const names[] = {"basis",  "strategy", "method",   "dim",
                                      "random", "bind",     "calibrate"};
  for (size_t i = 0; i < a->settings.n; i++)
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
      if (!strcmp(a->settings.at[i].name, names[k]))
        fprintf(out, " --%s %s", names[k], a->settings.at[i].value);
  fprintf(out, " --seed %llu", (unsigned long long)limits_seed());
}

/* One line, whatever the words are; to be freed. */
static char *describe(const struct arguments *a, const struct axes *x) {
  char *text = NULL;
  size_t n;
  FILE *out = open_memstream(&text, &n);
  if (!out)
    die("out of memory");
  fprintf(out, "# tc0 " PACKAGE_VERSION " growth");
  for (size_t i = 0; i < a->words.n; i++) {
    const char *word = a->words.at[i];
    for (size_t k = 0; k < x->n; k++)
      if (x->of[k].word == i)
        word = NULL;
    fprintf(out, " %s", word ? word : "*");
    if (!i)
      write_file(word, out);
  }
  write_options(a, out);
  fclose(out);
  for (char *at = text; *at; at++)
    if ((unsigned char)*at < ' ')
      *at = ' ';
  return text;
}

/* ---- The file ---- */

enum {
  MOST_LINE = 1 << 16
};

struct lines {
  FILE *in;
  char *text; // without its end
  long whole; // bytes of lines that have one
  size_t n;   // lines
};

/* False at the end, or at a line without an end. */
static bool next_line(struct lines *l, bool *is_bad) {
  size_t n = 0;
  int ch;
  while ((ch = getc(l->in)) != EOF && ch != '\n' && n < MOST_LINE - 1)
    l->text[n++] = (char)ch;
  l->text[n] = '\0';
  *is_bad = (ch != EOF && ch != '\n') || strlen(l->text) != n;
  if (ch == EOF && !*is_bad)
    return false;
  l->n++;
  l->whole += (long)n + 1;
  return true;
}

static bool read_lines(struct growth_record *r, struct lines *l,
                       const char *what, const char *header,
                       struct error *err) {
  const char *first[] = {what, header};
  bool is_bad;
  while (next_line(l, &is_bad)) {
    struct growth_point p;
    if (is_bad)
      return error_set(err, l->n, "no line of points, as 'growth' writes them");
    if (l->n <= 2 && strcmp(l->text, first[l->n - 1]))
      return error_set(err, l->n,
                       "these points are of something else: '%.200s'"
                       " and not '%.200s'",
                       l->text, first[l->n - 1]);
    if (l->n <= 2)
      continue;
    if (!read_point(&p, l->text, r->axes)) {
      growth_point_clear(&p);
      return error_set(err, l->n, "no line of points, as 'growth' writes them");
    }
    array_push(&r->points, p);
  }
  if (l->n < 2 && strncmp(l->text, first[l->n], strlen(l->text)))
    return error_set(err, l->n + 1,
                     "no line of points, as 'growth' writes them");
  return true;
}

/* What is at its end without being a line goes. */
static bool cut_and_begin(struct growth_record *r, const struct lines *l,
                          const char *what, const char *header,
                          struct error *err) {
  long whole = l->n >= 2 ? l->whole : 0;
  bool ok =
      !ftruncate(fileno(r->file), whole) && !fseek(r->file, whole, SEEK_SET);
  if (ok && !whole)
    ok = fprintf(r->file, "%s\n%s\n", what, header) > 0;
  ok = !fflush(r->file) && ok;
  return ok || error_set(err, 0, "cannot write: %s", strerror(errno));
}

static char *header_of(const struct axes *x) {
  char *text = NULL;
  size_t n;
  FILE *out = open_memstream(&text, &n);
  if (!out)
    die("out of memory");
  growth_point_write_header(x, out);
  fclose(out);
  text[n - 1] = '\0';
  return text;
}

static bool open_file(struct growth_record *r, struct error *err) {
  struct stat st;
  bool is_there = !stat(r->path, &st);
  err->file = r->path;
  if (is_there && !S_ISREG(st.st_mode))
    return error_set(err, 0, "is no regular file");
  r->file = fopen(r->path, is_there ? "r+" : "w+");
  return r->file || error_set(err, 0, "cannot open: %s", strerror(errno));
}

bool growth_record_open(struct growth_record *r, const char *path,
                        const struct arguments *a, const struct axes *x,
                        struct error *err) {
  *r = (struct growth_record){.path = path, .axes = x->n};
  if (!open_file(r, err))
    return false;
  char *what = describe(a, x), *header = header_of(x);
  struct lines l = {.in = r->file, .text = xmalloc(MOST_LINE)};
  bool ok = read_lines(r, &l, what, header, err) &&
            cut_and_begin(r, &l, what, header, err);
  free(l.text);
  free(what);
  free(header);
  if (ok)
    err->file = NULL;
  return ok;
}

const struct growth_point *growth_record_find(struct growth_record *r,
                                              const long *at) {
  for (size_t i = 0; i < r->points.n; i++) {
    size_t k = (r->next + i) % r->points.n; // asked for in order, mostly
    if (memcmp(r->points.at[k].at, at, r->axes * sizeof *at))
      continue;
    r->next = k + 1;
    return &r->points.at[k];
  }
  return NULL;
}

bool growth_record_add(struct growth_record *r, const struct growth_point *p,
                       struct error *err) {
  if (!r->file)
    return true;
  growth_point_write(p, r->axes, r->file);
  if (!fflush(r->file) && !ferror(r->file))
    return true;
  err->file = r->path;
  return error_set(err, 0, "cannot write: %s", strerror(errno));
}

void growth_record_clear(struct growth_record *r) {
  for (size_t i = 0; i < r->points.n; i++)
    growth_point_clear(&r->points.at[i]);
  array_clear(&r->points);
  if (r->file)
    fclose(r->file);
}
