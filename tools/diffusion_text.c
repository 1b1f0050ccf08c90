#include "tools/diffusion_report.h"
#include "tools/rational.h"

#include <stdio.h>
#include <string.h>

/* All digits where they are few. */
static void print_exact(const mpq_t x) {
  char *text = mpq_get_str(NULL, 10, x);
  printf("  %-28s", strlen(text) <= 28 ? text : "");
  free(text);
}

/* Depth and gates of each are a formula then. */
static void print_samples(const struct diffusion *k,
                          const struct diffusion_request *q) {
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

static void print_targets(const struct diffusion *k,
                          const struct diffusion_request *q) {
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

static void print_growth(const struct diffusion *k,
                         const struct diffusion_request *q) {
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

void diffusion_print_text(const struct diffusion *k,
                          const struct diffusion_request *q) {
  if (k->kind == DIFFUSION_LEARNED)
    print_samples(k, q);
  else
    print_points(k);
  print_floor(k);
  print_targets(k, q);
  print_growth(k, q);
  print_verdict(k);
}
