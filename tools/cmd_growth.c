/* tc0 growth: depth and size against a parameter, formulas, the certificate. */
#include "analysis/class.h"
#include "analysis/fit.h"
#include "tools/axis.h"
#include "tools/document.h"
#include "tools/measuring.h"
#include "tools/name_text.h"
#include "tools/open.h"

#include <stdio.h>
#include <string.h>

#include <flint/fmpz_vec.h>

struct point {
  long at[AXES];
  size_t depth, depth_inner, weight_bits;
  fmpz_t gates, gates_inner, wires;
  enum measuring_method method;
};

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

struct report {
  const struct arguments *a;
  struct axes axes;
  ARRAY(struct point) points;
  struct fit fit[CURVES]; // where there is one axis
  struct source last;     // has the program
  struct family_class class[AXES];
};

/* ---- Measuring ---- */

static void put_header(const struct report *r) {
  bool is_csv = has_option(r->a, "csv");
  for (size_t i = 0; i < r->axes.n; i++)
    printf(is_csv ? "%s," : "%8s ", r->axes.of[i].name);
  puts(is_csv ? "depth,depth_inner,gates,gates_inner,wires,weight_bits,method"
              : "   depth   inner            gates            inner"
                "            wires  bits  method");
}

static void put_point(const struct report *r, const struct point *p) {
  bool is_csv = has_option(r->a, "csv");
  for (size_t i = 0; i < r->axes.n; i++)
    printf(is_csv ? "%ld," : "%8ld ", p->at[i]);
  char *gates = fmpz_get_str(NULL, 10, p->gates);
  char *inner = fmpz_get_str(NULL, 10, p->gates_inner);
  char *wires = fmpz_get_str(NULL, 10, p->wires);
  printf(is_csv ? "%zu,%zu,%s,%s,%s,%zu,%s\n"
                : "%8zu%8zu %16s %16s %16s %5zu  %s\n",
         p->depth, p->depth_inner, gates, inner, wires, p->weight_bits,
         measuring_names[p->method]);
  flint_free(gates);
  flint_free(inner);
  flint_free(wires);
  fflush(stdout); // a point may have taken long
}

static struct point point_of(const struct measuring *m, const long *at,
                             size_t axes) {
  struct point p = {.depth = m->m.depth,
                    .depth_inner = m->m.depth_inner,
                    .weight_bits = m->m.weight_bits,
                    .method = m->method};
  memcpy(p.at, at, axes * sizeof *at);
  fmpz_init(p.gates);
  fmpz_init(p.gates_inner);
  fmpz_init(p.wires);
  fmpz_set_mpz(p.gates, m->m.gates);
  fmpz_set_mpz(p.gates_inner, m->m.gates_inner);
  fmpz_set_mpz(p.wires, m->m.wires);
  return p;
}

/* One point; its source stays open as the last. */
static bool measure(struct report *r, const long *at,
                    enum measuring_method how) {
  struct measuring m;
  struct error err = {0};
  char **word = axes_words(&r->axes, r->a, at);
  source_clear(&r->last);
  bool ok =
      open_words(&r->last, r->a, (const char *const *)word, r->a->words.n);
  if (ok && !measuring_find(&m, &r->last, r->a, how, &err)) {
    report(&err);
    ok = false;
  } else if (ok) {
    array_push(&r->points, point_of(&m, at, r->axes.n));
    measuring_clear(&m);
    if (!has_option(r->a, "json"))
      put_point(r, &array_last(&r->points));
  }
  axes_words_free(word, r->a);
  return ok;
}

static bool measure_all(struct report *r, enum measuring_method how) {
  size_t place[AXES] = {0};
  long at[AXES];
  if (!has_option(r->a, "json"))
    put_header(r);
  do {
    axes_at(&r->axes, place, at);
    if (!measure(r, at, how))
      return false;
  } while (axes_next(&r->axes, place));
  return true;
}

/* ---- Formulas ---- */

static void take_curve(fmpz *y, const struct point *p, int curve) {
  if (curve == DEPTH)
    fmpz_set_ui(y, p->depth_inner);
  else
    fmpz_set(y, curve == GATES ? p->gates_inner : p->wires);
}

