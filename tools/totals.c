#include "tools/totals.h"
#include "circuit/hash.h"
#include "tools/name_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SHORT_TABLE = 12 // operations that are seen at a glance
};

struct asked {
  const struct totals *t;
  const char *name;
};

static bool is_called(const void *context, uint32_t id) {
  const struct asked *a = context;
  return !strcmp(a->t->all.at[id].name, a->name);
}

static struct total *total_of(struct totals *t, const char *name) {
  struct asked a = {t, name};
  uint32_t tag = hash_bytes(name, strlen(name));
  uint32_t i = hash_find(&t->find, tag, is_called, &a);
  if (i != HASH_NONE)
    return &t->all.at[i];
  hash_add(&t->find, tag, (uint32_t)t->all.n);
  array_push(&t->all, (struct total){.name = name});
  mpz_inits(array_last(&t->all).gates, array_last(&t->all).wires, NULL);
  return &array_last(&t->all);
}

/* ---- Operators of an ONNX file ---- */

static void count_nodes(struct totals *t, const struct onnx_graph *g) {
  for (size_t i = 0; i < g->nodes.n; i++)
    total_of(t, g->nodes.at[i].op)->n++;
  for (size_t i = 0; i < g->attributes.n; i++)
    if (g->attributes.at[i].type == ATTRIBUTE_GRAPH)
      count_nodes(t, g->attributes.at[i].graph);
}

static void count_operators(struct totals *t, const struct onnx_model *m) {
  count_nodes(t, &m->graph);
  for (size_t i = 0; i < m->n_functions; i++)
    count_nodes(t, &m->functions[i].graph);
}

static int by_name(const void *a, const void *b) {
  const struct flow_node *const *x = a, *const *y = b;
  return strcmp((*x)->name, (*y)->name);
}

/* Nodes that a file's nodes became, by name, one of each; the caller frees
   them. Names may repeat: `several` of different operators. */
struct named_nodes {
  const struct flow_node **at;
  bool *is_several;
  size_t n;
};

static void named_nodes_init(struct named_nodes *l, const struct flow *f) {
  size_t n = 0;
  l->at = xcalloc(f->nodes.n + 1, sizeof *l->at);
  l->is_several = xcalloc(f->nodes.n + 1, sizeof *l->is_several);
  for (size_t i = 0; i < f->nodes.n; i++)
    if (f->nodes.at[i]->node)
      l->at[n++] = f->nodes.at[i];
  qsort(l->at, n, sizeof *l->at, by_name);
  l->n = 0;
  for (size_t i = 0; i < n; i++) {
    const struct flow_node *last = l->n ? l->at[l->n - 1] : NULL;
    if (!last || strcmp(last->name, l->at[i]->name))
      l->at[l->n++] = l->at[i];
    else if (strcmp(last->node->op, l->at[i]->node->op))
      l->is_several[l->n - 1] = true;
  }
}

static void named_nodes_clear(struct named_nodes *l) {
  free(l->at);
  free(l->is_several);
}

/* NULL if no node has the name: what is of inputs and outputs. */
static const char *operator_of(const struct named_nodes *l, const char *name) {
  const struct flow_node key = {.name = name}, *sought = &key;
  const struct flow_node **at =
      bsearch(&sought, l->at, l->n, sizeof *l->at, by_name);
  if (!at)
    return NULL;
  return l->is_several[at - l->at] ? "several operators" : (*at)->node->op;
}

/* ---- All operations ---- */

/* NULL: it is called by the kind of its step. */
static const char *name_of(const struct source *s, const struct named_nodes *l,
                           const struct operation_measure *o) {
  if (!strcmp(o->name, OPERATION_OUTPUTS))
    return NULL;
  if (s->kind == SOURCE_MODEL)
    return operator_of(l, o->name);
  if (s->kind != SOURCE_CONFIG)
    return NULL;
  enum architecture_part part = architecture_part_of(&s->architecture, o->name);
  return part < PARTS ? architecture_parts[part] : NULL;
}

/* Rounds of loops that are counted as one say how many they are:
   "layer[3..9].norm 1". */
