/* dot.h: pictures that Graphviz reads back hold the nodes and edges that the
   circuit has when every gate is written out; and label.h */
#include "circuit/dot.h"
#include "circuit/label.h"
#include "tests/circuit/plan.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cgraph.h>
#include <check.h>

struct lines {
  ARRAY(char *) at;
};

static void add_line(struct lines *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add_line(struct lines *l, const char *format, ...) {
  va_list arguments;
  char *text = xmalloc(2000);
  va_start(arguments, format);
  ck_assert_int_lt(vsnprintf(text, 2000, format, arguments), 2000);
  va_end(arguments);
  array_push(&l->at, text);
}

static int compare_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void clear_lines(struct lines *l) {
  for (size_t i = 0; i < l->at.n; i++)
    free(l->at.at[i]);
  array_clear(&l->at);
}

/* In any order; clears both. */
static void same_lines(struct lines *got, struct lines *expected) {
  if (got->at.n)
    qsort(got->at.at, got->at.n, sizeof *got->at.at, compare_text);
  if (expected->at.n)
    qsort(expected->at.at, expected->at.n, sizeof *got->at.at, compare_text);
  for (size_t i = 0; i < got->at.n && i < expected->at.n; i++)
    ck_assert_str_eq(got->at.at[i], expected->at.at[i]);
  ck_assert_uint_eq(got->at.n, expected->at.n);
  clear_lines(got);
  clear_lines(expected);
}

struct subject {
  struct plan plan;
  struct circuit c;
  struct naive n;
  size_t *depth;
  bool *live;            // what is drawn, but constants
  size_t first, outputs; // those drawn
  char *cone;            // or NULL
};

static void choose_all(struct subject *s) {
  s->first = 0;
  s->outputs = s->plan.outputs.n;
  s->cone = NULL;
  s->live = xmalloc(s->n.gates.n);
  memset(s->live, 1, s->n.gates.n);
}

/* The cone of an output or of all of its bus, if there is one that has a bus.
 */
static void choose_cone(struct subject *s) {
  if (!s->c.outputs.n)
    return;
  size_t i = plan_draw(&s->plan.seed, s->c.outputs.n);
  char *label = circuit_output_label(&s->c, i);
  if (plan_draw(&s->plan.seed, 2) && strchr(label, '['))
    *strchr(label, '[') = 0;
  if (!circuit_find_output(&s->c, label, &s->first, &s->outputs)) {
    free(label);
    return;
  }
  s->cone = label;
  free(s->live);
  s->live = naive_live(&s->n, s->c.outputs.at + s->first, s->outputs);
}

static void draw_subject(struct subject *s, uint64_t seed) {
  plan_random(&s->plan, seed, (size_t)(seed % 40));
  for (size_t i = 0; i < s->plan.operations.n; i++)
    if (seed % 3 == 0 && plan_draw(&s->plan.seed, 2))
      s->plan.operations.at[i].name = OPERATION_OUTPUTS;
  circuit_init(&s->c);
  plan_build(&s->plan, &s->c);
  naive_init(&s->n, &s->c);
  s->depth = naive_depths(&s->n);
  choose_all(s);
  if (seed % 2)
    choose_cone(s);
}

static void discard(struct subject *s) {
  free(s->cone);
  free(s->live);
  free(s->depth);
  naive_clear(&s->n);
  circuit_clear(&s->c);
  plan_clear(&s->plan);
}

static struct bytes write_bytes(const struct circuit *c, struct dot_options o,
                                enum dot_view *drawn, bool *ok,
                                struct error *err) {
  struct bytes b;
  *err = (struct error){0};
  FILE *out = open_memstream(&b.at, &b.n);
  *ok = dot_write(c, &o, out, drawn, err);
  fclose(out);
  return b;
}

static Agraph_t *draw(const struct subject *s, enum dot_view view) {
  struct dot_options o = {.view = view,
                          .max_nodes = 100000,
                          .cone = s->cone,
                          .critical = s->plan.seed % 2};
  struct error err;
  enum dot_view drawn;
  bool ok;
  struct bytes b = write_bytes(&s->c, o, &drawn, &ok, &err);
  ck_assert_msg(ok, "%s", err.message);
  ck_assert_int_eq(drawn, view);
  struct bytes again = write_bytes(&s->c, o, &drawn, &ok, &err);
  ck_assert_uint_eq(b.n, again.n);
  ck_assert_mem_eq(b.at, again.at, b.n);
  Agraph_t *g = agmemread(b.at);
  ck_assert_ptr_nonnull(g);
  free(b.at);
  free(again.at);
  return g;
}

static char *loose(const char *text) {
  return (char *)(uintptr_t)text;
}

static const char *get(void *object, const char *name) {
  const char *value = agget(object, loose(name));
  return value ? value : "";
}

/* As a file must say it: \ twice, controls as \xHH. */
static const char *shown(const char *name) {
  static char text[1000];
  char *t = text;
  for (; *name; name++) {
    unsigned char ch = (unsigned char)*name;
    if (ch < 0x20 || ch == 0x7f)
      t += sprintf(t, "\\\\x%02x", ch);
    else
      t += sprintf(t, ch == '\\' ? "\\\\" : "%c", ch);
  }
  *t = 0;
  return text;
}

static char *value_text(const mpz_t z) {
  char *text = mpz_get_str(NULL, 10, z);
  mpz_t power;
  mpz_init_set_ui(power, 1);
  size_t k = 0;
  for (; mpz_cmpabs(power, z) < 0; k++)
    mpz_mul_2exp(power, power, 1);
  bool exact = !mpz_cmpabs(power, z);
  k -= !exact && k;
  if (k >= 60)
    sprintf(text, "%s%s2^%zu", exact ? "" : "~", mpz_sgn(z) < 0 ? "-" : "", k);
  mpz_clear(power);
  return text;
}

static char *number_text(const struct plan *p, size_t number) {
  mpz_t z;
  mpz_init_set_str(z, p->numbers.at[number], 10);
  char *text = value_text(z);
  mpz_clear(z);
  return text;
}

/* i4, c1 or g7, as in dot.h. */
static const char *node_name(const struct subject *s, size_t bit) {
  static char name[30];
  sprintf(name, "%c%zu",
          bit <= BIT_ONE                ? 'c'
          : s->n.gates.at[bit].is_input ? 'i'
                                        : 'g',
          bit);
  return name;
}

/* All edges, as "from>to label". */
static void list_edges(Agraph_t *g, struct lines *got) {
  for (Agnode_t *n = agfstnode(g); n; n = agnxtnode(g, n))
    for (Agedge_t *e = agfstout(g, n); e; e = agnxtout(g, e))
      add_line(got, "%s>%s %s%s", agnameof(n), agnameof(aghead(e)),
               get(e, "label"), get(e, "headlabel"));
}

static void list_nodes(Agraph_t *g, struct lines *got) {
  for (Agnode_t *n = agfstnode(g); n; n = agnxtnode(g, n))
    add_line(got, "%s %s", agnameof(n), get(n, "label"));
}

static void expect_outputs(const struct subject *s, struct lines *nodes,
                           struct lines *edges, bool is_ladders) {
  for (size_t i = s->first; i < s->first + s->outputs; i++) {
    size_t bit = s->plan.outputs.at[i], ladder = s->n.gates.at[bit].sum;
    char *label = circuit_output_label(&s->c, i);
    char place[40] = "";
    if (is_ladders && ladder && s->plan.ladders.at[ladder].rungs > 1)
      sprintf(place, "[%zu]", bit - s->plan.ladders.at[ladder].first_bit + 1);
    add_line(nodes, "o%zu %s", i, shown(label));
    if (is_ladders && bit > BIT_ONE && !s->n.gates.at[bit].is_input)
      add_line(edges, "l%zu>o%zu %s", ladder, i, place);
    else
      add_line(edges, "%s>o%zu %s", node_name(s, bit), i, place);
    free(label);
  }
}

static void expect_inputs(const struct subject *s, struct lines *nodes) {
  for (size_t b = 2; b < s->n.gates.n; b++)
    if (s->live[b] && s->n.gates.at[b].is_input) {
      char *label = circuit_label(&s->c, (bit_id)b);
      add_line(nodes, "i%zu %s", b, shown(label));
      free(label);
    }
}

/* Constants that are read: by edges that are expected. */
static void expect_constants(struct lines *nodes, const struct lines *edges) {
  bool is_read[2] = {false, false};
  for (size_t i = 0; i < edges->at.n; i++)
    for (int k = 0; k < 2; k++)
      is_read[k] |= !strncmp(edges->at.at[i], k ? "c1>" : "c0>", 3);
  for (int k = 0; k < 2; k++)
    if (is_read[k])
      add_line(nodes, "c%d %d", k, k);
}

static const char *name_of(const struct plan *p, size_t bit) {
  for (size_t i = 0; i < p->names.n; i++)
    if (p->names.at[i].at == bit)
      return p->names.at[i].name;
  return NULL;
}

static void expect_gate(const struct subject *s, size_t b, struct lines *nodes,
                        struct lines *edges) {
  const struct naive_sum *sum = &s->n.sums.at[s->n.gates.at[b].sum];
  const char *name = name_of(&s->plan, b);
  char *text = value_text(s->n.gates.at[b].threshold);
  add_line(nodes, "g%zu %s%s>= %s", b, name ? shown(name) : "",
           name ? "\\n" : "", text);
  free(text);
  for (size_t i = 0; i < sum->wires.n; i++) {
    text = value_text(sum->wires.at[i].weight);
    add_line(edges, "%s>g%zu %s", node_name(s, sum->wires.at[i].bit), b,
             strcmp(text, "1") ? text : "");
    free(text);
  }
}

static void compare_gates(const struct subject *s) {
  struct lines nodes = {0}, edges = {0}, expected_nodes = {0},
               expected_edges = {0};
  Agraph_t *g = draw(s, DOT_GATES);
  list_nodes(g, &nodes);
  list_edges(g, &edges);
  for (size_t b = 0; b < s->n.gates.n; b++)
    if (naive_is_gate(&s->n, b) && s->live[b])
      expect_gate(s, b, &expected_nodes, &expected_edges);
  expect_inputs(s, &expected_nodes);
  expect_outputs(s, &expected_nodes, &expected_edges, false);
  expect_constants(&expected_nodes, &expected_edges);
  same_lines(&nodes, &expected_nodes);
  same_lines(&edges, &expected_edges);
  agclose(g);
}

static size_t number_of(const char *name) {
  return (size_t)strtoul(name + 1, NULL, 10);
}

static size_t depth_of_node(const struct subject *s, const char *name) {
  size_t n = number_of(name);
  if (*name == 'o')
    return SIZE_MAX;
  return s->depth[*name == 'l' ? s->plan.ladders.at[n].first_bit : n];
}

/* Each node is in one column, and each depth in one. */
static void compare_columns(const struct subject *s) {
  for (enum dot_view view = DOT_GATES; view <= DOT_LADDERS; view++) {
    Agraph_t *g = draw(s, view);
    ARRAY(size_t) depths = {0};
    size_t nodes = 0;
    for (Agraph_t *r = agfstsubg(g); r; r = agnxtsubg(r)) {
      if (strcmp(get(r, "rank"), "same") != 0)
        continue;
      size_t depth = depth_of_node(s, agnameof(agfstnode(r)));
      for (Agnode_t *n = agfstnode(r); n; n = agnxtnode(r, n), nodes++)
        ck_assert_uint_eq(depth_of_node(s, agnameof(n)), depth);
      for (size_t i = 0; i < depths.n; i++)
        ck_assert_uint_ne(depths.at[i], depth);
      array_push(&depths, depth);
    }
    ck_assert_uint_eq(nodes, (size_t)agnnodes(g));
    array_clear(&depths);
    agclose(g);
  }
}

/* The text of one stored wire without the constants; NULL if it has none. */
static char *entry_text(const struct plan *p, const struct plan_wire *w) {
  char *text = xmalloc(3000), *t = text;
  char *weight = number_text(p, w->weight);
  bool plus = !strcmp(weight, "1"), minus = !strcmp(weight, "-1");
  size_t n = w->is_view ? p->ladders.at[w->target].rungs : 1;
  const char *star = plus || minus ? "" : "*";
  const char *factor = plus ? "" : minus ? "-" : weight;
  bool same = true;
  for (size_t i = 1; w->is_view && i < n; i++)
    same = same && !strcmp(p->numbers.at[w->step], p->numbers.at[w->step + i]);
  if (w->is_view && same) {
    mpz_t z, step;
    mpz_init_set_str(z, p->numbers.at[w->weight], 10);
    mpz_init_set_str(step, p->numbers.at[w->step], 10);
    mpz_mul(z, z, step);
    char *product = value_text(z);
    strcpy(text, strcmp(product, "1") ? product : "");
    free(product);
    mpz_clears(z, step, NULL);
  } else if (w->is_view) {
    t += sprintf(t, "%s%s{", factor, star);
    for (size_t i = 0; i < n; i++) {
      char *step = number_text(p, w->step + i);
      if (n <= 4 || i < 2 || i == n - 1)
        t += sprintf(t, "%s%s", i ? " " : "", step);
      else if (i == 2)
        t += sprintf(t, " ..");
      free(step);
    }
    sprintf(t, "}");
  } else
    strcpy(text, plus ? "" : weight);
  free(weight);
  return text;
}

static bool is_zero(const struct plan *p, const struct plan_wire *w) {
  bool reads = !w->is_view;
  for (size_t i = 0; w->is_view && i < p->ladders.at[w->target].rungs; i++)
    reads = reads || strcmp(p->numbers.at[w->step + i], "0");
  return !reads || !strcmp(p->numbers.at[w->weight], "0");
}

/* From a bit; of a ladder with others by its place. */
static void expect_bit_entry(const struct subject *s, const struct plan_wire *w,
                             size_t to, struct lines *edges) {
  size_t ladder = s->n.gates.at[w->target].sum;
  const struct plan_ladder *l = &s->plan.ladders.at[ladder];
  char *text = entry_text(&s->plan, w);
  if (ladder == 0 || l->is_input)
    add_line(edges, "%s>l%zu %s", node_name(s, w->target), to, text);
  else if (l->rungs == 1)
    add_line(edges, "l%zu>l%zu %s", ladder, to, text);
  else
    add_line(edges, "l%zu>l%zu %s%s[%zu]", ladder, to,
             strcmp(text, "-1") ? text : "-",
             !*text || !strcmp(text, "-1") ? "" : "*",
             w->target - l->first_bit + 1);
  free(text);
}

/* Views of the constants are written out. */
static void expect_constant_view(const struct subject *s,
                                 const struct plan_wire *w, size_t to,
                                 struct lines *edges) {
  for (size_t i = 0; i < 2; i++) {
    mpz_t z, step;
    mpz_init_set_str(z, s->plan.numbers.at[w->weight], 10);
    mpz_init_set_str(step, s->plan.numbers.at[w->step + i], 10);
    mpz_mul(z, z, step);
    char *text = value_text(z);
    if (mpz_sgn(z))
      add_line(edges, "c%zu>l%zu %s", i, to, strcmp(text, "1") ? text : "");
    free(text);
    mpz_clears(z, step, NULL);
  }
}

static void expect_entry(const struct subject *s, const struct plan_wire *w,
                         size_t to, struct lines *edges) {
  if (is_zero(&s->plan, w))
    return;
  if (!w->is_view)
    expect_bit_entry(s, w, to, edges);
  else if (w->target == 0)
    expect_constant_view(s, w, to, edges);
  else {
    const struct plan_ladder *l = &s->plan.ladders.at[w->target];
    char *text = entry_text(&s->plan, w);
    add_line(edges, "%c%zu>l%zu %s", l->is_input ? 'i' : 'l',
             l->is_input ? l->first_bit : w->target, to, text);
    free(text);
  }
}

static void expect_ladder(const struct subject *s, size_t i,
                          struct lines *nodes, struct lines *edges) {
  const struct plan_ladder *l = &s->plan.ladders.at[i];
  const char *name = name_of(&s->plan, l->first_bit);
  char text[3000], *t = text;
  bool drawn = false;
  for (size_t k = 0; k < l->rungs; k++)
    drawn = drawn || s->live[l->first_bit + k];
  if (!i || l->is_input || !drawn)
    return;
  for (size_t k = 0; k < l->rungs; k++) {
    char *threshold = number_text(&s->plan, l->threshold + k);
    if (l->rungs <= 4 || k < 2 || k == l->rungs - 1)
      t += sprintf(t, " %s", threshold);
    else if (k == 2)
      t += sprintf(t, " ..");
    free(threshold);
  }
  if (l->rungs > 4)
    sprintf(t, "\\n%zu rungs", l->rungs);
  add_line(nodes, "l%zu %s%s>=%s", i, name ? shown(name) : "",
           name ? "\\n" : "", text);
  for (size_t k = l->first_wire; k < l->first_wire + l->wires; k++)
    expect_entry(s, &s->plan.wires.at[k], i, edges);
}

static void compare_ladders(const struct subject *s) {
  struct lines nodes = {0}, edges = {0}, expected_nodes = {0},
               expected_edges = {0};
  Agraph_t *g = draw(s, DOT_LADDERS);
  list_nodes(g, &nodes);
  list_edges(g, &edges);
  for (size_t i = 0; i < s->plan.ladders.n; i++)
    expect_ladder(s, i, &expected_nodes, &expected_edges);
  expect_inputs(s, &expected_nodes);
  expect_outputs(s, &expected_nodes, &expected_edges, true);
  expect_constants(&expected_nodes, &expected_edges);
  same_lines(&nodes, &expected_nodes);
  same_lines(&edges, &expected_edges);
  agclose(g);
}

/* The operation of a bit: NULL before the first. */
static const struct plan_word *operation_of(const struct plan *p, size_t bit) {
  size_t ladder = 0;
  const struct plan_word *found = NULL;
  while (p->ladders.at[ladder].first_bit + p->ladders.at[ladder].rungs <= bit)
    ladder++;
  for (size_t i = 0; i < p->operations.n; i++)
    if (p->operations.at[i].at <= ladder)
      found = &p->operations.at[i];
  return found;
}

static size_t bus_of(const struct plan *p, bool is_output, size_t i) {
  size_t number = 0;
  for (size_t k = 0; k < p->buses.n; k++) {
    const struct plan_bus *b = &p->buses.at[k];
    if (b->is_output != is_output)
      continue;
    if (b->first_bit <= i && i < b->first_bit + b->values * b->width)
      return number;
    number++;
  }
  return number;
}

/* What ops draws for a bit: named by what it is, since the numbers of
   operations are theirs to choose. */
static void group_text(const struct subject *s, size_t bit, char *text) {
  size_t input = 0;
  for (size_t b = 2; b < bit; b++)
    input += s->n.gates.at[b].is_input;
  const struct plan_word *o = operation_of(&s->plan, bit);
  if (bit <= BIT_ONE)
    sprintf(text, "c%zu", bit);
  else if (s->n.gates.at[bit].is_input)
    sprintf(text, "b%zu", bus_of(&s->plan, false, input));
  else {
    const char *name = o && *o->name ? o->name : "gates";
    text += sprintf(text, "%s", shown(name));
    if (o && *o->kind && strcmp(o->kind, o->name))
      sprintf(text, "\\n%s", shown(o->kind));
  }
}

/* By their labels without the last two lines, gates and depth. */
static void node_text(Agnode_t *n, char *text) {
  strcpy(text, *agnameof(n) == 'p' ? get(n, "label") : agnameof(n));
  for (int i = 0; *agnameof(n) == 'p' && i < 2; i++) {
    char *last = text, *next;
    while ((next = strstr(last + 1, "\\n")) && next[2] != 'e')
      last = next;
    *last = 0;
  }
}

/* Single wires, bundled by the ends that are listed first. */
static void compare_operations(const struct subject *s) {
  struct lines got = {0}, expected = {0};
  Agraph_t *g = draw(s, DOT_OPS);
  char from[500], to[500];
  for (size_t b = 0; b < s->n.gates.n; b++) {
    const struct naive_sum *sum = &s->n.sums.at[s->n.gates.at[b].sum];
    for (size_t i = 0; s->live[b] && i < sum->wires.n; i++) {
      group_text(s, sum->wires.at[i].bit, from);
      group_text(s, b, to);
      if (strcmp(from, to) != 0)
        add_line(&expected, "%s>%s", from, to);
    }
  }
  for (size_t i = s->first; i < s->first + s->outputs; i++) {
    group_text(s, s->plan.outputs.at[i], from);
    add_line(&expected, "%s>o%zu", from, bus_of(&s->plan, true, i));
  }
  for (Agnode_t *n = agfstnode(g); n; n = agnxtnode(g, n))
    for (Agedge_t *e = agfstout(g, n); e; e = agnxtout(g, e))
      for (long k = strtol(get(e, "label"), NULL, 10); k > 0; k--) {
        node_text(n, from);
        node_text(aghead(e), to);
        if (strcmp(from, to) != 0) // "" and "gates" look alike
          add_line(&got, "%s>%s", from, to);
      }
  same_lines(&got, &expected);
  agclose(g);
}

/* Gates after each bit on its longest path to what is drawn; or -1. */
static long *heights(const struct subject *s) {
  size_t n = s->n.gates.n;
  long *height = xmalloc(n * sizeof *height);
  for (size_t b = 0; b < n; b++)
    height[b] = -1;
  for (size_t i = s->first; i < s->first + s->outputs; i++)
    height[s->plan.outputs.at[i]] = 0;
  for (size_t b = n; b-- > 0;) {
    const struct naive_sum *sum = &s->n.sums.at[s->n.gates.at[b].sum];
    for (size_t i = 0; height[b] >= 0 && i < sum->wires.n; i++)
      if (height[sum->wires.at[i].bit] <= height[b])
        height[sum->wires.at[i].bit] = height[b] + 1;
  }
  return height;
}

/* What is on a path from bit to bit that is as long as the longest. */
static void expect_critical(const struct subject *s, const long *height,
                            struct lines *lines) {
  size_t most = 0;
  for (size_t i = s->first; i < s->first + s->outputs; i++)
    if (most < s->depth[s->plan.outputs.at[i]])
      most = s->depth[s->plan.outputs.at[i]];
  for (size_t b = 0; most && b < s->n.gates.n; b++) {
    const struct naive_sum *sum = &s->n.sums.at[s->n.gates.at[b].sum];
    if (height[b] < 0 || s->depth[b] + (size_t)height[b] != most)
      continue;
    add_line(lines, "%s", node_name(s, b));
    for (size_t i = 0; i < sum->wires.n; i++) {
      size_t from = sum->wires.at[i].bit;
      if (s->depth[from] + 1 + (size_t)height[b] == most)
        add_line(lines, "%s>g%zu", node_name(s, from), b);
    }
  }
  for (size_t i = s->first; most && i < s->first + s->outputs; i++)
    if (s->depth[s->plan.outputs.at[i]] == most) {
      add_line(lines, "o%zu", i);
      add_line(lines, "%s>o%zu", node_name(s, s->plan.outputs.at[i]), i);
    }
}

static void compare_critical(const struct subject *s) {
  struct subject marked = *s;
  struct lines got = {0}, expected = {0};
  long *height = heights(s);
  marked.plan.seed = 1; // see draw()
  Agraph_t *g = draw(&marked, DOT_GATES);
  for (Agnode_t *n = agfstnode(g); n; n = agnxtnode(g, n)) {
    if (!strcmp(get(n, "penwidth"), "2"))
      add_line(&got, "%s", agnameof(n));
    for (Agedge_t *e = agfstout(g, n); e; e = agnxtout(g, e))
      if (!strcmp(get(e, "penwidth"), "2"))
        add_line(&got, "%s>%s", agnameof(n), agnameof(aghead(e)));
  }
  expect_critical(s, height, &expected);
  same_lines(&got, &expected);
  agclose(g);
  free(height);
}

static void compare_fallback(const struct subject *s) {
  size_t nodes[DOT_VIEWS];
  for (enum dot_view v = DOT_GATES; v < DOT_VIEWS; v++) {
    Agraph_t *g = draw(s, v);
    nodes[v] = (size_t)agnnodes(g);
    agclose(g);
  }
  for (size_t max = 1; max <= nodes[DOT_GATES] + 1; max += 1 + max / 8) {
    struct dot_options o = {.max_nodes = max, .cone = s->cone};
    struct error err;
    enum dot_view drawn, expected = DOT_GATES;
    bool ok;
    while (expected < DOT_VIEWS && nodes[expected] > max)
      expected++;
    struct bytes b = write_bytes(&s->c, o, &drawn, &ok, &err);
    // buses that are not drawn count as well
    size_t buses = s->c.input_buses.n > s->c.output_buses.n
                       ? s->c.input_buses.n
                       : s->c.output_buses.n;
    if (expected == DOT_OPS && buses > max)
      expected = DOT_VIEWS;
    ck_assert_int_eq(ok, expected < DOT_VIEWS);
    ck_assert(ok ? drawn == expected : strstr(err.message, "nodes") != NULL);
    free(b.at);
  }
}

static void on_random_circuits(int i, void (*compare)(const struct subject *)) {
  for (int round = i; round < rounds(); round += ROUNDS) {
    struct subject s;
    draw_subject(&s, (uint64_t)round);
    compare(&s);
    discard(&s);
  }
}

START_TEST(gates_has_every_gate_and_every_wire) {
  on_random_circuits(_i, compare_gates);
}
END_TEST

START_TEST(nodes_of_one_depth_are_one_column) {
  on_random_circuits(_i, compare_columns);
}
END_TEST

START_TEST(ladders_has_every_ladder_and_every_stored_wire) {
  on_random_circuits(_i, compare_ladders);
}
END_TEST

START_TEST(ops_has_every_wire_between_operations) {
  on_random_circuits(_i, compare_operations);
}
END_TEST

START_TEST(what_is_on_a_longest_path_is_marked) {
  on_random_circuits(_i, compare_critical);
}
END_TEST

START_TEST(the_first_view_that_is_small_enough_is_drawn) {
  on_random_circuits(_i, compare_fallback);
}
END_TEST

/* What reading back leaves of a name, and how the file says it. */
static const struct hostile {
  const char *name, *label;
} hostiles[] = {
    {"\"quoted\"", "\"quoted\""},
    {"<b>no html</b>", "<b>no html</b>"},
    {"<>", "<>"},
    {"a\\nb", "a\\\\nb"},
    {"ends in \\", "ends in \\\\"},
    {"\\\"", "\\\\\""},
    {"\\N \\G \\l", "\\\\N \\\\G \\\\l"},
    {"&lt; & &#65;", "&amp;lt; &amp; &amp;#65;"},
    {"new\nline\r\t", "new\\\\x0aline\\\\x0d\\\\x09"},
    {"node", "node"},
    {"strict", "strict"},
    {"}; digraph { a -> b", "}; digraph { a -> b"},
    {"{a|b}", "{a|b}"},
    {"// no comment /* # */", "// no comment /* # */"},
    {"%s%n%d", "%s%n%d"},
    {"gr\xc3\xb6\xc3\x9f", "gr\xc3\xb6\xc3\x9f"},
    {"\xf0\x9f\x90\x99", "\xf0\x9f\x90\x99"},
    {"half \xc3", "half \\\\xc3"},
    {"\xff\xfe", "\\\\xff\\\\xfe"},
    {"long way \xc0\x80", "long way \\\\xc0\\\\x80"},
    {"surrogate \xed\xa0\x80", "surrogate \\\\xed\\\\xa0\\\\x80"},
    {"beyond \xf4\x90\x80\x80", "beyond \\\\xf4\\\\x90\\\\x80\\\\x80"},
    {"long way \xe0\x81\x81", "long way \\\\xe0\\\\x81\\\\x81"},
    {"c1 \xc2\x85", "c1 \\\\xc2\\\\x85"},
    {"1234567890123456789012345678901234567890",
     "1234567890123456789012345678901234567890"},
    {"12345678901234567890123456789012345678901",
     "1234567890123456789012345678901234567890\xe2\x80\xa6"}};
#define HOSTILES (sizeof hostiles / sizeof *hostiles)

START_TEST(names_are_shown_whatever_they_hold) {
  const struct hostile *h = &hostiles[_i];
  struct subject s = {0};
  char label[200];
  circuit_init(&s.c);
  bit_id x = circuit_add_input(&s.c);
  circuit_add_input_bus(&s.c, h->name, 1, 1, false);
  circuit_begin_operation(&s.c, h->name, h->name);
  circuit_add_wire_si(&s.c, x, 3);
  bit_id g = circuit_add_gate_si(&s.c, 2);
  circuit_name_bit(&s.c, g, h->name);
  circuit_add_output(&s.c, g);
  circuit_add_output_bus(&s.c, h->name, 1, 1, false);
  Agraph_t *d = draw(&s, DOT_GATES);
  ck_assert_str_eq(get(agnode(d, loose("i2"), 0), "label"), h->label);
  ck_assert_str_eq(get(agnode(d, loose("o0"), 0), "label"), h->label);
  sprintf(label, "%s\\n>= 2", h->label);
  ck_assert_str_eq(get(agnode(d, loose("g3"), 0), "label"), label);
  ck_assert_ptr_nonnull(
      strstr(get(agnode(d, loose("g3"), 0), "tooltip"), h->label));
  agclose(d);
  d = draw(&s, DOT_OPS);
  sprintf(label, "%s\\n1 gate\\ndepth 1", h->label);
  ck_assert_str_eq(get(agnode(d, loose("p0"), 0), "label"), label);
  agclose(d);
  struct dot_options o = {.max_nodes = 9, .title = h->name, .cone = h->name};
  enum dot_view drawn;
  struct error err;
  bool ok;
  struct bytes b = write_bytes(&s.c, o, &drawn, &ok, &err);
  ck_assert_msg(ok, "%s", err.message);
  d = agmemread(b.at);
  if (strlen(h->name) <= 40) // titles are not cut
    ck_assert_str_eq(get(d, "label"), h->label);
  ck_assert_int_eq(agnnodes(d), 3);
  agclose(d);
  free(b.at);
  circuit_clear(&s.c);
}
END_TEST

/* x AND not y, and y again: the way through the gate for not y is critical. */
START_TEST(the_longest_path_is_marked_in_bits_and_ladders) {
  struct subject s = {0};
  circuit_init(&s.c);
  bit_id x = circuit_add_input(&s.c), y = circuit_add_input(&s.c);
  circuit_add_wire_si(&s.c, y, -1);
  bit_id z = circuit_add_gate_si(&s.c, 0);
  circuit_add_wire_si(&s.c, x, 1);
  circuit_add_wire_si(&s.c, y, 1);
  circuit_add_wire_si(&s.c, z, 1);
  circuit_add_output(&s.c, circuit_add_gate_si(&s.c, 2));
  for (int critical = 0; critical < 2; critical++) {
    s.plan.seed = (uint64_t)critical; // see draw()
    for (enum dot_view v = DOT_GATES; v <= DOT_LADDERS; v++) {
      Agraph_t *g = draw(&s, v);
      size_t nodes = 0, edges = 0;
      for (Agnode_t *n = agfstnode(g); n; n = agnxtnode(g, n)) {
        nodes += !strcmp(get(n, "penwidth"), "2");
        for (Agedge_t *e = agfstout(g, n); e; e = agnxtout(g, e))
          edges += !strcmp(get(e, "penwidth"), "2");
      }
      ck_assert_uint_eq(nodes, critical ? 4 : 0); // all but x
      ck_assert_uint_eq(edges, critical ? 3 : 0);
      ck_assert_str_eq(get(agnode(g, loose("i2"), 0), "penwidth"), "1");
      agclose(g);
    }
  }
  circuit_clear(&s.c);
}
END_TEST

START_TEST(what_is_wrong_is_said_in_a_line) {
  struct circuit c;
  struct error err = {0};
  enum dot_view drawn;
  bool ok;
  circuit_init(&c);
  circuit_add_output(&c, circuit_add_input(&c));
  circuit_add_output_bus(&c, "z", 1, 1, false);
  static const char *const cones[] = {
      "y",   "z[1]",  "z[0][0]", "z[",
      "z[]", "z[-1]", "z[0",     "z[99999999999999999999999999]",
      "",    "z "};
  for (size_t i = 0; i < sizeof cones / sizeof *cones; i++) {
    struct dot_options o = {.max_nodes = 10, .cone = cones[i]};
    struct bytes b = write_bytes(&c, o, &drawn, &ok, &err);
    ck_assert_msg(!ok, "%s", cones[i]);
    ck_assert_ptr_nonnull(strstr(err.message, "is called"));
    ck_assert_uint_eq(b.n, 0);
    free(b.at);
  }
  FILE *full = fopen("/dev/full", "w");
  struct dot_options o = {.max_nodes = 10};
  ck_assert(!dot_write(&c, &o, full, &drawn, &err));
  ck_assert_ptr_nonnull(strstr(err.message, "No space"));
  fclose(full);
  circuit_clear(&c);
}
END_TEST

/* One gate with a million wires: too many edges for any but ops. */
START_TEST(edges_are_limited_too) {
  struct circuit c;
  struct error err;
  enum dot_view drawn;
  bool ok;
  circuit_init(&c);
  bit_id x = circuit_add_input(&c);
  for (int i = 0; i < 1000000; i++)
    circuit_add_wire_si(&c, x, 1);
  circuit_add_output(&c, circuit_add_gate_si(&c, 1));
  struct dot_options o = {.max_nodes = 1000};
  struct bytes b = write_bytes(&c, o, &drawn, &ok, &err);
  ck_assert(ok && drawn == DOT_OPS);
  ck_assert_ptr_nonnull(strstr(b.at, "1000000"));
  free(b.at);
  circuit_clear(&c);
}
END_TEST

static void is_called(char *label, const char *expected) {
  ck_assert_str_eq(label, expected);
  free(label);
}

START_TEST(bits_are_called_as_in_text_files) {
  struct circuit c;
  size_t first, n;
  circuit_init(&c);
  for (int i = 0; i < 9; i++)
    circuit_add_input(&c);
  circuit_add_input_bus(&c, "v", 4, 2, false);
  bit_id last = circuit_add_input(&c);
  circuit_add_input_bus(&c, "one", 1, 1, false);
  circuit_add_input_bus(&c, "two", 1, 2, false);
  bit_id named = circuit_add_ladder(&c, (integer_id[]){1, 2}, 2);
  bit_id plain = circuit_add_ladder(&c, (integer_id[]){1, 2}, 2);
  bit_id gate = circuit_add_gate_si(&c, 0);
  circuit_name_bit(&c, named, "carry");
  is_called(circuit_label(&c, BIT_ONE), "1");
  is_called(circuit_label(&c, 2), "$2");
  is_called(circuit_label(&c, 3), "v[0][0]");
  is_called(circuit_label(&c, last - 1), "v[3][1]");
  is_called(circuit_label(&c, last), "one");
  is_called(circuit_label(&c, named), "carry");
  is_called(circuit_label(&c, named + 1), "carry[2]");
  is_called(circuit_label(&c, plain), "$14[1]");
  is_called(circuit_label(&c, gate), "$16");
  for (bit_id b = 0; b < 8; b++)
    circuit_add_output(&c, b);
  circuit_add_output_bus(&c, "s", 1, 3, false);
  circuit_add_output_bus(&c, "w", 2, 2, true);
  is_called(circuit_output_label(&c, 0), "output 0");
  is_called(circuit_output_label(&c, 4), "w[0][0]");
  is_called(circuit_output_label(&c, 6), "s[1]");
  ck_assert(circuit_find_output(&c, "s", &first, &n) && first == 5 && n == 3);
  ck_assert(circuit_find_output(&c, "s[2]", &first, &n) && first == 7 &&
            n == 1);
  ck_assert(circuit_find_output(&c, "w[1]", &first, &n) && first == 6 &&
            n == 2);
  ck_assert(circuit_find_output(&c, "w[1][1]", &first, &n) && first == 7 &&
            n == 1);
  ck_assert(!circuit_find_output(&c, "w[2]", &first, &n));
  ck_assert(!circuit_find_output(&c, "w[0][2]", &first, &n));
  ck_assert(!circuit_find_output(&c, "w[0][0][0]", &first, &n));
  ck_assert(!circuit_find_output(&c, "s[0][0]", &first, &n));
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("dot");
  TCase *corners = tcase_create("corners"), *random = tcase_create("random");
  tcase_add_loop_test(corners, names_are_shown_whatever_they_hold, 0,
                      (int)HOSTILES);
  tcase_add_test(corners, the_longest_path_is_marked_in_bits_and_ladders);
  tcase_add_test(corners, what_is_wrong_is_said_in_a_line);
  tcase_add_test(corners, edges_are_limited_too);
  tcase_add_test(corners, bits_are_called_as_in_text_files);
  tcase_add_loop_test(random, gates_has_every_gate_and_every_wire, 0, ROUNDS);
  tcase_add_loop_test(random, nodes_of_one_depth_are_one_column, 0, ROUNDS);
  tcase_add_loop_test(random, ladders_has_every_ladder_and_every_stored_wire, 0,
                      ROUNDS);
  tcase_add_loop_test(random, ops_has_every_wire_between_operations, 0, ROUNDS);
  tcase_add_loop_test(random, what_is_on_a_longest_path_is_marked, 0, ROUNDS);
  tcase_add_loop_test(random, the_first_view_that_is_small_enough_is_drawn, 0,
                      ROUNDS);
  tcase_set_timeout(corners, 60);
  tcase_set_timeout(random, 60);
  suite_add_tcase(s, corners);
  suite_add_tcase(s, random);
  return suite_run(s);
}
