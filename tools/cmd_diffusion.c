/* tc0 diffusion: how many steps of a diffusion are enough, and what that says
 */
#include "analysis/diffusion.h"
#include "tools/document.h"
#include "tools/limits.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/plot.h"
#include "tools/progress.h"
#include "tools/rational.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- What is asked ---- */

struct request {
  ARRAY(long) steps;
  mpq_t epsilon[DIFFUSION_MOST_EPSILONS];
  size_t epsilons;
  struct diffusion_plan plan;
};

static bool wrong_steps(const char *text, struct error *err) {
  return error_set(err, 0,
                   "--steps %s: must be from 1 to %d and ascend, as 8, 1,2,5, "
                   "1..64 or 1..64*2",
                   text, DIFFUSION_MOST_STEPS);
}

static bool read_count(const char **text, long *n) {
  char *end;
  if (**text < '0' || **text > '9')
    return false;
  *n = strtol(*text, &end, 10);
  *text = end;
  return *n >= 1 && *n <= DIFFUSION_MOST_STEPS;
}

/* A number, or from one to another. */
static bool read_range(struct request *q, const char **text) {
  long from, to, factor = 1;
  if (!read_count(text, &from))
    return false;
  to = from;
  if (!strncmp(*text, "..", 2)) {
    *text += 2;
    if (!read_count(text, &to))
      return false;
    if (**text == '*') {
      ++*text;
      if (!read_count(text, &factor) || factor < 2)
        return false;
    }
  }
  if (to < from || (q->steps.n && array_last(&q->steps) >= from))
    return false;
  for (; from <= to; from = factor > 1 ? from * factor : from + 1)
    array_push(&q->steps, from);
  return true;
}

static bool read_steps(struct request *q, const char *text, struct error *err) {
  const char *at = text;
  bool ok = read_range(q, &at);
  while (ok && *at == ',')
    ok = read_range(q, (at++, &at));
  return (ok && !*at) || wrong_steps(text, err);
}

