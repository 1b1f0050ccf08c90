/* tc0 growth: depth and size against a parameter, formulas, the certificate. */
#include "analysis/class.h"
#include "analysis/fit.h"
#include "analysis/surface.h"
#include "tools/axis.h"
#include "tools/document.h"
#include "tools/growth_plot.h"
#include "tools/growth_point.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <flint/fmpz_vec.h>

/* What is fitted. */
enum {
  DEPTH,
  GATES,
  WIRES,
  CURVES
};

static const char *const curve_names[] = {"inner depth", "inner gates",
                                          "wires"};
static const char *const curve_keys[] = {"depth", "gates", "wires"};

struct fits {
  struct fit of[CURVES];
};

struct report {
  const struct arguments *a;
  struct axes axes;
  ARRAY(struct growth_point) points;
  struct growth_record record;
  struct surface surface[CURVES]; // in both, where there are two parameters
  ARRAY(struct fits) lines;       // one, or of each value of a second parameter
  struct source last;             // has the program
  struct family_class classes[AXES];
};

/* ---- Measuring ---- */

static void put_header(const struct report *r) {
  if (has_option(r->a, "csv")) {
    growth_point_write_header(&r->axes, stdout);
    return;
  }
  for (size_t i = 0; i < r->axes.n; i++)
    printf("%8s ", r->axes.of[i].name);
  puts("   depth   inner            gates            inner"
       "            wires  bits  method");
}

static void put_number(const fmpz_t x) {
  char *digits = fmpz_get_str(NULL, 10, x);
  printf(" %16s", digits);
  flint_free(digits);
}

static void put_point(const struct report *r, const struct growth_point *p) {
  if (has_option(r->a, "csv")) {
    growth_point_write(p, r->axes.n, stdout);
  } else {
    for (size_t i = 0; i < r->axes.n; i++)
      printf("%8ld ", p->at[i]);
    printf("%8zu%8zu", p->depth, p->depth_inner);
    put_number(p->gates);
    put_number(p->gates_inner);
    put_number(p->wires);
    printf(" %5zu  %s\n", p->weight_bits, measuring_names[p->method]);
  }
  fflush(stdout); // a point may have taken long
}

/* The source at these values, which stays open as the last. */
static bool open_at(struct report *r, const long *at) {
  char **word = axes_words(&r->axes, r->a, at);
  source_clear(&r->last);
  bool ok =
      open_words(&r->last, r->a, (const char *const *)word, r->a->words.n);
  axes_words_free(word, r->a);
  return ok;
}

static bool measure(struct report *r, struct growth_point *p,
                    enum measuring_method how, struct error *err) {
  struct measuring m;
  if (!measuring_find(&m, &r->last, r->a, how, err))
    return false;
  growth_point_take(p, &m);
  measuring_clear(&m);
  return growth_record_add(&r->record, p, err);
}

/* One point: from the record, or measured. */
static bool take_point(struct report *r, const long *at,
                       enum measuring_method how, bool is_last) {
  struct error err = {0};
  struct growth_point p;
  const struct growth_point *kept = growth_record_find(&r->record, at);
  if ((!kept || is_last) && !open_at(r, at))
    return false;
  growth_point_init(&p, at, r->axes.n);
  array_push(&r->points, p);
  if (kept)
    growth_point_copy(&array_last(&r->points), kept);
  else if (!measure(r, &array_last(&r->points), how, &err)) {
    report(&err);
    return false;
  }
  if (!has_option(r->a, "json"))
    put_point(r, &array_last(&r->points));
  return true;
}

static bool measure_all(struct report *r, enum measuring_method how) {
  size_t place[AXES] = {0}, all = 1;
  long at[AXES];
  for (size_t i = 0; i < r->axes.n; i++)
    all *= r->axes.of[i].value.n;
  if (!has_option(r->a, "json"))
    put_header(r);
  do {
    axes_at(&r->axes, place, at);
    if (has_option(r->a, "json"))
      progress_points(r->a, r->points.n, all);
    if (!take_point(r, at, how, r->points.n + 1 == all))
      return false;
  } while (axes_next(&r->axes, place));
  return true;
}

/* ---- Formulas ---- */

static void take_curve(fmpz *y, const struct growth_point *p, int curve) {
  if (curve == DEPTH)
    fmpz_set_ui(y, p->depth_inner);
  else
    fmpz_set(y, curve == GATES ? p->gates_inner : p->wires);
}

