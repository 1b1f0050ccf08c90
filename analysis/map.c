#include "analysis/map.h"
#include "analysis/source.h"
#include "circuit/measure.h"
#include "compile/models/models.h"
#include "compile/program/certify.h"
#include "tasks/task.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const map_class_names[] = {
    "constant depth", "polylogarithmic depth", "only linear depth known"};
const char *const map_model_names[] = {"constant depth",
                                       "polylogarithmic depth", "linear depth"};
const char *const map_fits_names[] = {"yes", "no", "open"};

enum {
  MOST_WORDS = 8,
  MOST_TEXT = 2000
};

__attribute__((format(printf, 1, 2))) static char *text(const char *format,
                                                        ...) {
  char buffer[MOST_TEXT];
  va_list more;
  va_start(more, format);
  vsnprintf(buffer, sizeof buffer, format, more);
  va_end(more);
  return xstrdup(buffer);
}

/* Words of a line, in a copy of it: the caller frees word[0]. */
static size_t split(const char *line, const char **word) {
  size_t n = 0;
  char *more, *copy = xstrdup(line);
  word[0] = copy; // freed even if there are none
  for (char *at = strtok_r(copy, " ", &more); at && n < MOST_WORDS;
       at = strtok_r(NULL, " ", &more))
    word[n++] = at;
  return n;
}

/* ---- Depth, certified ---- */

static bool find_size(const struct program *p, const char *name,
                      size_t *place) {
  for (*place = 0; *place < p->sizes.parameters.n; ++*place)
    if (!strcmp(p->sizes.parameters.at[*place].name, name))
      return true;
  return false;
}

/* How depth grows as all of these do together. */
struct rate {
  unsigned long logs; // where none is more than polylogarithmic
  bool is_linear, is_more;
  const char *name; // that it is linear in
};

static void rate_add(struct rate *g, const struct certificate *k, size_t place,
                     const char *name, bool is_log) {
  unsigned long logs;
  if (formula_is_polylog(&k->formulas, k->of_depth, place, &logs)) {
    g->logs += logs;
    return;
  }
  char *growth = formula_growth(&k->formulas, k->of_depth, place);
  bool is_linear = !strcmp(growth, name);
  if (is_linear && is_log)
    g->logs++;
  else if (is_linear && !g->is_linear)
    g->is_linear = true, g->name = name;
  else
    g->is_more = true;
  free(growth);
}

static void take_rate(struct map_row *r, const struct rate *g) {
  bool is_deep = g->is_linear || g->is_more;
  r->here = is_deep ? MAP_LINEAR : g->logs ? MAP_POLYLOG : MAP_CONSTANT;
  if (g->is_more)
    r->growth = xstrdup("polynomial");
  else if (g->is_linear)
    r->growth = xstrdup("linear");
  else if (g->logs > 1)
    r->growth = text("log^%lu", g->logs);
  else
    r->growth = xstrdup(g->logs ? "logarithmic" : "constant");
}

static char *depth_text(const struct map_row *r, const struct source *s,
                        const struct certificate *k, const char *last) {
  if (r->line.is_log)
    return text("%s with %s = ceil(log2(n))", k->depth, last);
  if (!r->line.is_held)
    return xstrdup(k->depth);
  fmpz_t depth;
  fmpz_init(depth);
  if (!formula_value(&k->formulas, depth, k->of_depth, s->instance.parameter))
    BUG("%s has no depth", r->line.source);
  char *digits = text("%ld", fmpz_get_si(depth));
  fmpz_clear(depth);
  return digits;
}