/* "0.05" as an exact number: digits with one point among them at most. */
static bool read_decimal(mpq_t x, const char *text, size_t n) {
  char digits[40];
  size_t k = 0, places = 0;
  bool has_point = false;
  for (size_t i = 0; i < n && k + 1 < sizeof digits; i++) {
    if (text[i] == '.' && !has_point) {
      has_point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9')
      return false;
    digits[k++] = text[i];
    places += has_point;
  }
  digits[k] = 0;
  if (!k || k + has_point != n || mpz_set_str(mpq_numref(x), digits, 10))
    return false;
  mpz_ui_pow_ui(mpq_denref(x), 10, places);
  mpq_canonicalize(x);
  return mpq_sgn(x) > 0 && mpq_cmp_ui(x, 1, 1) < 0;
}

static bool read_epsilons(struct request *q, const char *text,
                          struct error *err) {
  const char *at = text;
  do {
    size_t n = strcspn(at, ",");
    if (q->epsilons == DIFFUSION_MOST_EPSILONS ||
        !read_decimal(q->epsilon[q->epsilons], at, n))
      return error_set(err, 0,
                       "--epsilon %s: must be decimals above 0 and below 1, at "
                       "most %d, as 0.1,0.01; a chain on a lattice need not "
                       "reach its data exactly",
                       text, DIFFUSION_MOST_EPSILONS);
    q->epsilons++;
    at += n;
  } while (*at++);
  return true;
}

static bool read_samples(struct request *q, const struct arguments *a,
                         struct error *err) {
  uint64_t samples = 8192, trained = 100;
  if (!option_count(a, "samples", 100, 1 << 24, true, &samples, err) ||
      !option_count(a, "trained", 1, DIFFUSION_MOST_STEPS, false, &trained,
                    err))
    return false;
  q->plan.samples = samples;
  q->plan.trained = (long)trained;
  return true;
}

/* Circuits are made for each. */
static bool check_steps(const struct request *q, const char *text,
                        struct error *err) {
  const long most = 300000;
  long all = 0;
  for (size_t i = 0; i < q->steps.n; i++)
    all += q->steps.at[i];
  return all <= most ||
         error_set(err, 0,
                   "--steps %s: %ld in all, more than %ld; fewer would do, as "
                   "1..4096*2",
                   text, all, most);
}

static bool read_constant(const struct arguments *a, double *c,
                          struct error *err) {
  const char *text = option_value(a, "constant");
  char *end;
  *c = 1;
  if (!text)
    return true;
  *c = strtod(text, &end);
  return (end != text && !*end && *c > 0 && *c < 1e9) ||
         error_set(err, 0,
                   "--constant %s: must be above 0 and at most 1000000000",
                   text);
}

/* Of all commands that take a source. */
static bool check_options(const struct arguments *a, struct error *err) {
  static const char *const useless[] = {"calibrate", "dim",   "bind",
                                        "random",    "basis", "strategy"};
  for (size_t i = 0; i < sizeof useless / sizeof *useless; i++)
    if (has_option(a, useless[i]))
      return error_set(err, 0, "'diffusion' goes without --%s", useless[i]);
  return true;
}

static bool read_request(struct request *q, const struct arguments *a,
                         struct error *err) {
  const char *steps = option_value(a, "steps");
  const char *epsilon = option_value(a, "epsilon");
  if (!plot_check_path(option_value(a, "plot"), err))
    return false;
  q->plan = (struct diffusion_plan){
      .word = a->words.at,
      .words = a->words.n,
      .options = {.max_bytes = limits_memory(), .seed = limits_seed()},
      .size = option_value(a, "size"),
      .progress = progress_update};
  if (!check_options(a, err) || !read_steps(q, steps ? steps : "1..32", err) ||
      !read_epsilons(q, epsilon ? epsilon : "0.1,0.05,0.01", err) ||
      !check_steps(q, steps, err) || !read_constant(a, &q->plan.c, err) ||
      !read_samples(q, a, err))
    return false;
  q->plan.steps = q->steps.at;
  q->plan.n_steps = q->steps.n;
  q->plan.epsilon = (const mpq_t *)q->epsilon;
  q->plan.n_epsilon = q->epsilons;
  return true;
}

/* ---- Text ---- */

/* All digits where they are few. */
static void print_exact(const mpq_t x) {
  char *text = mpq_get_str(NULL, 10, x);
  printf("  %-28s", strlen(text) <= 28 ? text : "");
  free(text);
}

/* Depth and gates of each are a formula then. */
static void print_samples(const struct diffusion *k, const struct request *q) {
  printf("sampled: %zu samples each, against as many of all %ld steps\n",
         q->plan.samples, q->plan.trained);
  printf("%6s  %-10s  %-20s  %11s  %13s\n", "steps", "sampled",
         "0.95 confidence", "inner depth", "gates at most");
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    printf("%6ld  %-10.4f  %.4f to %-10.4f", p->steps, p->sample.sampled,
           p->sample.low, p->sample.high);
    gmp_printf("  %11zu  %13Zd\n", p->size.depth_inner, p->size.gates);
  }
}

static void print_points(const struct diffusion *k) {
  bool has_tv = k->best;
  printf("%6s", "steps");
  if (has_tv)
    printf("  %-12s  %-28s", k->kind == DIFFUSION_BAD ? "changed" : "distance",
           "exactly");
  printf("  %s%11s  %11s\n",
         k->kind == DIFFUSION_MASKED ? "legal         " : "", "inner depth",
         "gates");
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    printf("%6ld", p->steps);
    if (has_tv) {
      printf("  %-12.6g", rational_double(p->tv));
      print_exact(p->tv);
    }
    if (p->has_legal)
      printf("  %-12.6g", rational_double(p->legal));
    gmp_printf("  %11zu  %11Zd\n", p->size.depth_inner, p->size.gates);
  }
}