/* Of the points whose second parameter has its value at this place. */
static void find_line(struct report *r, size_t second) {
  size_t step = r->axes.n > 1 ? r->axes.of[1].value.n : 1;
  size_t n = r->points.n / step;
  long *at = xmalloc((n + 1) * sizeof *at);
  fmpz *y = _fmpz_vec_init((slong)n);
  struct fits fits;
  for (int curve = 0; curve < CURVES; curve++) {
    for (size_t i = 0; i < n; i++) {
      const struct growth_point *p = &r->points.at[i * step + second];
      at[i] = p->at[0];
      take_curve(y + i, p, curve);
    }
    fit_find(&fits.of[curve], r->axes.of[0].name, at, y, n);
  }
  array_push(&r->lines, fits);
  free(at);
  _fmpz_vec_clear(y, (slong)n);
}

static void find_lines(struct report *r) {
  size_t n = r->axes.n > 1 ? r->axes.of[1].value.n : 1;
  for (size_t i = 0; i < n; i++)
    find_line(r, i);
}

/* In both parameters. */
static void find_surface(struct report *r) {
  size_t n = r->points.n;
  const char *const name[] = {r->axes.of[0].name, r->axes.of[1].name};
  long(*at)[2] = xmalloc((n + 1) * sizeof *at);
  fmpz *y = _fmpz_vec_init((slong)n);
  for (int curve = 0; curve < CURVES; curve++) {
    for (size_t i = 0; i < n; i++) {
      memcpy(at[i], r->points.at[i].at, sizeof *at);
      take_curve(y + i, &r->points.at[i], curve);
    }
    surface_find(&r->surface[curve], name, at, y, n);
  }
  free(at);
  _fmpz_vec_clear(y, (slong)n);
}

static void print_surface(const struct report *r) {
  for (int curve = 0; curve < CURVES; curve++) {
    const struct surface *f = &r->surface[curve];
    if (f->formula)
      printf("%s: %s, through all %zu points (%zu would do)\n",
             curve_names[curve], f->formula, r->points.n, f->terms);
    else
      printf("%s: no formula in both found\n", curve_names[curve]);
  }
}

static void print_fit(const struct report *r, const struct fit *f, int curve) {
  const char *name = r->axes.of[0].name;
  if (!f->formula)
    printf("%s: no formula found\n", curve_names[curve]);
  else
    printf("%s: %s, through %zu points from %s = %ld on (%zu would do)\n",
           curve_names[curve], f->formula, f->points, name, f->from, f->terms);
}

static void print_lines(const struct report *r) {
  for (size_t i = 0; i < r->lines.n; i++) {
    if (r->axes.n > 1)
      printf("%s = %ld\n", r->axes.of[1].name, r->axes.of[1].value.at[i]);
    for (int curve = 0; curve < CURVES; curve++)
      print_fit(r, &r->lines.at[i].of[curve], curve);
  }
}

/* ---- The certificate ---- */

/* Of each axis; of all, only if each is a size. */
static const struct family_class *certificate_of(const struct report *r,
                                                 size_t axis) {
  for (size_t i = 0; i < r->axes.n; i++)
    if (!r->classes[i].is_proved)
      return &r->classes[i];
  return &r->classes[axis];
}

static const char *const holds_names[] = {"no", "yes", "not judged"};

static void print_premises(const struct family_class *k) {
  puts("premises:");
  for (size_t i = 0; i < k->premises; i++)
    printf("  %s\n", k->premise[i].says);
}

static void print_class(const struct family_class *k, const char *name) {
  if (strcmp(k->class, "none"))
    printf("so in %s, as %s grows\n", k->class, name);
  else
    printf("no class TC^i follows, as %s grows: %s\n", name,
           k->how == CLASS_LINEAR  ? "depth is at most linear"
           : k->how == CLASS_OTHER ? k->growth
                                   : "no bound on gates was derived");
  printf("  below: %s\n", k->below);
  if (k->above)
    printf("  above: %s\n", k->above);
}

static void print_certificate(const struct report *r) {
  const struct family_class *k = certificate_of(r, 0);
  if (!k->is_proved) {
    printf("no certificate: %s\n", k->because);
    return;
  }
  printf("proved: %s\n", k->because);
  for (size_t i = 0; i < r->axes.n; i++)
    print_class(&r->classes[i], r->axes.of[i].name);
  print_premises(k);
}