/* What grows are sizes of the program: a certificate holds for all. */
static void certify_row(struct map_row *r, const struct source *s) {
  const char *name[MOST_WORDS];
  struct certificate k;
  struct error err = {0};
  struct rate g = {0};
  size_t place, n = split(r->line.grows, name);
  r->is_proved = program_certify(&k, s->instance.program, NULL, &err);
  for (size_t i = 0; r->is_proved && i < n; i++) {
    if (!find_size(s->instance.program, name[i], &place))
      BUG("%s: %s is no size", r->line.source, name[i]);
    rate_add(&g, &k, place, name[i], r->line.is_log && i + 1 == n);
  }
  if (r->is_proved) {
    take_rate(r, &g);
    r->depth = depth_text(r, s, &k, n ? name[n - 1] : "");
    r->has_gates = k.gates;
    certificate_clear(&k);
  } else {
    r->here = MAP_LINEAR;
    r->growth = xstrdup("other");
    r->depth = text("not certified: %s", err.message);
  }
  free((void *)(uintptr_t)name[0]);
}

/* ---- Depth, measured ---- */

static bool open_line(struct source *s, const char *line, struct error *err) {
  const char *word[MOST_WORDS];
  const struct source_options options = {0};
  size_t n = split(line, word);
  source_init(s);
  bool ok = source_open(s, word, n, &options, err);
  free((void *)(uintptr_t)word[0]);
  return ok;
}

static bool measure_at(const struct map_row *r, long at, long *depth,
                       struct error *err) {
  struct source s;
  struct measure m;
  char *line = text("%s %s=%ld", r->line.source, r->line.grows, at);
  bool ok = open_line(&s, line, err);
  if (ok) {
    measure_init(&m);
    circuit_measure(source_circuit(&s), &m);
    *depth = (long)m.depth_inner;
    measure_clear(&m);
  }
  source_clear(&s);
  free(line);
  return ok;
}

/* Each value is a program of its own: three of them, on one line or not. */
static bool measure_row(struct map_row *r, struct error *err) {
  const long *x = r->line.at;
  long y[3];
  for (int i = 0; i < 3; i++)
    if (!measure_at(r, x[i], &y[i], err))
      return false;
  bool is_constant = y[0] == y[1] && y[1] == y[2];
  bool is_line = (y[1] - y[0]) * (x[2] - x[1]) == (y[2] - y[1]) * (x[1] - x[0]);
  r->growth = xstrdup(is_constant ? "constant" : is_line ? "linear" : "other");
  r->here = is_constant ? MAP_CONSTANT : MAP_LINEAR;
  r->depth = is_constant ? text("%ld at %s=%ld, %ld, %ld", y[0], r->line.grows,
                                x[0], x[1], x[2])
                         : text("%ld, %ld, %ld at %s=%ld, %ld, %ld", y[0], y[1],
                                y[2], r->line.grows, x[0], x[1], x[2]);
  return true;
}

/* ---- What is known of problems ---- */

static const struct map_bar bars[] = {
    {"O(1)", MAP_CONSTANT, {0}},
    {"in AC0", MAP_CONSTANT, {0}},
    {"in TC0", MAP_CONSTANT, {0}},
    {"TC0-complete", MAP_CONSTANT, {0}},
    {"NC1-complete", MAP_POLYLOG, {"TC0 = NC1", NULL, NULL}},
    {"NL-complete", MAP_POLYLOG, {"TC0 = NL", NULL, NULL}},
    {"NL-hard, in AC1", MAP_POLYLOG, {"TC0 = NL", NULL, NULL}},
    {"DET-complete", MAP_POLYLOG, {"TC0 = NL", NULL, NULL}},
    {"in NC", MAP_POLYLOG, {0}},
    {"in P", MAP_LINEAR, {0}},
    {"P-complete", MAP_LINEAR, {"TC0 = P", "NC = P", NULL}},
    {"NP-complete", MAP_LINEAR, {"TC0 = NP", "NC = NP", "P = NP"}},
    /* Uniform NC is not PSPACE, by the space hierarchy. */
    {"PSPACE-complete",
     MAP_LINEAR,
     {"PSPACE is in non-uniform TC0", "PSPACE is in non-uniform NC",
      "P = PSPACE"}},
};