static void print_floor(const struct diffusion *k) {
  if (!k->best || k->kind == DIFFUSION_BAD || k->kind == DIFFUSION_MASKED)
    return;
  printf("\nleast distance %.6g, at T = %ld: %s\n", rational_double(k->floor),
         k->best,
         k->is_falling ? "no floor is seen yet"
                       : "a floor, by rounding in every step");
  if (k->has_slope)
    printf("%s it falls as T^-%.2f from %ld to %ld (theory, but for "
           "logarithms: T^-1)\n",
           k->is_falling ? "so far" : "above that", k->slope, k->slope_from,
           k->slope_to);
}

static void print_targets(const struct diffusion *k, const struct request *q) {
  bool is_learned = k->kind == DIFFUSION_LEARNED;
  size_t n = is_learned || k->kind == DIFFUSION_SAMPLER ? k->targets.n : 0;
  for (size_t e = 0; e < n; e++) {
    const struct diffusion_target *t = &k->targets.at[e];
    printf("epsilon %g: ", rational_double(q->epsilon[e]));
    if (t->t_star)
      printf("T* = %ld %s", t->t_star, is_learned ? "sampled" : "measured");
    else if (is_learned)
      printf("not shown by samples");
    else
      printf("not reached");
    if (t->above_again)
      printf(", but above it again at %ld", t->above_again);
    printf("; %.0f by the bound of Li and Yan with c = %g\n", t->bound,
           q->plan.c);
  }
}

static void print_growth(const struct diffusion *k, const struct request *q) {
  bool has_tv = k->growth.n && k->growth.at[0].has_tv;
  if (!k->growth.n)
    return;
  printf("\n%6s", k->size);
  if (has_tv)
    printf("  %6s  %-12s", "T*", "distance");
  printf("  %6s  %11s  %11s\n", "steps", "inner depth", "gates");
  for (size_t i = 0; i < k->growth.n; i++) {
    const struct diffusion_growth *g = &k->growth.at[i];
    char t_star[24] = "none";
    if (g->t_star)
      snprintf(t_star, sizeof t_star, "%ld", g->t_star);
    printf("%6ld", g->n);
    if (has_tv && g->has_tv)
      printf("  %6s  %-12.6g", t_star, rational_double(g->tv));
    else if (has_tv)
      printf("  %6s  %-12s", "", "");
    gmp_printf("  %6ld  %11zu  %11Zd\n", g->steps, g->size.depth_inner,
               g->size.gates);
  }
  if (has_tv)
    printf("T* is for epsilon %g, the distance that of %ld steps\n",
           rational_double(q->epsilon[0]), array_last(&k->points).steps);
}

/* In lines of at most 79 letters, all but the first indented; `at` letters are
   there. */
static void print_wrapped(const char *text, size_t at, int indent) {
  for (const char *from = text; *from;) {
    size_t n = strcspn(from, " ");
    if (at + n + 1 > 79 && from != text) {
      printf("\n%*s", indent, "");
      at = (size_t)indent;
    } else if (from != text) {
      putchar(' ');
      at++;
    }
    printf("%.*s", (int)n, from);
    at += n;
    from += n + (from[n] == ' ');
  }
  putchar('\n');
}

static void print_class(const struct diffusion *k) {
  char text[1000];
  if (k->applies) {
    long t = k->targets.at[0].t_star;
    snprintf(text, sizeof text,
             "so the theorem applies: T = %ld is enough, whatever %s is, so a "
             "circuit of constant depth on random bits; replicas of it and a "
             "majority gate, one level more, are right with seeds that are "
             "wired in: non-uniform TC0",
             t, k->size);
    print_wrapped(text, 0, 0);
    return;
  }
  bool is_first = true;
  for (int i = 0; i < PREMISES; i++) {
    const struct premise *p = &k->premise[i];
    if (p->holds != PREMISE_NO)
      continue;
    snprintf(text, sizeof text, "%s %s; not known: %s",
             is_first ? "so the theorem does not apply, because this fails:"
                      : "and this:",
             p->name, p->unknown);
    print_wrapped(text, 0, 2);
    is_first = false;
  }
  if (is_first)
    puts("so the theorem does not apply: there is no problem that is solved");
}

