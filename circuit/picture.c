/* Every view is a map from bits to nodes. `gates` and `ladders` make an edge of
   what they meet; `ops` adds up the wires from node to node. */
#include "circuit/picture.h"
#include "circuit/label.h"
#include "circuit/measure.h"
#include "circuit/path.h"

#include <stdarg.h>
#include <string.h>

#define NO_NODE UINT32_MAX
#define NAME_CHARS 40 // longer names are cut
#define LISTED 4      // thresholds or steps; of more, some are left out
#define EDGES_PER_NODE 100

static void take_outputs(struct part *part, size_t first, size_t n) {
  for (size_t i = 0; i < n; i++)
    array_push(&part->outputs, first + i);
}

static bool find_bit(const struct circuit *c, const char *name, bit_id *b) {
  for (size_t i = 0; i < c->names.n; i++)
    if (!strcmp(c->names.at[i].name, name)) {
      *b = c->names.at[i].bit;
      return true;
    }
  return false;
}

static void take_outputs_of(struct part *part, bit_id b) {
  for (size_t i = 0; i < part->c->outputs.n; i++)
    if (part->c->outputs.at[i] == b)
      array_push(&part->outputs, i);
}

static void find_slacks(struct part *part, const bit_id *roots, size_t n) {
  const struct circuit *c = part->c;
  part->depth = circuit_ladder_depths(c);
  part->slack = circuit_slacks(c, roots, n);
  for (size_t i = 0; i < n; i++)
    if (part->depth[c->bits.at[roots[i]].ladder] > part->most)
      part->most = part->depth[c->bits.at[roots[i]].ladder];
}

bool part_init(struct part *part, const struct circuit *c, const char *cone,
               struct error *err) {
  size_t first = 0, n = c->outputs.n;
  bit_id b;
  *part = (struct part){.c = c, .is_cone = cone};
  if (!cone || circuit_find_output(c, cone, &first, &n)) {
    take_outputs(part, first, n);
    find_slacks(part, c->outputs.at + first, n);
    return true;
  }
  if (!find_bit(c, cone, &b))
    return error_set(err, 0, "no output and no gate is called '%s'", cone);
  take_outputs_of(part, b);
  find_slacks(part, &b, 1);
  return true;
}

void part_clear(struct part *part) {
  array_clear(&part->outputs);
  free(part->depth);
  free(part->slack);
}

static bool is_drawn(const struct part *part, bit_id b) {
  return !part->is_cone || part->slack[b] != SLACK_NONE;
}

static bool is_critical(const struct part *part, bit_id b) {
  return part->most && part->slack[b] == 0;
}

/* Rungs [first..end) of one ladder, which one node shows. */
struct reader {
  bit_id first, end;
  uint32_t node, depth;
  bool is_critical; // one of them is
};

/* What it takes to draw a view. */
struct painter {
  struct picture *p;
  const struct part *part;
  const struct circuit *c;
  enum dot_view view;
  size_t max_nodes;
  bool is_beyond; // what is drawn is known to be too large
  uint32_t *node; // by bit
  size_t no_text; // place of an empty text
  mpz_t weight;
  struct bundles *bundles; // ops only
};

struct bundle {
  mpz_t wires;
};

struct bundles {
  struct operation_measures operations;
  size_t *shape_wires; // steps that are not 0
  struct hash find;    // an edge by its ends
  uint32_t last;       // the edge that was found last
  ARRAY(struct bundle) edges;
};

/* Text is written at the end of p->text: put_*() and then a 0. */
static void put_char(struct picture *p, char ch) {
  array_push(&p->text, ch);
}