static void add_premises(const struct family_class *k, struct document *c) {
  struct document *list = document_list(c, "premises");
  for (size_t i = 0; i < k->premises; i++)
    document_add_text(list, k->premise[i].says);
  list = document_list(c, "judged");
  for (size_t i = 0; i < k->premises; i++) {
    struct document *item = document_item(list);
    document_text(item, "name", k->premise[i].name);
    document_text(item, "holds", holds_names[k->premise[i].holds]);
  }
}

static void add_certificate(const struct report *r, size_t axis,
                            const char *key, struct document *d) {
  const struct family_class *k = certificate_of(r, axis);
  struct document *c = document_object(d, key);
  document_text(c, "class", k->class);
  document_bool(c, "proved", k->is_proved);
  if (k->is_proved) {
    document_text(c, "depth", k->depth);
    document_text(c, "growth", strcmp(k->growth, "1") ? k->growth : "constant");
    document_text(c, "below", k->below);
  }
  if (k->gates)
    document_text(c, "gates", k->gates);
  if (k->above)
    document_text(c, "above", k->above);
  add_premises(k, c);
  document_text(c, "because", k->because);
}

/* ---- The report ---- */

static void add_z(struct document *d, const char *key, const fmpz_t x) {
  mpz_t z;
  mpz_init(z);
  fmpz_get_mpz(z, x);
  document_digits(d, key, z);
  mpz_clear(z);
}

static void add_point(const struct report *r, const struct growth_point *p,
                      struct document *list) {
  struct document *item = document_item(list);
  if (r->axes.n == 1)
    document_whole(item, "n", p->at[0]);
  for (size_t i = 0; i < r->axes.n; i++)
    if (r->axes.n > 1 || strcmp(r->axes.of[i].name, "n"))
      document_whole(item, r->axes.of[i].name, p->at[i]);
  document_count(item, "depth", p->depth);
  document_count(item, "depth_inner", p->depth_inner);
  add_z(item, "gates", p->gates);
  add_z(item, "gates_inner", p->gates_inner);
  add_z(item, "wires", p->wires);
  document_count(item, "weight_bits", p->weight_bits);
  document_text(item, "method", measuring_names[p->method]);
}

static void add_fit(const struct fit *f, const char *key, struct document *d) {
  struct document *item = document_object(d, key);
  document_text(item, "growth", fit_growth_names[f->growth]);
  if (!f->formula) {
    document_null(item, "formula");
    return;
  }
  document_count(item, "degree", f->degree);
  document_text(item, "formula", f->formula);
  document_whole(item, "from", f->from);
  document_count(item, "points", f->points);
  document_count(item, "terms", f->terms);
}

static void add_surface(const struct report *r, struct document *d) {
  for (int curve = 0; curve < CURVES; curve++)
    if (r->surface[curve].formula)
      document_text(d, curve_keys[curve], r->surface[curve].formula);
    else
      document_null(d, curve_keys[curve]);
}

static void print_json(const struct report *r) {
  struct document *d = document_new();
  document_text(d, "parameter", r->axes.of[0].name);
  if (r->axes.n > 1)
    document_text(d, "second_parameter", r->axes.of[1].name);
  struct document *list = document_list(d, "points");
  for (size_t i = 0; i < r->points.n; i++)
    add_point(r, &r->points.at[i], list);
  if (r->axes.n > 1) {
    add_surface(r, document_object(d, "surface"));
    list = document_list(d, "lines");
  }
  for (size_t i = 0; i < r->lines.n; i++) {
    struct document *line = r->axes.n > 1 ? document_item(list) : d;
    if (r->axes.n > 1)
      document_whole(line, r->axes.of[1].name, r->axes.of[1].value.at[i]);
    for (int curve = 0; curve < CURVES; curve++)
      add_fit(&r->lines.at[i].of[curve], curve_keys[curve], line);
  }
  add_certificate(r, 0, "certificate", d);
  if (r->axes.n > 1)
    add_certificate(r, 1, "second_certificate", d);
  document_print(d, stdout);
}