static size_t rounds_of(const char *name) {
  size_t n = 1, from, to;
  int end;
  for (const char *at = name; (at = strchr(at, '[')); at++)
    if (sscanf(at, "[%zu..%zu]%n", &from, &to, &end) == 2 && to > from)
      n *= to - from + 1;
  return n;
}

static int by_gates(const void *a, const void *b) {
  const struct total *x = a, *y = b;
  int order = mpz_cmp(y->gates, x->gates);
  order = order ? order : mpz_cmp(y->wires, x->wires);
  return order ? order : strcmp(x->name, y->name);
}

static const char *grouped_by(const struct source *s) {
  return s->kind == SOURCE_MODEL    ? "operator"
         : s->kind == SOURCE_CONFIG ? "part"
                                    : "kind";
}

void totals_init(struct totals *t, const struct source *s,
                 const struct operation_measures *m) {
  struct named_nodes nodes = {0};
  *t = (struct totals){.by = grouped_by(s), .operations = m->all.n};
  t->name = xcalloc(m->all.n + 1, sizeof *t->name);
  if (s->kind == SOURCE_MODEL) {
    named_nodes_init(&nodes, &s->model.flow);
    count_operators(t, &s->model.onnx);
  }
  for (size_t i = 0; i < m->all.n; i++) {
    const struct operation_measure *o = &m->all.at[i];
    const char *name = name_of(s, &nodes, o);
    t->name[i] = name ? name : o->kind;
    struct total *total = total_of(t, t->name[i]);
    if (!name || s->kind != SOURCE_MODEL)
      total->n += rounds_of(o->name);
    mpz_add(total->gates, total->gates, o->gates);
    mpz_add(total->wires, total->wires, o->wires);
  }
  named_nodes_clear(&nodes);
  qsort(t->all.at, t->all.n, sizeof *t->all.at, by_gates);
}

void totals_clear(struct totals *t) {
  for (size_t i = 0; i < t->all.n; i++)
    mpz_clears(t->all.at[i].gates, t->all.at[i].wires, NULL);
  array_clear(&t->all);
  hash_clear(&t->find);
  free(t->name);
}

/* ---- Reports ---- */

static double share(const mpz_t part, const mpz_t whole) {
  return mpz_sgn(whole) ? mpz_get_d(part) / mpz_get_d(whole) : 0;
}

/* Operators whose sums others compare. */
static void print_without_gates(const struct totals *t) {
  bool is_first = true;
  for (size_t i = 0; i < t->all.n; i++) {
    if (mpz_sgn(t->all.at[i].gates))
      continue;
    char *name = name_visible(t->all.at[i].name);
    printf("%s%s %zu", is_first ? "without gates of their own: " : ", ", name,
           t->all.at[i].n);
    is_first = false;
    free(name);
  }
  if (!is_first)
    putchar('\n');
}

void totals_print(const struct totals *t, const mpz_t gates) {
  if (t->operations <= SHORT_TABLE && !strcmp(t->by, "kind"))
    return;
  printf("\nby %-21s %20s %12s %6s %14s\n", t->by, "number", "gates", "share",
         "wires");
  for (size_t i = 0; i < t->all.n && mpz_sgn(t->all.at[i].gates); i++) {
    const struct total *a = &t->all.at[i];
    char *name = name_visible(a->name);
    gmp_printf("%-24s %20zu %12Zd %5.1f%% %14Zd\n", *name ? name : "-", a->n,
               a->gates, 100 * share(a->gates, gates), a->wires);
    free(name);
  }
  print_without_gates(t);
}

void totals_add(const struct totals *t, const mpz_t gates, struct document *d) {
  document_text(d, "totals_by", t->by);
  struct document *list = document_list(d, "totals");
  for (size_t i = 0; i < t->all.n; i++) {
    const struct total *a = &t->all.at[i];
    struct document *item = document_item(list);
    document_text(item, "name", a->name);
    document_count(item, "number", a->n);
    document_digits(item, "gates", a->gates);
    document_digits(item, "wires", a->wires);
    document_real(item, "share_approx", share(a->gates, gates));
  }
}