static void put(struct picture *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void put(struct picture *p, const char *format, ...) {
  char buffer[100];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  for (const char *t = buffer; *t; t++)
    put_char(p, *t);
}

/* Bytes of the character of UTF-8 at t; 0 if there is none or a control. */
static size_t character(const unsigned char *t) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t n = *t < 0x80 ? 1 : *t >> 5 == 6 ? 2 : *t >> 4 == 14 ? 3 : 4;
  uint32_t code = n == 1 ? *t : *t & (0x7fU >> n);
  if (*t >= 0xf8 || (*t >> 6) == 2)
    return 0;
  for (size_t i = 1; i < n; i++) {
    if (t[i] >> 6 != 2)
      return 0;
    code = code << 6 | (t[i] & 0x3f);
  }
  bool is_control = code < 0x20 || (0x7f <= code && code < 0xa0);
  bool is_surrogate = code >> 11 == 0xd800 >> 11;
  return is_control || is_surrogate || code < least[n] || code > 0x10ffff ? 0
                                                                          : n;
}

static void put_shown(struct picture *p, const char *name, size_t most) {
  const unsigned char *t = (const unsigned char *)name;
  for (size_t k = 0; *t; k++) {
    size_t n = character(t);
    if (k == most) {
      put(p, "\xe2\x80\xa6"); // an ellipsis
      return;
    }
    if (!n)
      put(p, "\\x%02x", *t++);
    for (; n; n--)
      put_char(p, (char)*t++);
  }
}

static void put_name(struct picture *p, const char *name) {
  put_shown(p, name, NAME_CHARS);
}

size_t picture_add_text(struct picture *p, const char *text) {
  size_t place = p->text.n;
  put_shown(p, text, SIZE_MAX);
  put_char(p, 0);
  return place;
}

/* Of more than 60 bits only powers of two are exact. */
static void put_mpz(struct picture *p, mpz_srcptr z) {
  size_t bits = mpz_sizeinbase(z, 2) - 1;
  if (bits < 60)
    put(p, "%ld", mpz_get_si(z));
  else
    put(p, "%s%s2^%zu", mpz_scan1(z, 0) == bits ? "" : "~",
        mpz_sgn(z) < 0 ? "-" : "", bits);
}

static void put_integer(struct painter *a, integer_id id) {
  struct integer_scratch scratch;
  put_mpz(a->p, integers_get(&a->c->integers, id, &scratch));
}

static uint32_t add_node(struct painter *a, struct picture_node node) {
  put_char(a->p, 0);
  array_push(&a->p->nodes, node);
  return (uint32_t)a->p->nodes.n - 1;
}

static uint32_t add_constant(struct painter *a, bit_id b) {
  size_t label = a->p->text.n;
  put(a->p, "%u", (unsigned)b);
  return add_node(
      a, (struct picture_node){'c', b, PICTURE_CONSTANT, 0, PICTURE_NO_BUS,
                               is_critical(a->part, b), label, a->no_text});
}

/* Constants get their node when they are read. */
static uint32_t node_of(struct painter *a, bit_id b) {
  if (a->node[b] == NO_NODE)
    a->node[b] = add_constant(a, b);
  return a->node[b];
}

static bool is_too_large(const struct painter *a) {
  return a->is_beyond || a->p->nodes.n > a->max_nodes ||
         a->p->edges.n / EDGES_PER_NODE > a->max_nodes;
}

static bool is_marked(const struct circuit *c, ladder_id l) {
  const struct operation *o = circuit_operation(c, l);
  return o && !strcmp(o->name, OPERATION_OUTPUTS);
}

static size_t add_input_label(struct painter *a, bit_id b) {
  size_t label = a->p->text.n;
  char *name = circuit_label(a->c, b);
  put_name(a->p, name);
  free(name);
  return label;
}

static void add_input(struct painter *a, bit_id b) {
  size_t label = add_input_label(a, b);
  a->node[b] =
      add_node(a, (struct picture_node){
                      'i', b, PICTURE_INPUT, 0,
                      circuit_input_bus(a->c, circuit_input_number(a->c, b)),
                      is_critical(a->part, b), label, a->no_text});
}

/* Whether rungs [first..end) have one that is on a longest path. */
static bool any_critical(const struct part *part, bit_id first, bit_id end) {
  for (bit_id b = first; b < end; b++)
    if (is_critical(part, b))
      return true;
  return false;
}

