/* Every ladder is written as its own name, where it has one that no other
   signal has yet, else as $ and the number of its first bit. What is written
   for a bit is found without a look at its ladder, since wires come from all
   over a large circuit. */
#include "circuit/put.h"
#include "circuit/scan.h"
#include "circuit/text.h"

#include <assert.h>
#include <string.h>

#define NO_BUS SIZE_MAX
#define LEVEL 4u            // in uses of a view
#define ALL_ONES UINT32_MAX // instead of uses of a shape

/* A signal that is more than one bit or has a name. */
struct label {
  const char *name; // NULL: $ and the number of its first bit
  bit_id first;
  bool is_plain; // the name needs no quotes
  bool is_indexed;
  size_t bus; // the input bus it is, or NO_BUS
};

struct labels {
  ARRAY(struct label) all;
  struct hash find; // those with names
};

struct writer {
  const struct circuit *c;
  struct put o;
  struct labels signals, output_names;
  uint32_t *label_of;  // [bit] place in signals + 1; 0: its number
  unsigned char *uses; // [view] by wires, at most 2, and LEVEL
  uint32_t *view_label, *shape_label; // 0: not written, else a number
  uint32_t *shape_uses;               // by views that some wire reads
  uint32_t n_views, n_shapes;         // labels given
  size_t inputs, outputs;             // written so far
  size_t input_bus, output_bus, operation, name; // next to be written
};

static bool is_word(const char *name) {
  size_t n = 0;
  while (scan_is_word((unsigned char)name[n]))
    n++;
  return n && !name[n] && (*name < '0' || *name > '9') &&
         !text_is_reserved(name, n);
}

static void put_quoted(struct put *o, const char *name) {
  put_char(o, '"');
  for (; *name; name++) {
    unsigned char ch = (unsigned char)*name;
    if (ch == '"' || ch == '\\')
      put_char(o, '\\');
    if (ch >= 0x20 && ch != 0x7f) {
      put_char(o, *name);
      continue;
    }
    put_text(o, "\\x");
    put_char(o, "0123456789abcdef"[ch >> 4]);
    put_char(o, "0123456789abcdef"[ch & 15]);
  }
  put_char(o, '"');
}

static void put_name(struct put *o, const char *name) {
  if (is_word(name))
    put_text(o, name);
  else
    put_quoted(o, name);
}

static void put_label(struct put *o, const char *prefix, uint32_t n) {
  put_text(o, prefix);
  put_unsigned(o, n);
}

static void put_index(struct put *o, size_t i) {
  put_char(o, '[');
  put_unsigned(o, i);
  put_char(o, ']');
}

static void put_extent(struct put *o, const struct bus *b) {
  put_name(o, b->name);
  if (b->values != 1)
    put_index(o, b->values);
  if (b->values != 1 || b->width != 1)
    put_index(o, b->width);
  if (b->is_signed)
    put_text(o, " signed");
}

struct key {
  const struct labels *t;
  const char *name;
};

static bool same_label(const void *context, uint32_t id) {
  const struct key *k = context;
  return !strcmp(k->t->all.at[id].name, k->name);
}

/* False if the name is taken. */
static bool take_label(struct labels *t, struct label label) {
  struct key k = {t, label.name};
  uint32_t tag = hash_bytes(label.name, strlen(label.name));
  if (hash_find(&t->find, tag, same_label, &k) != HASH_NONE)
    return false;
  label.is_plain = is_word(label.name);
  hash_add(&t->find, tag, (uint32_t)t->all.n);
  array_push(&t->all, label);
  return true;
}

/* The last label is that of n bits. */
static void label_bits(struct writer *w, bit_id first, size_t n) {
  for (size_t i = 0; i < n; i++)
    w->label_of[first + i] = (uint32_t)w->signals.all.n;
}

static void put_bus_index(struct writer *w, const struct label *label,
                          bit_id bit) {
  const struct bus *b = &w->c->input_buses.at[label->bus];
  size_t i = bit - label->first;
  if (b->values != 1)
    put_index(&w->o, i / b->width);
  put_index(&w->o, i % b->width);
}

