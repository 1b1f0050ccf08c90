#include "circuit/prune.h"
#include "circuit/error.h"
#include "circuit/folding.h"

#include <assert.h>
#include <string.h>

/* What is read, then its new number. */
struct live {
  struct circuit *c;
  uint64_t *bit;       // a set of bits
  uint32_t *before;    // live bits before each word of the set
  bool *view;          // [view]
  source_id *of_view;  // [view]: what it becomes
  ladder_id *ladder;   // [ladder]: what it becomes, if any of it is live
  bool *integer;       // [long integer]
  integer_id *renamed; // [long integer]: what it becomes
};

static bool is_live(const struct live *v, bit_id b) {
  return v->bit[b / 64] >> b % 64 & 1;
}

static void keep_bit(struct live *v, bit_id b) {
  v->bit[b / 64] |= UINT64_C(1) << b % 64;
}

static bit_id new_bit(const struct live *v, bit_id b) {
  uint64_t below = v->bit[b / 64] & ((UINT64_C(1) << b % 64) - 1);
  return v->before[b / 64] + (bit_id)__builtin_popcountll(below);
}

static bool is_ladder_live(const struct live *v, ladder_id l) {
  for (bit_id b = v->c->ladders.at[l].first_bit, end = circuit_end_bit(v->c, l);
       b < end; b++)
    if (is_live(v, b))
      return true;
  return false;
}

static bool is_long(integer_id id) {
  return !integer_is_small(id) && id != THRESHOLD_INPUT;
}

static void keep_integer(struct live *v, integer_id id) {
  if (is_long(id))
    v->integer[id & ~INTEGER_LONG] = true;
}

static integer_id new_integer(const struct live *v, integer_id id) {
  return is_long(id) ? v->renamed[id & ~INTEGER_LONG] : id;
}

/* ---- What is read ---- */

static void keep_view(struct live *v, uint32_t id) {
  const struct circuit *c = v->c;
  const struct shape *shape = &c->shapes.at[c->views.at[id].shape];
  bit_id first = c->ladders.at[c->views.at[id].ladder].first_bit;
  if (v->view[id])
    return;
  for (size_t j = 0; j < shape->n; j++) {
    integer_id step = c->steps.at[shape->first_step + j];
    if (!step) // the integer 0 is its own id
      continue;
    v->view[id] = true; // one of steps 0 only is never kept
    keep_integer(v, step);
    keep_bit(v, first + (bit_id)j);
  }
  keep_integer(v, shape->lo); // 0 if all steps are
  keep_integer(v, shape->hi);
}

/* Of a live ladder's wires, when its view was kept if it may be. */
static bool is_read(const struct live *v, struct wire w) {
  return w.weight &&
         (!(w.source & SOURCE_VIEW) || v->view[w.source & ~SOURCE_VIEW]);
}

static void keep_wires(struct live *v, ladder_id l) {
  const struct circuit *c = v->c;
  size_t end = circuit_end_wire(c, l);
  for (size_t i = c->ladders.at[l].first_wire; i < end; i++) {
    struct wire w = c->wires.at[i];
    if (!w.weight)
      continue;
    if (w.source & SOURCE_VIEW)
      keep_view(v, w.source & ~SOURCE_VIEW);
    else
      keep_bit(v, w.source);
    if (is_read(v, w))
      keep_integer(v, w.weight);
  }
}

static void find_live(struct live *v) {
  const struct circuit *c = v->c;
  keep_bit(v, BIT_ZERO);
  keep_bit(v, BIT_ONE);
  for (size_t i = 0; i < c->inputs.n; i++)
    keep_bit(v, c->inputs.at[i]);
  for (size_t i = 0; i < c->outputs.n; i++)
    keep_bit(v, c->outputs.at[i]);
  for (size_t l = c->ladders.n; l-- > 1;)
    if (is_ladder_live(v, (ladder_id)l))
      keep_wires(v, (ladder_id)l);
  for (bit_id b = 0; b < c->bits.n; b++)
    if (is_live(v, b))
      keep_integer(v, c->bits.at[b].threshold);
}