const struct map_bar *map_bar_find(const char *class) {
  for (size_t i = 0; class && i < sizeof bars / sizeof *bars; i++)
    if (!strcmp(bars[i].class, class))
      return &bars[i];
  return NULL;
}

static const char *if_less(const struct map_row *task, enum map_class class) {
  const struct map_bar *b = map_bar_find(task->line.complexity.class);
  return b ? b->if_less[class] : NULL;
}

static void know_task(struct map_row *r) {
  const struct map_bar *b = map_bar_find(r->line.complexity.class);
  r->known = r->here;
  if (b && (b->known < r->here || r->line.is_large))
    r->known = b->known;
}

/* ---- Rows ---- */

static char *all_sizes(const struct family *f) {
  char *names = xcalloc(FAMILY_MAX_PARAMETERS * 32, 1), *to = names;
  int words = 0;
  for (const struct family_parameter *q = f->parameters; q->name; q++)
    if (q->is_size && words++ < MOST_WORDS)
      to += snprintf(to, 32, "%s%s", to == names ? "" : " ", q->name);
  return names;
}

static const char *gates_of(const struct map_row *r) {
  return r->has_gates   ? "polynomially many gates (proved)"
         : r->line.size ? r->line.size
                        : "no bound on gates";
}

/* "linear as n, steps grow". */
static char *how_it_grows(const struct map_row *r) {
  const char *name[MOST_WORDS];
  char list[200] = "";
  size_t n = split(r->line.grows, name), length = 0;
  for (size_t i = 0; i < n && length < sizeof list; i++)
    length += (size_t)snprintf(list + length, sizeof list - length, "%s%s",
                               i ? ", " : "", name[i]);
  free((void *)(uintptr_t)name[0]);
  return n ? text("%s as %s grow%s", r->growth, list, n == 1 ? "s" : "")
           : xstrdup(r->growth);
}

static char *say_here(const struct map_row *r) {
  char *grows = how_it_grows(r);
  const char *how = !*r->line.grows ? "one circuit, of one size"
                    : r->is_proved  ? "proved, for all sizes"
                                    : "measured";
  char *here =
      text("'%s' has inner depth %s%s (%s), %s; %s", r->line.source,
           r->is_proved ? "at most " : "", r->depth, how, grows, gates_of(r));
  free(grows);
  return here;
}

static void say_row(struct map_row *r) {
  const struct map_line *l = &r->line;
  const struct complexity *c = &l->complexity;
  char *here = say_here(r);
  if (c->class)
    r->because = text("%s. The problem is %s: %s (%s; %s)", here, c->class,
                      c->says, c->status, c->source);
  else if (l->says)
    r->because = text("%s. In the literature: %s (%s)", here, l->says, l->from);
  else
    r->because = xstrdup(here);
  free(here);
}

static bool row_init(struct map_row *r, const struct family *f,
                     const struct map_line *l, struct error *err) {
  struct source s;
  *r = (struct map_row){.family = f};
  if (l)
    r->line = *l;
  else
    r->line =
        (struct map_line){.name = f->name, .grows = r->grows = all_sizes(f)};
  if (!r->line.source)
    r->line.source = r->line.name;
  if (!r->line.complexity.class)
    r->line.complexity = f->complexity;
  bool ok = open_line(&s, r->line.source, err);
  if (ok && r->line.at[0])
    ok = measure_row(r, err);
  else if (ok)
    certify_row(r, &s);
  source_clear(&s);
  if (!ok)
    return false;
  if (f->answer)
    know_task(r);
  else
    r->known = r->line.reach == REACH_DEPTH  ? r->here
               : r->line.reach == REACH_SCAN ? MAP_POLYLOG
                                             : MAP_CONSTANT;
  say_row(r);
  return true;
}

static void row_clear(struct map_row *r) {
  free(r->grows);
  free(r->growth);
  free(r->depth);
  free(r->because);
}