/* A bit, or if is_whole the ladder of which it is the first. */
static void put_signal(struct writer *w, bit_id bit, bool is_whole) {
  if (bit <= BIT_ONE) {
    put_char(&w->o, bit == BIT_ONE ? '1' : '0');
    return;
  }
  if (!w->label_of[bit]) {
    put_label(&w->o, "$", bit);
    return;
  }
  const struct label *label = &w->signals.all.at[w->label_of[bit] - 1];
  if (!label->name)
    put_label(&w->o, "$", label->first);
  else if (label->is_plain)
    put_text(&w->o, label->name);
  else
    put_quoted(&w->o, label->name);
  if (label->is_indexed && label->bus != NO_BUS)
    put_bus_index(w, label, bit);
  else if (label->is_indexed && !is_whole)
    put_index(&w->o, bit - label->first + 1);
}

static void put_bit(struct writer *w, bit_id b) {
  put_signal(w, b, false);
}

static void put_ladder(struct writer *w, ladder_id l) {
  put_signal(w, w->c->ladders.at[l].first_bit, true);
}

static const struct view *view_of(const struct writer *w, source_id s) {
  return &w->c->views.at[s & ~SOURCE_VIEW];
}

static bool is_all_ones(const struct circuit *c, const struct shape *s) {
  for (size_t i = 0; i < s->n; i++)
    if (c->steps.at[s->first_step + i] != 1)
      return false;
  return true;
}

static void put_steps(struct writer *w, uint32_t shape) {
  const struct shape *s = &w->c->shapes.at[shape];
  for (size_t i = 0; i < s->n; i++) {
    if (i)
      put_char(&w->o, ' ');
    put_integer(&w->o, &w->c->integers, w->c->steps.at[s->first_step + i]);
  }
}

static void put_view(struct writer *w, const struct view *v) {
  put_ladder(w, v->ladder);
  put_char(&w->o, '{');
  if (w->shape_label[v->shape])
    put_label(&w->o, "$t", w->shape_label[v->shape]);
  else
    put_steps(w, v->shape);
  put_char(&w->o, '}');
}

static void put_source(struct writer *w, source_id s) {
  if (!(s & SOURCE_VIEW))
    put_bit(w, s);
  else if (w->view_label[s & ~SOURCE_VIEW])
    put_label(&w->o, "$v", w->view_label[s & ~SOURCE_VIEW]);
  else if (w->uses[s & ~SOURCE_VIEW] & LEVEL)
    put_ladder(w, view_of(w, s)->ladder);
  else
    put_view(w, view_of(w, s));
}

/* Lines for the tables and views that this ladder reads and others too. */
static void write_views(struct writer *w, ladder_id l) {
  size_t end = circuit_end_wire(w->c, l);
  for (size_t i = w->c->ladders.at[l].first_wire; i < end; i++) {
    source_id s = w->c->wires.at[i].source;
    uint32_t id = s & ~SOURCE_VIEW;
    if (!(s & SOURCE_VIEW) || w->uses[id] & LEVEL || w->view_label[id])
      continue;
    const struct view *v = view_of(w, s);
    if (w->shape_uses[v->shape] > 1 && w->shape_uses[v->shape] != ALL_ONES &&
        !w->shape_label[v->shape]) {
      w->shape_label[v->shape] = ++w->n_shapes;
      put_label(&w->o, "table $t", w->n_shapes);
      put_text(&w->o, " = ");
      put_steps(w, v->shape);
      put_char(&w->o, '\n');
    }
    if (w->uses[id] > 1) {
      put_label(&w->o, "$v", w->n_views + 1);
      put_text(&w->o, " = ");
      put_view(w, v);
      put_char(&w->o, '\n');
      w->view_label[id] = ++w->n_views;
    }
  }
}

static void write_sum(struct writer *w, ladder_id l) {
  const struct circuit *c = w->c;
  size_t first = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  if (first == end)
    put_char(&w->o, '0');
  for (size_t i = first; i < end; i++) {
    source_id s = c->wires.at[i].source;
    integer_id weight = c->wires.at[i].weight;
    bool is_negative = integers_sign(&c->integers, weight) < 0;
    if (i > first)
      put_text(&w->o, is_negative ? " - " : " + ");
    else if (is_negative)
      put_char(&w->o, '-');
    bool is_unit = integer_is_small(weight) && labs(integer_small(weight)) == 1;
    if (!is_unit || s <= BIT_ONE) {
      put_magnitude(&w->o, &c->integers, weight);
      put_char(&w->o, '*');
    }
    put_source(w, s);
  }
}