/* All, or the first, second and last, and how many there are. */
static void put_thresholds(struct painter *a, bit_id first, bit_id end) {
  put(a->p, ">=");
  for (bit_id b = first; b < end; b++) {
    bool is_left_out = end - first > LISTED && b - first > 1 && b + 1 != end;
    if (!is_left_out) {
      put_char(a->p, ' ');
      put_integer(a, a->c->bits.at[b].threshold);
    } else if (b - first == 2)
      put(a->p, " ..");
  }
  if (end - first > LISTED)
    put(a->p, "\n%u rungs", (unsigned)(end - first));
}

static size_t add_tooltip(struct painter *a, bit_id b) {
  size_t place = a->p->text.n;
  ladder_id l = a->c->bits.at[b].ladder;
  const struct operation *o = circuit_operation(a->c, l);
  char *name = circuit_label(a->c, b);
  put_name(a->p, name);
  put(a->p, ", depth %u", (unsigned)a->part->depth[l]);
  if (a->part->slack[b] != SLACK_NONE)
    put(a->p, ", slack %u", (unsigned)a->part->slack[b]);
  if (o) {
    put(a->p, ", ");
    put_name(a->p, o->name);
  }
  put_char(a->p, 0);
  free(name);
  return place;
}

/* Rungs [first..end) of a ladder as one node. */
static struct reader add_rungs(struct painter *a, bit_id first, bit_id end) {
  ladder_id l = a->c->bits.at[first].ladder;
  const char *name = circuit_bit_name(a->c, first);
  size_t tooltip = add_tooltip(a, first), label = a->p->text.n;
  bool is_ladder = a->view == DOT_LADDERS;
  struct reader r = {first, end, 0, a->part->depth[l],
                     any_critical(a->part, first, end)};
  if (name) {
    put_name(a->p, name);
    put_char(a->p, '\n');
  }
  put_thresholds(a, first, end);
  r.node =
      add_node(a, (struct picture_node){
                      is_ladder ? 'l' : 'g', is_ladder ? l : first,
                      is_marked(a->c, l) ? PICTURE_MARKED : PICTURE_GATE,
                      r.depth, PICTURE_NO_BUS, r.is_critical, label, tooltip});
  for (bit_id b = first; b < end; b++)
    a->node[b] = r.node;
  return r;
}

/* Whether a wire from b to r lies on a longest path. */
static bool leads_on(const struct part *part, bit_id b, struct reader r) {
  return r.is_critical && is_critical(part, b) &&
         part->depth[part->c->bits.at[b].ladder] + 1 == r.depth;
}

static void add_edge(struct painter *a, struct picture_edge edge) {
  if (a->p->text.n == edge.label)
    edge.label = a->no_text;
  else
    put_char(a->p, 0);
  array_push(&a->p->edges, edge);
}

/* One wire of one bit, of weight a->weight. */
static void add_bit_edge(struct painter *a, bit_id b, struct reader r) {
  uint32_t from = node_of(a, b);
  size_t label = a->p->text.n;
  if (mpz_cmp_ui(a->weight, 1) != 0)
    put_mpz(a->p, a->weight);
  add_edge(a, (struct picture_edge){from, r.node, mpz_sgn(a->weight) < 0,
                                    leads_on(a->part, b, r), label});
}

/* All wires that an entry of the sum of [first..end) stands for. */
static void add_each_edge(struct painter *a, struct wire w, struct reader r) {
  struct integer_scratch scratch;
  if (!(w.source & SOURCE_VIEW)) {
    mpz_set(a->weight, integers_get(&a->c->integers, w.weight, &scratch));
    add_bit_edge(a, w.source, r);
    return;
  }
  const integer_id *steps = circuit_view_steps(a->c, w.source);
  ladder_id l = circuit_source_ladder(a->c, w.source);
  for (size_t i = 0; i < circuit_rungs(a->c, l) && !is_too_large(a); i++) {
    mpz_set(a->weight, integers_get(&a->c->integers, w.weight, &scratch));
    mpz_mul(a->weight, a->weight,
            integers_get(&a->c->integers, steps[i], &scratch));
    if (mpz_sgn(a->weight))
      add_bit_edge(a, a->c->ladders.at[l].first_bit + (bit_id)i, r);
  }
}