static void number_anew(struct live *v) {
  const struct circuit *c = v->c;
  ladder_id next = 0;
  uint32_t bits = 0;
  for (size_t i = 0; i <= c->bits.n / 64; i++) {
    v->before[i] = bits;
    bits += (uint32_t)__builtin_popcountll(v->bit[i]);
  }
  for (size_t l = 0; l < c->ladders.n; l++) {
    v->ladder[l] = next;
    next += is_ladder_live(v, (ladder_id)l);
  }
  v->ladder[c->ladders.n] = next;
}

/* ---- Views and their shapes are made again ---- */

static source_id renew_view(struct live *v, struct view old,
                            const integer_id *steps, integer_id *kept) {
  struct circuit *c = v->c;
  bit_id first = c->ladders.at[old.ladder].first_bit;
  size_t n = 0, rungs = circuit_rungs(c, old.ladder), last = 0;
  for (size_t j = 0; j < rungs; j++)
    if (is_live(v, first + (bit_id)j)) {
      last = j;
      kept[n++] = new_integer(v, steps[j]);
    }
  if (n == 1 && kept[0] == 1)
    return new_bit(v, first + (bit_id)last);
  struct view renewed = {v->ladder[old.ladder], circuit_add_shape(c, kept, n)};
  array_push(&c->views, renewed);
  hash_add(&c->find_view, hash_bytes(&renewed, sizeof renewed),
           (uint32_t)c->views.n - 1);
  return SOURCE_VIEW | (source_id)(c->views.n - 1);
}

/* While the ladders are still the old ones. Live rungs of one ladder decide a
   view's new steps, so different views stay different. */
static void renew_views(struct live *v) {
  struct circuit *c = v->c, old = *c;
  memset(&c->views, 0, sizeof c->views);
  memset(&c->shapes, 0, sizeof c->shapes);
  memset(&c->steps, 0, sizeof c->steps);
  memset(&c->find_view, 0, sizeof c->find_view);
  memset(&c->find_shape, 0, sizeof c->find_shape);
  ARRAY(integer_id) kept = {0};
  for (size_t i = 0; i < old.views.n; i++) {
    if (!v->view[i])
      continue;
    const struct shape *s = &old.shapes.at[old.views.at[i].shape];
    array_reserve(&kept, s->n);
    v->of_view[i] =
        renew_view(v, old.views.at[i], old.steps.at + s->first_step, kept.at);
  }
  array_clear(&kept);
  array_clear(&old.views);
  array_clear(&old.shapes);
  array_clear(&old.steps);
  hash_clear(&old.find_view);
  hash_clear(&old.find_shape);
}

/* ---- Ladders, bits and wires move down ---- */

static struct wire new_wire(const struct live *v, struct wire w) {
  source_id s = w.source & SOURCE_VIEW ? v->of_view[w.source & ~SOURCE_VIEW]
                                       : new_bit(v, w.source);
  return (struct wire){s, new_integer(v, w.weight)};
}

static void move_folded_ladder(struct folding *f, size_t to, size_t from) {
  if (to != from)
    mpz_swap(f->ladders.at[to].copies, f->ladders.at[from].copies);
  f->ladders.at[to].axes = f->ladders.at[from].axes;
  f->ladders.at[to].is_chain = f->ladders.at[from].is_chain;
}