static bool is_of(const struct map_line *l, const struct family *f) {
  size_t n = strlen(f->name);
  return !strncmp(l->name, f->name, n) && (!l->name[n] || l->name[n] == ' ');
}

/* All lines of a family, or one of its own. */
static bool add_family(struct map_rows *rows, const struct family *f,
                       const struct map_line *line, struct error *err) {
  size_t found = 0;
  for (const struct map_line *l = line; l->name; l++)
    found += is_of(l, f);
  for (const struct map_line *l = line; l->name || !found; l++) {
    if (found && !is_of(l, f))
      continue;
    struct map_row r;
    bool ok = row_init(&r, f, found ? l : NULL, err);
    array_push(rows, r);
    if (!ok || !found)
      return ok;
  }
  return true;
}

/* Those of one class together, in their order. */
static bool find_rows(struct map_rows *rows, const struct family *const *family,
                      const struct map_line *line, struct error *err) {
  struct map_rows all = {0};
  bool ok = true;
  for (size_t i = 0; ok && family[i]; i++)
    ok = add_family(&all, family[i], line, err);
  for (int k = 0; k < MAP_CLASSES; k++)
    for (size_t i = 0; i < all.n; i++)
      if (all.at[i].known == (enum map_class)k)
        array_push(rows, all.at[i]);
  array_clear(&all);
  return ok;
}

/* ---- Cells ---- */

static const char *how_proved(const struct map_row *r) {
  return r->is_proved ? "proved" : "measured";
}

/* That its known depth is enough is not proved here in full. */
static bool rests_on_literature(const struct map_row *task) {
  return task->known < task->here || task->line.is_large ||
         (task->known < MAP_LINEAR && !(task->is_proved && task->has_gates));
}

/* How little depth is enough, and why. */
static char *say_enough(const struct map_row *task) {
  const struct complexity *c = &task->line.complexity;
  if (rests_on_literature(task) && task->line.is_large)
    return text("%s of polynomial size is enough (%s: %s; %s), while the "
                "circuit here, of inner depth %s, has %s",
                map_class_names[task->known], c->class, c->says, c->source,
                task->depth, task->line.size);
  if (task->known < task->here)
    return text("%s is enough (%s: %s; %s), though the circuit here has inner "
                "depth %s",
                map_class_names[task->known], c->class, c->says, c->source,
                task->depth);
  bool is_cited = rests_on_literature(task) && c->class;
  return text("%s is enough: the best circuit known here has inner depth %s%s "
              "(%s), and %s%s%s%s%s%s",
              map_model_names[task->here], task->is_proved ? "at most " : "",
              task->depth, how_proved(task), gates_of(task),
              is_cited ? "; in the literature it is " : "",
              is_cited ? c->class : "", is_cited ? " (" : "",
              is_cited ? c->source : "", is_cited ? ")" : "");
}

static char *say_model(const struct map_row *model) {
  static const char *const growth[] = {"is constant", "is logarithmic",
                                       "grows with its steps"};
  const struct map_line *l = &model->line;
  switch (l->reach) {
  case REACH_THEOREM:
    return text("this diffusion's depth, %s, is constant for each step, and %s "
                "(%s)",
                model->depth, l->says, l->from);
  case REACH_CONJECTURE:
    return text("%s (%s)", l->says, l->from);
  case REACH_SCAN:
    return text("the model's depth, at most %s (%s), grows with its steps, but "
                "%s (%s)",
                model->depth, how_proved(model), l->says, l->from);
  default:
    return text("the model's depth, at most %s (%s), %s", model->depth,
                how_proved(model), growth[model->here]);
  }
}

/* What a step is good for where the number of steps grows; else ''. */
static char *say_steps(const struct map_row *task,
                       const struct map_row *model) {
  const struct map_line *l = &model->line;
  if (task->known < MAP_LINEAR || !l->says)
    return xstrdup("");
  return text(": %s (%s)", l->says, l->from);
}