static void print_verdict(const struct diffusion *k) {
  static const char *const words[] = {"no", "yes", "-"};
  puts("\nverdict");
  for (int i = 0; i < PREMISES; i++) {
    const struct premise *p = &k->premise[i];
    printf("  %-3s  %s: ", words[p->holds], p->name);
    print_wrapped(p->because, 9 + strlen(p->name), 7);
  }
  print_class(k);
}

static void print_text(const struct diffusion *k, const struct request *q) {
  if (k->kind == DIFFUSION_LEARNED)
    print_samples(k, q);
  else
    print_points(k);
  print_floor(k);
  print_targets(k, q);
  print_growth(k, q);
  print_verdict(k);
}

/* ---- JSON and CSV ---- */

static void join_words(const struct request *q, char *text, size_t size) {
  *text = 0;
  for (size_t i = 0, at = 0; i < q->plan.words && at < size; i++)
    at += (size_t)snprintf(text + at, size - at, "%s%s", i ? " " : "",
                           q->plan.word[i]);
}

static void add_tv(struct document *d, bool has_tv, const mpq_t tv) {
  if (has_tv) {
    document_rational(d, "tv", tv);
    return;
  }
  document_null(d, "tv");
  document_null(d, "tv_approx");
}

static void add_sample(struct document *d, const struct learned_distance *x) {
  struct document *item = document_object(d, "sampled");
  document_real(item, "tv_approx", x->sampled);
  document_real(item, "low", x->low);
  document_real(item, "high", x->high);
}

static void add_size(struct document *d, const struct diffusion_size *z) {
  document_count(d, "depth", z->depth);
  document_count(d, "depth_inner", z->depth_inner);
  document_digits(d, "gates", z->gates);
  document_digits(d, "gates_inner", z->gates_inner);
}

static void add_steps(struct document *d, const char *key, long steps) {
  if (steps)
    document_whole(d, key, steps);
  else
    document_null(d, key);
}

static void add_target(struct document *d, const mpq_t epsilon,
                       const struct diffusion_target *t) {
  document_real(d, "epsilon", rational_double(epsilon));
  add_steps(d, "t_star", t->t_star);
  document_real(d, "t_star_bound", t->bound);
}

static void add_verdict(struct document *d, const struct diffusion *k) {
  struct document *v = document_object(d, "verdict");
  document_bool(v, "applies", k->applies);
  if (k->applies)
    document_text(v, "class", "non-uniform TC0");
  else
    document_null(v, "class");
  struct document *list = document_list(v, "premises");
  for (int i = 0; i < PREMISES; i++) {
    const struct premise *p = &k->premise[i];
    struct document *item = document_item(list);
    document_text(item, "name", p->name);
    if (p->holds == PREMISE_NOT_ASKED)
      document_null(item, "holds");
    else
      document_bool(item, "holds", p->holds == PREMISE_YES);
    document_text(item, "because", p->because);
    if (p->holds == PREMISE_NO)
      document_text(item, "not_known", p->unknown);
  }
}

static void add_growth(struct document *d, const struct diffusion *k) {
  struct document *list = document_list(d, "growth");
  for (size_t i = 0; i < k->growth.n; i++) {
    const struct diffusion_growth *g = &k->growth.at[i];
    struct document *item = document_item(list);
    document_whole(item, "n", g->n);
    document_whole(item, "T", g->steps);
    add_steps(item, "t_star", g->t_star);
    add_tv(item, g->has_tv, g->tv);
    add_size(item, &g->size);
  }
}