static void move_ladders(struct live *v) {
  struct circuit *c = v->c;
  struct folding *f = c->folding;
  size_t ladders = 0, bits = 0, wires = 0;
  for (size_t l = 0; l < c->ladders.n; l++) {
    struct ladder from = c->ladders.at[l];
    size_t end_wire = circuit_end_wire(c, (ladder_id)l);
    bit_id end_bit = circuit_end_bit(c, (ladder_id)l);
    if (!is_ladder_live(v, (ladder_id)l))
      continue;
    struct ladder to = {(uint32_t)wires, (bit_id)bits};
    for (bit_id b = from.first_bit; b < end_bit; b++)
      if (is_live(v, b))
        c->bits.at[bits++] = (struct bit){
            (ladder_id)ladders, new_integer(v, c->bits.at[b].threshold)};
    for (size_t w = from.first_wire; w < end_wire; w++)
      if (is_read(v, c->wires.at[w])) {
        if (f)
          f->wires.at[wires] = f->wires.at[w];
        c->wires.at[wires++] = new_wire(v, c->wires.at[w]);
      }
    if (f && f->ladders.at[l].is_chain &&
        bits - to.first_bit < end_bit - from.first_bit)
      die("gates that nothing reads: try --method made");
    if (f)
      move_folded_ladder(f, ladders, l);
    c->ladders.at[ladders++] = to;
  }
  for (size_t l = ladders; f && l < f->ladders.n; l++)
    mpz_clear(f->ladders.at[l].copies);
  if (f) {
    f->ladders.n = ladders;
    f->wires.n = wires;
  }
  c->ladders.n = ladders;
  c->bits.n = bits;
  c->wires.n = c->taken_wires = wires;
}

static void move_names(struct live *v) {
  struct circuit *c = v->c;
  size_t n = 0;
  for (size_t i = 0; i < c->names.n; i++) {
    struct bit_name name = c->names.at[i];
    if (is_live(v, name.bit))
      c->names.at[n++] = (struct bit_name){new_bit(v, name.bit), name.name};
    else
      free(name.name);
  }
  c->names.n = n;
}

/* While the ladders are still the old ones; an operation ends where the next
   one begins. */
static void move_operations(struct live *v) {
  struct circuit *c = v->c;
  size_t n = 0;
  for (size_t i = 0; i < c->operations.n; i++) {
    struct operation o = c->operations.at[i];
    ladder_id end = i + 1 < c->operations.n ? c->operations.at[i + 1].first
                                            : (ladder_id)c->ladders.n;
    o.first = v->ladder[o.first];
    if (o.first < v->ladder[end]) {
      c->operations.at[n++] = o;
    } else {
      free(o.name);
      free(o.kind);
    }
  }
  c->operations.n = n;
}

static void move_repeats(struct live *v) {
  struct folding *f = v->c->folding;
  for (size_t i = 0; f && i < f->repeats.n; i++) {
    struct repeat *r = &f->repeats.at[i];
    r->before = v->ladder[r->before];
    r->from = v->ladder[r->from];
    r->to = v->ladder[r->to];
  }
}

static void move_list(const struct live *v, bit_id *at, size_t n) {
  for (size_t i = 0; i < n; i++)
    at[i] = new_bit(v, at[i]);
}

void circuit_prune(struct circuit *c) {
  size_t words = c->bits.n / 64 + 1;
  struct live v = {
      .c = c,
      .bit = xcalloc(words, sizeof *v.bit),
      .before = xcalloc(words, sizeof *v.before),
      .view = xcalloc(c->views.n, sizeof *v.view),
      .of_view = xcalloc(c->views.n, sizeof *v.of_view),
      .ladder = xcalloc(c->ladders.n + 1, sizeof *v.ladder),
      .integer = xcalloc(c->integers.longs.n, sizeof *v.integer),
      .renamed = xcalloc(c->integers.longs.n, sizeof *v.renamed),
  };
  assert(c->taken_wires == c->wires.n);
  circuit_free_memo(c); // it knows integers and shapes by their old names
  find_live(&v);
  number_anew(&v);
  integers_keep(&c->integers, v.integer, v.renamed);
  renew_views(&v);
  move_operations(&v);
  move_repeats(&v);
  move_names(&v);
  move_list(&v, c->inputs.at, c->inputs.n);
  move_list(&v, c->outputs.at, c->outputs.n);
  move_ladders(&v);
  free(v.bit);
  free(v.before);
  free(v.view);
  free(v.of_view);
  free(v.ladder);
  free(v.integer);
  free(v.renamed);
}