/* "3*" before what is read, where the weight is not 1; "3" alone. */
static void put_weight(struct painter *a, bool is_alone) {
  if (is_alone ? mpz_cmp_ui(a->weight, 1) != 0
               : mpz_cmpabs_ui(a->weight, 1) != 0)
    put_mpz(a->p, a->weight);
  else if (mpz_sgn(a->weight) < 0)
    put_char(a->p, '-');
  if (!is_alone && mpz_cmpabs_ui(a->weight, 1) != 0)
    put_char(a->p, '*');
}

static void put_steps(struct painter *a, const integer_id *steps, size_t n) {
  put_weight(a, false);
  put_char(a->p, '{');
  for (size_t i = 0; i < n; i++) {
    bool is_left_out = n > LISTED && i > 1 && i + 1 != n;
    if (!is_left_out) {
      put(a->p, i ? " " : "");
      put_integer(a, steps[i]);
    } else if (i == 2)
      put(a->p, " ..");
  }
  put_char(a->p, '}');
}

static bool all_equal(const integer_id *steps, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (steps[i] != steps[0])
      return false;
  return true;
}

/* Of one sign, which is that of the wires: -1 or 1; else 0. */
static int sign_of(const struct painter *a, const integer_id *steps, size_t n) {
  int sign = 0;
  for (size_t i = 0; i < n; i++) {
    int s = integers_sign(&a->c->integers, steps[i]);
    if (s && sign && s != sign)
      return 0;
    sign = s ? s : sign;
  }
  return sign * mpz_sgn(a->weight);
}

/* Whether a view reads a rung at all, and whether one of them leads on. */
static bool reads_rungs(const struct painter *a, source_id s, struct reader r,
                        bool *leads) {
  const integer_id *steps = circuit_view_steps(a->c, s);
  ladder_id l = circuit_source_ladder(a->c, s);
  bool is_read = false;
  *leads = false;
  for (size_t i = 0; i < circuit_rungs(a->c, l); i++)
    if (steps[i]) { // the integer 0 is its own id
      is_read = true;
      if (!r.is_critical)
        break;
      if (leads_on(a->part, a->c->ladders.at[l].first_bit + (bit_id)i, r)) {
        *leads = true;
        break;
      }
    }
  return is_read;
}

/* One edge for a view of another ladder than the constants. */
static void add_view_edge(struct painter *a, struct wire w, struct reader r) {
  static const integer_id one[] = {1};
  struct integer_scratch scratch;
  const integer_id *steps = circuit_view_steps(a->c, w.source);
  ladder_id l = circuit_source_ladder(a->c, w.source);
  size_t n = circuit_rungs(a->c, l), label = a->p->text.n;
  bool leads;
  if (!reads_rungs(a, w.source, r, &leads))
    return;
  if (all_equal(steps, n)) {
    mpz_mul(a->weight, a->weight,
            integers_get(&a->c->integers, steps[0], &scratch));
    put_weight(a, true);
    steps = one;
    n = 1;
  } else
    put_steps(a, steps, n);
  add_edge(a,
           (struct picture_edge){a->node[a->c->ladders.at[l].first_bit], r.node,
                                 sign_of(a, steps, n) < 0, leads, label});
}

/* One edge for the rung of a ladder that has others. */
static void add_rung_edge(struct painter *a, bit_id b, struct reader r) {
  size_t label = a->p->text.n;
  bit_id bottom = a->c->ladders.at[a->c->bits.at[b].ladder].first_bit;
  put_weight(a, false);
  put(a->p, "[%u]", (unsigned)(b - bottom + 1));
  add_edge(a, (struct picture_edge){a->node[b], r.node, mpz_sgn(a->weight) < 0,
                                    leads_on(a->part, b, r), label});
}