static void put_all_names(struct writer *w, bit_id end, bit_id labelled) {
  const struct circuit *c = w->c;
  for (; w->name < c->names.n && c->names.at[w->name].bit < end; w->name++) {
    const struct bit_name *n = &c->names.at[w->name];
    if (n->bit == labelled)
      continue;
    put_text(&w->o, "name ");
    put_bit(w, n->bit);
    put_char(&w->o, ' ');
    put_name(&w->o, n->name);
    put_char(&w->o, '\n');
  }
}

static void write_ladder(struct writer *w, ladder_id l) {
  const struct circuit *c = w->c;
  bit_id first = c->ladders.at[l].first_bit, end = circuit_end_bit(c, l);
  bool is_indexed = end - first > 1, is_named = false;
  struct label label = {NULL, first, false, is_indexed, NO_BUS};
  if (w->name < c->names.n && c->names.at[w->name].bit == first) {
    label.name = c->names.at[w->name].name;
    is_named = take_label(&w->signals, label);
    label.name = NULL;
  }
  if (is_indexed && !is_named)
    array_push(&w->signals.all, label);
  write_views(w, l);
  if (is_indexed || is_named)
    label_bits(w, first, end - first);
  put_ladder(w, l);
  put_text(&w->o, " = ");
  write_sum(w, l);
  put_text(&w->o, " >=");
  for (bit_id b = first; b < end; b++) {
    put_char(&w->o, ' ');
    put_integer(&w->o, &c->integers, c->bits.at[b].threshold);
  }
  put_char(&w->o, '\n');
  put_all_names(w, end, is_named ? first : CIRCUIT_MAX_BITS);
}

/* The next bus, if its inputs are those to come and nothing is in between. */
static size_t whole_bus(const struct writer *w) {
  const struct circuit *c = w->c;
  if (w->input_bus == c->input_buses.n)
    return 0;
  const struct bus *b = &c->input_buses.at[w->input_bus];
  size_t n = b->values * b->width;
  if (b->first_bit != w->inputs || !n)
    return 0;
  bit_id first = c->inputs.at[w->inputs];
  ladder_id l = c->bits.at[first].ladder;
  if (c->inputs.at[w->inputs + n - 1] - first != n - 1)
    return 0; // gates in between
  if (w->operation < c->operations.n &&
      c->operations.at[w->operation].first < l + n)
    return 0;
  return n;
}

static void write_ended_buses(struct writer *w) {
  for (; w->input_bus < w->c->input_buses.n; w->input_bus++) {
    const struct bus *b = &w->c->input_buses.at[w->input_bus];
    if (b->first_bit + b->values * b->width != w->inputs)
      return;
    put_text(&w->o, "bus input ");
    put_extent(&w->o, b);
    put_char(&w->o, '\n');
  }
}

/* Inputs from ladder l on; returns how many. */
static size_t write_inputs(struct writer *w, ladder_id l) {
  const struct circuit *c = w->c;
  bit_id first = c->ladders.at[l].first_bit;
  size_t n = whole_bus(w);
  const struct bus *b = n ? &c->input_buses.at[w->input_bus] : NULL;
  bool is_indexed = b && (n > 1 || b->is_signed);
  put_text(&w->o, "input ");
  if (b && take_label(&w->signals, (struct label){b->name, first, false,
                                                  is_indexed, w->input_bus})) {
    label_bits(w, first, n);
    put_extent(&w->o, b);
    w->input_bus++;
  } else {
    n = 1;
    put_label(&w->o, "$", first);
  }
  put_char(&w->o, '\n');
  w->inputs += n;
  put_all_names(w, first + (bit_id)n, CIRCUIT_MAX_BITS);
  write_ended_buses(w);
  return n;
}

static void write_operations(struct writer *w, ladder_id l) {
  for (; w->operation < w->c->operations.n &&
         w->c->operations.at[w->operation].first <= l;
       w->operation++) {
    const struct operation *op = &w->c->operations.at[w->operation];
    put_text(&w->o, "operation ");
    put_name(&w->o, op->name);
    if (*op->kind) {
      put_char(&w->o, ' ');
      put_name(&w->o, op->kind);
    }
    put_char(&w->o, '\n');
  }
}