static void find_fits(struct report *r) {
  size_t n = r->points.n;
  long *at = xmalloc((n + 1) * sizeof *at);
  fmpz *y = _fmpz_vec_init((slong)n);
  for (int curve = 0; curve < CURVES; curve++) {
    for (size_t i = 0; i < n; i++) {
      at[i] = r->points.at[i].at[0];
      take_curve(y + i, &r->points.at[i], curve);
    }
    fit_find(&r->fit[curve], r->axes.of[0].name, at, y, n);
  }
  free(at);
  _fmpz_vec_clear(y, (slong)n);
}

static void print_fit(const struct report *r, int curve) {
  const struct fit *f = &r->fit[curve];
  const char *name = r->axes.of[0].name;
  if (!f->formula)
    printf("%s: no formula found\n", curve_names[curve]);
  else
    printf("%s: %s, through %zu points from %s = %ld on (%zu would do)\n",
           curve_names[curve], f->formula, f->points, name, f->from, f->terms);
}

/* ---- The certificate ---- */

/* Of each axis; of all, only if each is a size. */
static const struct family_class *certificate_of(const struct report *r,
                                                 size_t axis) {
  for (size_t i = 0; i < r->axes.n; i++)
    if (!r->class[i].is_proved)
      return &r->class[i];
  return &r->class[axis];
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
    print_class(&r->class[i], r -> axes.of[i].name);
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

static void add_point(const struct report *r, const struct point *p,
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

static void print_json(const struct report *r) {
  struct document *d = document_new();
  document_text(d, "parameter", r->axes.of[0].name);
  if (r->axes.n > 1)
    document_text(d, "second_parameter", r->axes.of[1].name);
  struct document *list = document_list(d, "points");
  for (size_t i = 0; i < r->points.n; i++)
    add_point(r, &r->points.at[i], list);
  for (int curve = 0; r->axes.n == 1 && curve < CURVES; curve++)
    add_fit(&r->fit[curve], curve_keys[curve], d);
  add_certificate(r, 0, "certificate", d);
  if (r->axes.n > 1)
    add_certificate(r, 1, "second_certificate", d);
  document_print(d, stdout);
}

static void finish(struct report *r) {
  if (r->axes.n == 1)
    find_fits(r);
  for (size_t i = 0; i < r->axes.n; i++)
    class_find(&r->class[i], &r -> last, r -> axes.of[i].name);
  if (has_option(r->a, "json")) {
    print_json(r);
  } else if (!has_option(r->a, "csv")) {
    putchar('\n');
    for (int curve = 0; r->axes.n == 1 && curve < CURVES; curve++)
      print_fit(r, curve);
    print_certificate(r);
  }
  for (int curve = 0; curve < CURVES; curve++)
    fit_clear(&r->fit[curve]);
  for (size_t i = 0; i < r->axes.n; i++)
    class_clear(&r->class[i]);
}

static void report_clear(struct report *r) {
  for (size_t i = 0; i < r->points.n; i++) {
    fmpz_clear(r->points.at[i].gates);
    fmpz_clear(r->points.at[i].gates_inner);
    fmpz_clear(r->points.at[i].wires);
  }
  array_clear(&r->points);
  axes_clear(&r->axes);
  source_clear(&r->last);
}

static int run(const struct arguments *a) {
  struct error err = {0};
  enum measuring_method how;
  struct report r = {.a = a};
  source_init(&r.last);
  bool ok = measuring_option(a, &how, &err) && axes_find(&r.axes, a, &err);
  if (!ok)
    report(&err);
  ok = ok && measure_all(&r, how);
  if (ok)
    finish(&r);
  report_clear(&r);
  return ok ? STATUS_YES : STATUS_BAD;
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
        "all values, comes from the structure of the program alone.",
    .options =
        (const struct option[]){
            {"method", 0, "HOW", "auto (default), made or counted"},
            {"csv", 0, NULL, "print a header and a row for each point"},
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