static void add_entry_edge(struct painter *a, struct wire w, struct reader r) {
  struct integer_scratch scratch;
  ladder_id l = circuit_source_ladder(a->c, w.source);
  mpz_set(a->weight, integers_get(&a->c->integers, w.weight, &scratch));
  if (l == 0)
    add_each_edge(a, w, r);
  else if (w.source & SOURCE_VIEW)
    add_view_edge(a, w, r);
  else if (circuit_rungs(a->c, l) > 1)
    add_rung_edge(a, w.source, r);
  else
    add_bit_edge(a, w.source, r);
}

static void add_edges(struct painter *a, struct reader r) {
  ladder_id l = a->c->bits.at[r.first].ladder;
  for (size_t i = a->c->ladders.at[l].first_wire;
       i < circuit_end_wire(a->c, l) && !is_too_large(a); i++) {
    struct wire w = a->c->wires.at[i];
    if (!w.weight) // the integer 0 is its own id
      continue;
    if (a->view == DOT_LADDERS)
      add_entry_edge(a, w, r);
    else
      add_each_edge(a, w, r);
  }
}

static void add_gates(struct painter *a, ladder_id l) {
  bit_id end = circuit_end_bit(a->c, l);
  for (bit_id b = a->c->ladders.at[l].first_bit; b < end && !is_too_large(a);
       b++)
    if (is_drawn(a->part, b))
      add_edges(a, add_rungs(a, b, b + 1));
}

static void add_ladder(struct painter *a, ladder_id l) {
  bit_id first = a->c->ladders.at[l].first_bit, end = circuit_end_bit(a->c, l);
  for (bit_id b = first; b < end; b++)
    if (is_drawn(a->part, b)) {
      add_edges(a, add_rungs(a, first, end));
      return;
    }
}

static void add_output(struct painter *a, size_t i) {
  bit_id b = a->c->outputs.at[i];
  ladder_id l = a->c->bits.at[b].ladder;
  bool ends = a->part->most && a->part->depth[l] == a->part->most;
  uint32_t from = node_of(a, b);
  char *name = circuit_output_label(a->c, i);
  size_t label = a->p->text.n;
  put_name(a->p, name);
  free(name);
  uint32_t to =
      add_node(a, (struct picture_node){'o', i, PICTURE_OUTPUT, UINT32_MAX,
                                        circuit_output_bus(a->c, i), ends,
                                        label, a->no_text});
  label = a->p->text.n;
  if (a->view == DOT_LADDERS && l && circuit_rungs(a->c, l) > 1)
    put(a->p, "[%u]", (unsigned)(b - a->c->ladders.at[l].first_bit + 1));
  add_edge(a, (struct picture_edge){from, to, false, ends, label});
}

static void paint_bits(struct painter *a) {
  for (size_t i = 0; i < a->c->inputs.n && !is_too_large(a); i++)
    if (is_drawn(a->part, a->c->inputs.at[i]))
      add_input(a, a->c->inputs.at[i]);
  for (ladder_id l = 1; l < a->c->ladders.n && !is_too_large(a); l++)
    if (circuit_is_gate(a->c, a->c->ladders.at[l].first_bit)) {
      if (a->view == DOT_LADDERS)
        add_ladder(a, l);
      else
        add_gates(a, l);
    }
  for (size_t i = 0; i < a->part->outputs.n && !is_too_large(a); i++)
    add_output(a, a->part->outputs.at[i]);
}

/* One place for each bus, and a last one for what is in none. */
static size_t group_of(size_t bus, size_t buses) {
  return bus == LABEL_NO_BUS ? buses : bus;
}