static void print_json(const struct diffusion *k, const struct request *q) {
  struct document *d = document_new();
  char source[512];
  join_words(q, source, sizeof source);
  document_text(d, "source", source);
  document_text(d, "distance",
                k->kind == DIFFUSION_BAD       ? "to one step more"
                : k->kind == DIFFUSION_LEARNED ? "to all steps, sampled"
                                               : "to the data");
  struct document *list = document_list(d, "points");
  for (size_t i = 0; i < k->points.n; i++) {
    struct document *item = document_item(list);
    document_whole(item, "T", k->points.at[i].steps);
    add_tv(item, k->points.at[i].has_tv, k->points.at[i].tv);
    if (k->points.at[i].has_sample)
      add_sample(item, &k->points.at[i].sample);
    if (k->points.at[i].has_legal)
      document_rational(item, "legal", k->points.at[i].legal);
    add_size(item, &k->points.at[i].size);
  }
  if (k->best)
    document_rational(d, "floor", k->floor);
  else
    document_null(d, "floor");
  add_steps(d, "floor_at", k->best);
  document_bool(d, "falling", k->is_falling);
  if (k->has_slope)
    document_real(d, "slope", k->slope);
  add_target(d, q->epsilon[0], &k->targets.at[0]);
  document_real(d, "c", q->plan.c);
  list = document_list(d, "targets");
  for (size_t e = 0; e < k->targets.n; e++)
    add_target(document_item(list), q->epsilon[e], &k->targets.at[e]);
  document_text(d, "size", k->size);
  add_growth(d, k);
  if (k->depth)
    document_text(d, "certified_depth", k->depth);
  add_verdict(d, k);
  document_print(d, stdout);
}

static void print_csv(const struct diffusion *k) {
  puts("T,tv,tv_approx,depth,depth_inner,gates,gates_inner");
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    printf("%ld,", p->steps);
    if (p->has_tv)
      gmp_printf("%Qd,%.17g", p->tv, rational_double(p->tv));
    else
      putchar(',');
    gmp_printf(",%zu,%zu,%Zd,%Zd\n", p->size.depth, p->size.depth_inner,
               p->size.gates, p->size.gates_inner);
  }
}

/* ---- A picture ---- */

/* Points and levels of a picture. */
struct curves {
  size_t n;
  double *x, *tv, *depth; // of one block
  double ends[2], level[DIFFUSION_MOST_EPSILONS][2];
  char label[DIFFUSION_MOST_EPSILONS][32];
  struct plot_line line[DIFFUSION_MOST_EPSILONS + 1];
};

static void curves_init(struct curves *c, const struct diffusion *k,
                        const struct request *q) {
  size_t n = k->points.n;
  *c = (struct curves){.n = n, .x = xmalloc(3 * n * sizeof *c->x)};
  c->tv = c->x + n;
  c->depth = c->tv + n;
  for (size_t i = 0; i < n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    c->x[i] = (double)p->steps;
    c->tv[i] = p->has_sample ? p->sample.sampled : rational_double(p->tv);
    c->depth[i] = (double)p->size.depth_inner;
  }
  c->ends[0] = c->x[0];
  c->ends[1] = c->x[n - 1];
  for (size_t e = 0; e < q->epsilons; e++) {
    double epsilon = rational_double(q->epsilon[e]);
    snprintf(c->label[e], sizeof c->label[e], "epsilon %g", epsilon);
    c->level[e][0] = c->level[e][1] = epsilon;
    c->line[e + 1] =
        (struct plot_line){c->label[e], c->ends, c->level[e], 2, true};
  }
}