static void fits(struct map_cell *c, const struct map_row *task,
                 const struct map_row *model) {
  bool is_step = model->line.reach == REACH_THEOREM ||
                 model->line.reach == REACH_CONJECTURE;
  char *enough = say_enough(task), *steps = say_steps(task, model);
  char *of = is_step ? xstrdup("a step of this diffusion has constant depth")
                     : say_model(model);
  c->fits = MAP_YES;
  c->because = text("%s; %s%s", enough, of, steps);
  if (rests_on_literature(task))
    c->source = task->line.complexity.source;
  else
    c->source =
        *steps ? model->line.from : "the certificates of both, by 'tc0 growth'";
  free(enough);
  free(steps);
  free(of);
}

/* The classes are different, as is believed: then no family of polynomial size
   and so little depth is right. */
static void excluded(struct map_cell *c, const struct map_row *task,
                     const struct map_row *model, const char *equal) {
  static const char *const depth[] = {"constant", "polylogarithmic",
                                      "polynomial"};
  const struct complexity *k = &task->line.complexity;
  char *of = say_model(model);
  bool is_theorem = model->line.reach == REACH_THEOREM;
  c->fits = MAP_NO;
  c->because =
      text("conditional: no circuits of %s depth and polynomial size "
           "unless %s%s (%s: %s; %s); and %s",
           depth[model->known], equal, is_theorem ? ", non-uniformly" : "",
           k->class, k->says, k->source, of);
  c->source = k->source;
  free(of);
}

static void leave_open(struct map_cell *c, const struct map_row *task,
                       const struct map_row *model) {
  const struct complexity *k = &task->line.complexity;
  char *of = say_model(model);
  c->fits = MAP_OPEN;
  if (model->line.reach == REACH_CONJECTURE)
    c->because = text("%s; and of the problem: %s (%s; %s)", of, k->says,
                      k->class, k->source);
  else
    c->because =
        text("the best circuit known here has inner depth %s; no "
             "shallower one is known here, and none is excluded (%s: "
             "%s; %s); %s",
             task->depth, k->class ? k->class : "nothing is said of it",
             k->says ? k->says : "", k->source ? k->source : "", of);
  c->source =
      model->line.reach == REACH_CONJECTURE ? model->line.from : k->source;
  free(of);
}

static void judge(struct map_cell *c, const struct map_row *task,
                  const struct map_row *model) {
  const char *equal = if_less(task, model->known);
  bool is_enough = task->known <= model->known && !equal;
  if (is_enough)
    fits(c, task, model);
  else if (equal && model->line.reach != REACH_CONJECTURE)
    excluded(c, task, model, equal);
  else
    leave_open(c, task, model);
}

const struct map_cell *map_at(const struct map *m, size_t task, size_t model) {
  return &m->cell[task * m->models.n + model];
}

static void judge_all(struct map *m) {
  size_t n = m->models.n;
  m->cell = xcalloc(m->tasks.n * n + 1, sizeof *m->cell);
  for (size_t i = 0; i < m->tasks.n; i++)
    for (size_t j = 0; j < n; j++)
      judge(&m->cell[i * n + j], &m->tasks.at[i], &m->models.at[j]);
}

bool map_init(struct map *m, struct error *err) {
  *m = (struct map){0};
  bool ok = find_rows(&m->tasks, tasks, map_tasks, err) &&
            find_rows(&m->models, models, map_models, err);
  if (ok)
    judge_all(m);
  else
    map_clear(m);
  return ok;
}

void map_clear(struct map *m) {
  for (size_t i = 0; m->cell && i < m->tasks.n * m->models.n; i++)
    free(m->cell[i].because);
  for (size_t i = 0; i < m->tasks.n; i++)
    row_clear(&m->tasks.at[i]);
  for (size_t i = 0; i < m->models.n; i++)
    row_clear(&m->models.at[i]);
  free(m->cell);
  array_clear(&m->tasks);
  array_clear(&m->models);
  *m = (struct map){0};
}