static void write_output_bits(struct writer *w, size_t end) {
  put_text(&w->o, " =");
  for (const char *gap = " "; w->outputs < end; w->outputs++, gap = ", ") {
    put_text(&w->o, gap);
    put_bit(w, w->c->outputs.at[w->outputs]);
  }
  put_char(&w->o, '\n');
}

/* Outputs of no bus, or of one that cannot be written with its bits. */
static void write_loose_outputs(struct writer *w, size_t end) {
  if (w->outputs >= end)
    return;
  put_text(&w->o, "output");
  write_output_bits(w, end);
}

static void write_outputs(struct writer *w) {
  const struct circuit *c = w->c;
  for (; w->output_bus < c->output_buses.n; w->output_bus++) {
    const struct bus *b = &c->output_buses.at[w->output_bus];
    struct label label = {b->name, 0, false, false, NO_BUS};
    size_t end = b->first_bit + b->values * b->width;
    write_loose_outputs(w, b->first_bit);
    bool is_whole =
        w->outputs == b->first_bit && take_label(&w->output_names, label);
    if (!is_whole)
      write_loose_outputs(w, end);
    put_text(&w->o, is_whole ? "output " : "bus output ");
    put_extent(&w->o, b);
    if (is_whole)
      write_output_bits(w, end);
    else
      put_char(&w->o, '\n');
  }
  write_loose_outputs(w, c->outputs.n);
}

/* How often views are read, and shapes by them. Levels are marked; they are
   written as the names of their ladders. */
static void count_uses(struct writer *w) {
  const struct circuit *c = w->c;
  for (size_t i = 0; i < c->shapes.n; i++)
    if (is_all_ones(c, &c->shapes.at[i]))
      w->shape_uses[i] = ALL_ONES;
  for (size_t i = 0; i < c->wires.n; i++) {
    uint32_t id = c->wires.at[i].source & ~SOURCE_VIEW;
    if (c->wires.at[i].source & SOURCE_VIEW && w->uses[id] < 2)
      w->uses[id]++;
  }
  for (size_t i = 0; i < c->views.n; i++)
    if (w->shape_uses[c->views.at[i].shape] == ALL_ONES &&
        c->views.at[i].ladder)
      w->uses[i] |= LEVEL;
    else if (w->uses[i] && w->shape_uses[c->views.at[i].shape] != ALL_ONES)
      w->shape_uses[c->views.at[i].shape]++;
}

static void write_all(struct writer *w) {
  const struct circuit *c = w->c;
  put_text(&w->o, "circuit 1\n");
  put_all_names(w, BIT_ONE + 1, CIRCUIT_MAX_BITS);
  write_operations(w, 0);
  write_ended_buses(w);
  for (size_t l = 1, n; l < c->ladders.n; l += n) {
    n = 1;
    write_operations(w, (ladder_id)l);
    if (circuit_is_input(c, c->ladders.at[l].first_bit))
      n = write_inputs(w, (ladder_id)l);
    else
      write_ladder(w, (ladder_id)l);
  }
  write_operations(w, (ladder_id)c->ladders.n);
  write_outputs(w);
}

bool text_write(const struct circuit *c, FILE *out) {
  assert(c->taken_wires == c->wires.n);
  struct writer w = {.c = c};
  put_init(&w.o, out);
  w.label_of = xcalloc(c->bits.n, sizeof *w.label_of);
  w.uses = xcalloc(c->views.n, 1);
  w.view_label = xcalloc(c->views.n, sizeof *w.view_label);
  w.shape_label = xcalloc(c->shapes.n, sizeof *w.shape_label);
  w.shape_uses = xcalloc(c->shapes.n, sizeof *w.shape_uses);
  count_uses(&w);
  write_all(&w);
  free(w.label_of);
  free(w.uses);
  free(w.view_label);
  free(w.shape_label);
  free(w.shape_uses);
  hash_clear(&w.signals.find);
  array_clear(&w.signals.all);
  hash_clear(&w.output_names.find);
  array_clear(&w.output_names.all);
  return put_end(&w.o);
}