/* The distance against steps, with each epsilon, and depth against steps. */
static bool plot(const struct diffusion *k, const struct request *q,
                 const char *path, struct error *err) {
  static const char *const titles[] = {
      [DIFFUSION_SAMPLER] = "total variation distance to the data",
      [DIFFUSION_BAD] = "changed by one step more",
      [DIFFUSION_MASKED] = "total variation distance to the data",
      [DIFFUSION_LEARNED] = "sampled distance to all steps",
      [DIFFUSION_OTHER] = ""};
  struct curves c;
  char title[200];
  bool is_bad = k->kind == DIFFUSION_BAD;
  bool is_there = k->kind == DIFFUSION_LEARNED || k->best;
  curves_init(&c, k, q);
  join_words(q, title, sizeof title);
  c.line[0] = (struct plot_line){is_bad ? "share of inputs" : "distance", c.x,
                                 c.tv, c.n, false};
  const struct plot_line deep = {"inner depth", c.x, c.depth, c.n, false};
  const struct plot_panel panel[] = {
      {titles[k->kind], "steps T", c.line[0].label, true, !is_bad, c.line,
       is_bad ? 1 : q->epsilons + 1},
      {"depth of the unrolled chain", "steps T", "inner depth", false, false,
       &deep, 1},
  };
  bool ok = plot_write(path, title, panel + !is_there, 1U + is_there, err);
  free(c.x);
  return ok;
}

/* ---- The command ---- */

static bool show(const struct diffusion *k, const struct request *q,
                 const struct arguments *a, struct error *err) {
  if (has_option(a, "json"))
    print_json(k, q);
  else if (has_option(a, "csv"))
    print_csv(k);
  else
    print_text(k, q);
  return !has_option(a, "plot") || plot(k, q, option_value(a, "plot"), err);
}

static int run(const struct arguments *a) {
  struct request q = {0};
  struct diffusion k = {0};
  struct error err = {0};
  int status = STATUS_YES;
  for (int e = 0; e < DIFFUSION_MOST_EPSILONS; e++)
    mpq_init(q.epsilon[e]);
  if (!read_request(&q, a, &err)) {
    status = report(&err);
  } else {
    progress_begin(a, "steps");
    bool ok = diffusion_init(&k, &q.plan, &err);
    progress_end();
    if (!ok || !show(&k, &q, a, &err))
      status = report(&err);
    diffusion_clear(&k);
  }
  for (int e = 0; e < DIFFUSION_MOST_EPSILONS; e++)
    mpq_clear(q.epsilon[e]);
  array_clear(&q.steps);
  return status;
}

const struct command command_diffusion = {
    .name = "diffusion",
    .arguments = "SOURCE [key=value ...]",
    .help = "how many steps of a diffusion are enough, and its depth then",
    .about =
        "The total variation distance between what a diffusion gives after so "
        "many steps and\nits data, exactly, with the depth and size of the "
        "unrolled chain; the fewest steps\nfor a distance epsilon; and "
        "whether it follows that it solves its problem in constant\ndepth, "
        "premise by premise. Made for 'sampler' and 'masked', whose data "
        "are known, and\n'badscore'; of other sources, applied again and "
        "again, only depth and size are known.",
    .options =
        (const struct option[]){
            {"steps", 0, "T,A..B",
             "how many to try: 8, 1,2,5, 1..64, 1..64*2; default 1..32"},
            {"epsilon", 0, "E,E",
             "distances to ask for; default 0.1,0.05,0.01"},
            {"constant", 0, "C", "c of the bound c d (log T)^3 / T; default 1"},
            {"size", 0, "NAME", "the parameter that grows; default n"},
            {"plot", 0, "FILE.svg", "draw distance and depth, by gnuplot"},
            {"trained", 0, "N", "steps of a model of noise; default 100"},
            {"samples", 0, "N", "of it; default 8192"},
            {"csv", 0, NULL, "print a header and a row for each T"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"diffusion sampler n=8 prior=ramp output=token --steps 1..16",
             NULL},
            {"diffusion sampler bits=4 --steps 1..256*2 --epsilon 0.05", NULL},
            {"diffusion sampler --size d --steps 1..16 --json", NULL},
            {"diffusion badscore n=10 --steps 1..64*2", NULL},
            {"diffusion masked order=far random=4 --steps 1,2,4,8,16", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
