#include "tools/diffusion_report.h"
#include "tools/document.h"
#include "tools/rational.h"

#include <stdio.h>

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

void diffusion_print_json(const struct diffusion *k,
                          const struct diffusion_request *q) {
  struct document *d = document_new();
  char source[512];
  diffusion_join_words(q, source, sizeof source);
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

void diffusion_print_csv(const struct diffusion *k) {
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