static uint32_t add_bus(struct painter *a, const struct bus *b, char letter,
                        size_t number, enum picture_kind kind, size_t n) {
  size_t label = a->p->text.n;
  if (b)
    put_name(a->p, b->name);
  else
    put(a->p, kind == PICTURE_INPUT ? "inputs" : "outputs");
  put(a->p, "\n");
  if (b && b->values > 1)
    put(a->p, "%zu values, ", b->values);
  put(a->p, "%zu bit%s", n, n == 1 ? "" : "s");
  return add_node(
      a, (struct picture_node){letter, number, kind,
                               kind == PICTURE_INPUT ? 0 : UINT32_MAX,
                               PICTURE_NO_BUS, false, label, a->no_text});
}

/* Buses in their order and one more for inputs of none. A node's number of bits
   is that of the bits that are drawn and belong to no bus before it. */
static void add_input_buses(struct painter *a) {
  size_t buses = a->c->input_buses.n;
  size_t *count = xcalloc(buses + 1, sizeof *count);
  uint32_t *node = xcalloc(buses + 1, sizeof *node);
  for (size_t i = 0; i < a->c->inputs.n; i++)
    count[group_of(circuit_input_bus(a->c, i), buses)] +=
        is_drawn(a->part, a->c->inputs.at[i]);
  for (size_t k = 0; k <= buses; k++)
    if (count[k])
      node[k] = add_bus(a, k < buses ? &a->c->input_buses.at[k] : NULL, 'b', k,
                        PICTURE_INPUT, count[k]);
  for (size_t i = 0; i < a->c->inputs.n; i++) {
    bit_id b = a->c->inputs.at[i];
    a->node[b] = node[group_of(circuit_input_bus(a->c, i), buses)];
    if (is_drawn(a->part, b) && is_critical(a->part, b))
      a->p->nodes.at[a->node[b]].is_critical = true;
  }
  free(count);
  free(node);
}

/* The gates of an operation that are drawn. */
struct tally {
  size_t gates;
  uint32_t from, to; // depths
  bool is_critical;
};

static size_t place_of(const struct painter *a, ladder_id l) {
  const struct operation *o = circuit_operation(a->c, l);
  return o ? a->bundles->operations.place.at[o - a->c->operations.at] : 0;
}

static void tally_ladder(const struct painter *a, ladder_id l,
                         struct tally *t) {
  uint32_t depth = a->part->depth[l];
  for (bit_id b = a->c->ladders.at[l].first_bit; b < circuit_end_bit(a->c, l);
       b++)
    if (is_drawn(a->part, b)) {
      if (!t->gates || depth < t->from)
        t->from = depth;
      if (!t->gates || depth > t->to)
        t->to = depth;
      t->gates++;
      t->is_critical = t->is_critical || is_critical(a->part, b);
    }
}

static uint32_t add_operation(struct painter *a, size_t place,
                              const struct tally *t) {
  const struct operation_measure *o = &a->bundles->operations.all.at[place];
  bool marks = !strcmp(o->name, OPERATION_OUTPUTS);
  size_t label = a->p->text.n;
  put_name(a->p, *o->name ? o->name : "gates");
  if (*o->kind && strcmp(o->kind, o->name) != 0) {
    put(a->p, "\n");
    put_name(a->p, o->kind);
  }
  put(a->p, "\n%zu gate%s\n", t->gates, t->gates == 1 ? "" : "s");
  put(a->p, t->from == t->to ? "depth %u" : "depth %u to %u", (unsigned)t->from,
      (unsigned)t->to);
  return add_node(a, (struct picture_node){
                         'p', place, marks ? PICTURE_MARKED : PICTURE_GATE,
                         t->from, PICTURE_NO_BUS, t->is_critical, label,
                         a->no_text});
}