static void finish(struct report *r) {
  find_lines(r);
  if (r->axes.n > 1)
    find_surface(r);
  for (size_t i = 0; i < r->axes.n; i++)
    class_find(&r->classes[i], &r->last, r->axes.of[i].name);
  if (has_option(r->a, "json")) {
    print_json(r);
  } else if (!has_option(r->a, "csv")) {
    putchar('\n');
    print_lines(r);
    if (r->axes.n > 1)
      print_surface(r);
    print_certificate(r);
  }
  for (size_t i = 0; i < r->axes.n; i++)
    class_clear(&r->classes[i]);
}

static void report_clear(struct report *r) {
  for (size_t i = 0; i < r->points.n; i++)
    growth_point_clear(&r->points.at[i]);
  for (size_t i = 0; i < r->lines.n; i++)
    for (int curve = 0; curve < CURVES; curve++)
      fit_clear(&r->lines.at[i].of[curve]);
  for (int curve = 0; curve < CURVES; curve++)
    surface_clear(&r->surface[curve]);
  array_clear(&r->lines);
  array_clear(&r->points);
  growth_record_clear(&r->record);
  axes_clear(&r->axes);
  source_clear(&r->last);
}

static bool is_file(const char *name) {
  struct stat st;
  return !stat(name, &st) && S_ISREG(st.st_mode);
}

/* Of a circuit file: nothing varies, and why it has no certificate. */
static int say_circuit(struct report *r) {
  class_find(&r->classes[0], &r->last, "");
  if (has_option(r->a, "json")) {
    struct document *d = document_new();
    document_list(d, "points");
    add_certificate(r, 0, "certificate", d);
    document_print(d, stdout);
  } else
    printf("no certificate: %s\n", r->classes[0].because);
  class_clear(&r->classes[0]);
  return STATUS_YES;
}

static int measure_and_say(struct report *r) {
  struct error err = {0};
  enum measuring_method how;
  const struct arguments *a = r->a;
  const char *plot, *resume = option_value(a, "resume");
  bool ok =
      measuring_option(a, &how, &err) && growth_plot_option(a, &plot, &err) &&
      axes_find(&r->axes, a, &err) &&
      (!resume || growth_record_open(&r->record, resume, a, &r->axes, &err));
  if (!ok)
    report(&err);
  ok = ok && measure_all(r, how);
  progress_end();
  if (ok)
    finish(r);
  if (ok && plot &&
      !growth_plot(plot, a, &r->axes, r->points.at, r->points.n, &err)) {
    report(&err);
    ok = false;
  }
  return ok ? STATUS_YES : STATUS_BAD;
}

static int run(const struct arguments *a) {
  struct report r = {.a = a};
  bool is_alone = a->words.n == 1 && is_file(a->words.at[0]);
  int status;
  if (!is_alone)
    source_init(&r.last); // which opening does
  if (is_alone && !open_source(&r.last, a))
    status = STATUS_BAD;
  else if (is_alone && !source_has_program(&r.last))
    status = say_circuit(&r);
  else
    status = measure_and_say(&r);
  report_clear(&r);
  return status;
}

const struct command command_growth = {
    .name = "growth",
    .arguments = "SOURCE n=FROM..TO [key=value ...]",
    .help = "depth and size against a parameter, and what is proved",
    .about =
        "n=4..64 is each from 4 to 64, n=4..64+4 each fourth, n=4..1024*2 "
        "doubles, and\nn=4,8,16 are these. Two parameters give all pairs. "
        "Circuits are made where they\nfit and counted where not: the figures "
        "are the same. A formula goes through the\npoints exactly, with some "
        "to "
        "spare, or none is named; it is read off points. What is\nproved, for "
        "all values, comes from the structure of the program alone.\n\nWith "
        "--resume work that was stopped goes on: points are lines of FILE, "
        "which is made\nwhere there is none. It is taken only for the same "
        "source, but for the values of what\nvaries, the same options and "
        "version of tc0. A line that an interrupt cut short does\nnot count.",
    .options =
        (const struct option[]){
            {"method", 0, "HOW", "auto (default), made or counted"},
            {"csv", 0, NULL, "print a header and a row for each point"},
            {"plot", 0, "FILE.svg", "draw depth and gates, by gnuplot"},
            {"resume", 0, "FILE",
             "keep each point in FILE, and measure only what is not there"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"growth rule n=16 steps=1..12", NULL},
            {"growth transformer d=8 heads=2 n=4..64*2 --json", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