static void add_operations(struct painter *a) {
  size_t n = a->bundles->operations.all.n;
  struct tally *tally = xcalloc(n, sizeof *tally);
  uint32_t *node = xcalloc(n, sizeof *node);
  for (ladder_id l = 1; l < a->c->ladders.n; l++)
    if (circuit_is_gate(a->c, a->c->ladders.at[l].first_bit))
      tally_ladder(a, l, &tally[place_of(a, l)]);
  for (size_t i = 0; i < n; i++)
    if (tally[i].gates)
      node[i] = add_operation(a, i, &tally[i]);
  for (bit_id b = BIT_ONE + 1; b < a->c->bits.n; b++)
    if (circuit_is_gate(a->c, b))
      a->node[b] = node[place_of(a, a->c->bits.at[b].ladder)];
  free(tally);
  free(node);
}

struct edge_key {
  const struct picture *p;
  uint32_t from, to;
};

static bool same_edge(const void *context, uint32_t id) {
  const struct edge_key *k = context;
  const struct picture_edge *e = &k->p->edges.at[id];
  return e->from == k->from && e->to == k->to;
}

static uint32_t find_edge(struct painter *a, uint32_t from, uint32_t to) {
  struct bundles *all = a->bundles;
  struct edge_key k = {a->p, from, to};
  if (all->edges.n && same_edge(&k, all->last))
    return all->last;
  uint32_t ends[] = {from, to}, tag = hash_bytes(ends, sizeof ends);
  uint32_t id = hash_find(&all->find, tag, same_edge, &k);
  if (id == HASH_NONE) {
    id = (uint32_t)a->p->edges.n;
    struct bundle b;
    mpz_init(b.wires);
    array_push(&all->edges, b);
    array_push(&a->p->edges, (struct picture_edge){.from = from, .to = to});
    hash_add(&all->find, tag, id);
  }
  return all->last = id;
}

/* n * times more wires, or bits, from node to node. */
static void bundle(struct painter *a, uint32_t from, uint32_t to, size_t n,
                   size_t times, bool leads) {
  if (from == to)
    return;
  uint32_t id = find_edge(a, from, to);
  mpz_set_ui(a->weight, n);
  mpz_addmul_ui(a->bundles->edges.at[id].wires, a->weight, times);
  a->p->edges.at[id].is_critical = a->p->edges.at[id].is_critical || leads;
}

/* All wires of an entry to `readers` of the rungs r. */
static void bundle_wire(struct painter *a, struct wire w, struct reader r,
                        size_t readers) {
  ladder_id l = circuit_source_ladder(a->c, w.source);
  bit_id first = a->c->ladders.at[l].first_bit;
  bool leads;
  if (!(w.source & SOURCE_VIEW))
    bundle(a, node_of(a, w.source), r.node, 1, readers,
           leads_on(a->part, w.source, r));
  else if (l == 0) { // the constants have a node each
    for (bit_id b = BIT_ZERO; b <= BIT_ONE; b++)
      if (circuit_view_steps(a->c, w.source)[b])
        bundle(a, node_of(a, b), r.node, 1, readers, leads_on(a->part, b, r));
  } else if (reads_rungs(a, w.source, r, &leads))
    bundle(
        a, a->node[first], r.node,
        a->bundles->shape_wires[a->c->views.at[w.source & ~SOURCE_VIEW].shape],
        readers, leads);
}

static void bundle_ladder(struct painter *a, ladder_id l) {
  bit_id first = a->c->ladders.at[l].first_bit, end = circuit_end_bit(a->c, l);
  struct reader r = {first, end, a->node[first], a->part->depth[l],
                     any_critical(a->part, first, end)};
  size_t readers = 0;
  for (bit_id b = first; b < end; b++)
    readers += is_drawn(a->part, b);
  for (size_t i = a->c->ladders.at[l].first_wire;
       readers && i < circuit_end_wire(a->c, l); i++)
    if (a->c->wires.at[i].weight)
      bundle_wire(a, a->c->wires.at[i], r, readers);
}

static void bundle_outputs(struct painter *a) {
  size_t buses = a->c->output_buses.n;
  size_t *count = xcalloc(buses + 1, sizeof *count);
  uint32_t *node = xcalloc(buses + 1, sizeof *node);
  for (size_t i = 0; i < a->part->outputs.n; i++)
    count[group_of(circuit_output_bus(a->c, a->part->outputs.at[i]), buses)]++;
  for (size_t k = 0; k <= buses; k++)
    if (count[k])
      node[k] = add_bus(a, k < buses ? &a->c->output_buses.at[k] : NULL, 'o', k,
                        PICTURE_OUTPUT, count[k]);
  for (size_t i = 0; i < a->part->outputs.n; i++) {
    size_t output = a->part->outputs.at[i];
    bit_id b = a->c->outputs.at[output];
    uint32_t to = node[group_of(circuit_output_bus(a->c, output), buses)];
    bool ends = a->part->most &&
                a->part->depth[a->c->bits.at[b].ladder] == a->part->most;
    bundle(a, node_of(a, b), to, 1, 1, ends);
    a->p->nodes.at[to].is_critical = a->p->nodes.at[to].is_critical || ends;
  }
  free(count);
  free(node);
}

static void label_bundles(struct painter *a) {
  for (size_t i = 0; i < a->bundles->edges.n; i++) {
    a->p->edges.at[i].label = a->p->text.n;
    put_mpz(a->p, a->bundles->edges.at[i].wires);
    put_char(a->p, 0);
  }
}

static void bundles_init(struct bundles *all, const struct circuit *c) {
  *all = (struct bundles){0};
  circuit_measure_operations(c, &all->operations);
  all->shape_wires = xcalloc(c->shapes.n, sizeof *all->shape_wires);
  for (size_t i = 0; i < c->shapes.n; i++)
    for (size_t k = 0; k < c->shapes.at[i].n; k++)
      all->shape_wires[i] += c->steps.at[c->shapes.at[i].first_step + k] != 0;
}

static void bundles_clear(struct bundles *all) {
  for (size_t i = 0; i < all->edges.n; i++)
    mpz_clear(all->edges.at[i].wires);
  array_clear(&all->edges);
  hash_clear(&all->find);
  free(all->shape_wires);
  operation_measures_clear(&all->operations);
}

static void paint_operations(struct painter *a) {
  struct bundles all;
  a->is_beyond =
      a->c->input_buses.n > a->max_nodes || a->c->output_buses.n > a->max_nodes;
  if (a->is_beyond)
    return;
  a->bundles = &all;
  bundles_init(&all, a->c);
  add_input_buses(a);
  add_operations(a);
  for (ladder_id l = 1; l < a->c->ladders.n && !is_too_large(a); l++)
    bundle_ladder(a, l);
  if (!is_too_large(a))
    bundle_outputs(a);
  label_bundles(a);
  bundles_clear(&all);
}

/* Outputs come after all else. */
static void rank_outputs(struct picture *p) {
  uint32_t most = 0;
  for (size_t i = 0; i < p->nodes.n; i++)
    if (p->nodes.at[i].kind != PICTURE_OUTPUT && p->nodes.at[i].rank > most)
      most = p->nodes.at[i].rank;
  for (size_t i = 0; i < p->nodes.n; i++)
    if (p->nodes.at[i].kind == PICTURE_OUTPUT)
      p->nodes.at[i].rank = most + 1;
}

bool picture_of(struct picture *p, const struct part *part, enum dot_view view,
                size_t max_nodes) {
  const struct circuit *c = part->c;
  struct painter a = {p, part, c, view, max_nodes, .no_text = p->text.n};
  put_char(p, 0);
  a.node = xmalloc(c->bits.n * sizeof *a.node);
  for (size_t b = 0; b < c->bits.n; b++)
    a.node[b] = NO_NODE;
  mpz_init(a.weight);
  if (view == DOT_OPS)
    paint_operations(&a);
  else
    paint_bits(&a);
  rank_outputs(p);
  bool ok = !is_too_large(&a);
  mpz_clear(a.weight);
  free(a.node);
  return ok;
}

void picture_clear(struct picture *p) {
  array_clear(&p->nodes);
  array_clear(&p->edges);
  array_clear(&p->text);
}
