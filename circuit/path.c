#include "circuit/path.h"
#include "circuit/measure.h"

#include <assert.h>

#define NOTHING UINT32_MAX

struct map {
  const struct circuit *c;
  uint32_t *depth;      // by ladder
  uint32_t *first_step; // by shape, the first that is not 0; or NOTHING
};

static uint32_t first_step(const struct circuit *c, const struct shape *s) {
  for (uint32_t i = 0; i < s->n; i++)
    if (c->steps.at[s->first_step + i]) // the integer 0 is its own id
      return i;
  return NOTHING;
}

static void map_init(struct map *m, const struct circuit *c) {
  *m = (struct map){c, circuit_ladder_depths(c),
                    xcalloc(c->shapes.n, sizeof *m->first_step)};
  for (size_t i = 0; i < c->shapes.n; i++)
    m->first_step[i] = first_step(c, &c->shapes.at[i]);
}

static void map_clear(struct map *m) {
  free(m->depth);
  free(m->first_step);
}

static uint32_t depth_of(const struct map *m, bit_id b) {
  return m->depth[m->c->bits.at[b].ladder];
}

/* The lowest bit that a wire reads; false if there is none. */
static bool lowest(const struct map *m, struct wire w, bit_id *b) {
  *b = w.source;
  if (!(w.source & SOURCE_VIEW) || !w.weight)
    return w.weight;
  const struct view *v = &m->c->views.at[w.source & ~SOURCE_VIEW];
  uint32_t step = m->first_step[v->shape];
  *b = m->c->ladders.at[v->ladder].first_bit + step;
  return step != NOTHING;
}

/* The choices for one place of a path: one bit of each ladder, ascending. */
struct level {
  size_t first, n, at; // of search.bits; at is that of the path, [first..n)
};

struct search {
  const struct map *m;
  ARRAY(bit_id) bits;
  ARRAY(struct level) levels; // from the output back
};

static int compare_bits(const void *a, const void *b) {
  bit_id x = *(const bit_id *)a, y = *(const bit_id *)b;
  return (x > y) - (x < y);
}

/* All bits from `first` on are choices: sort them, one for each ladder, or one
   in all if they are of depth 0. */
static void add_level(struct search *s, size_t first) {
  const struct circuit *c = s->m->c;
  bit_id *bits = s->bits.at + first;
  size_t count = s->bits.n - first, n = 0;
  assert(count);
  qsort(bits, count, sizeof *bits, compare_bits);
  bool ends = !depth_of(s->m, bits[0]);
  for (size_t i = 0; i < count; i++)
    if (!n ||
        (ends ? bits[n - 1] <= BIT_ONE
              : c->bits.at[bits[n - 1]].ladder != c->bits.at[bits[i]].ladder)) {
      n = ends ? 0 : n;
      bits[n++] = bits[i];
    }
  s->bits.n = first + n;
  array_push(&s->levels, (struct level){first, s->bits.n, first});
}

static uint32_t greatest_depth(const struct circuit *c, const uint32_t *depth,
                               const bit_id *outputs, size_t n) {
  uint32_t most = 0;
  for (size_t i = 0; i < n; i++)
    if (depth[c->bits.at[outputs[i]].ladder] > most)
      most = depth[c->bits.at[outputs[i]].ladder];
  return most;
}

static void start(struct search *s) {
  const struct circuit *c = s->m->c;
  uint32_t most = greatest_depth(c, s->m->depth, c->outputs.at, c->outputs.n);
  for (size_t i = 0; i < c->outputs.n; i++)
    if (depth_of(s->m, c->outputs.at[i]) == most)
      array_push(&s->bits, c->outputs.at[i]);
  if (s->bits.n)
    add_level(s, 0);
}

static void go_back(struct search *s) {
  const struct circuit *c = s->m->c;
  bit_id from = s->bits.at[array_last(&s->levels).at], b;
  ladder_id l = c->bits.at[from].ladder;
  size_t first = s->bits.n;
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l); i++)
    if (lowest(s->m, c->wires.at[i], &b) &&
        depth_of(s->m, b) + 1 == s->m->depth[l])
      array_push(&s->bits, b);
  add_level(s, first);
}

/* To the next choice; no levels are left if there is none. */
static void advance(struct search *s) {
  while (s->levels.n) {
    struct level *last = &array_last(&s->levels);
    if (++last->at < last->n)
      return;
    s->bits.n = last->first;
    s->levels.n--;
  }
}

static struct path take_path(const struct search *s) {
  size_t n = s->levels.n;
  struct path p = {xmalloc(n * sizeof *p.bits), n};
  for (size_t i = 0; i < n; i++)
    p.bits[n - 1 - i] = s->bits.at[s->levels.at[i].at];
  return p;
}

void circuit_paths(const struct circuit *c, size_t most, struct paths *p) {
  struct map m;
  struct search s = {.m = &m};
  paths_clear(p);
  map_init(&m, c);
  start(&s);
  while (s.levels.n && p->all.n < most) {
    while (depth_of(&m, s.bits.at[array_last(&s.levels).at]))
      go_back(&s);
    array_push(&p->all, take_path(&s));
    advance(&s);
  }
  map_clear(&m);
  array_clear(&s.bits);
  array_clear(&s.levels);
}

void paths_clear(struct paths *p) {
  for (size_t i = 0; i < p->all.n; i++)
    free(p->all.at[i].bits);
  array_clear(&p->all);
}

/* Gates after a bit on its longest path to an output. What ladders read is
   handed back to bits and views, and by those to the rungs of their ladder when
   all of its readers, which come later, are done. */
struct heights {
  const struct circuit *c;
  uint32_t *bit, *view; // NOTHING: no output reads it
  uint32_t *views_of;   // by ladder: its views are order[views_of[l]..next)
  view_id *order;
};

static void raise(uint32_t *height, uint32_t to) {
  if (*height == NOTHING || *height < to)
    *height = to;
}

static uint32_t *new_heights(size_t n) {
  uint32_t *height = xmalloc(n * sizeof *height);
  for (size_t i = 0; i < n; i++)
    height[i] = NOTHING;
  return height;
}

/* Counting sort of the views by ladder. */
static void sort_views(struct heights *h) {
  const struct circuit *c = h->c;
  uint32_t *end = xcalloc(c->ladders.n + 1, sizeof *end);
  h->order = xmalloc(c->views.n * sizeof *h->order);
  for (size_t v = 0; v < c->views.n; v++)
    end[c->views.at[v].ladder + 1]++;
  for (size_t l = 0; l < c->ladders.n; l++)
    end[l + 1] += end[l];
  for (view_id v = (view_id)c->views.n; v-- > 0;)
    h->order[--end[c->views.at[v].ladder + 1]] = v;
  h->views_of = end; // of ladder l begin at [l + 1], which was their end
}

static void heights_init(struct heights *h, const struct circuit *c,
                         const bit_id *outputs, size_t n) {
  *h = (struct heights){c, new_heights(c->bits.n), new_heights(c->views.n),
                        NULL, NULL};
  sort_views(h);
  for (size_t i = 0; i < n; i++)
    h->bit[outputs[i]] = 0;
}

static void heights_clear(struct heights *h) {
  free(h->bit);
  free(h->view);
  free(h->views_of);
  free(h->order);
}

static void take_views(struct heights *h, ladder_id l) {
  const struct circuit *c = h->c;
  size_t end = l + 1 < c->ladders.n ? h->views_of[l + 2] : c->views.n;
  for (size_t i = h->views_of[l + 1]; i < end; i++) {
    view_id v = h->order[i];
    const integer_id *steps = circuit_view_steps(c, SOURCE_VIEW | v);
    for (size_t k = 0; h->view[v] != NOTHING && k < circuit_rungs(c, l); k++)
      if (steps[k])
        raise(&h->bit[c->ladders.at[l].first_bit + k], h->view[v]);
  }
}

static void hand_back(struct heights *h, ladder_id l) {
  const struct circuit *c = h->c;
  uint32_t most = NOTHING;
  for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
    if (h->bit[b] != NOTHING)
      raise(&most, h->bit[b]);
  if (most == NOTHING)
    return;
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    struct wire w = c->wires.at[i];
    if (w.weight)
      raise(w.source & SOURCE_VIEW ? &h->view[w.source & ~SOURCE_VIEW]
                                   : &h->bit[w.source],
            most + 1);
  }
}

uint32_t *circuit_slacks(const struct circuit *c, const bit_id *outputs,
                         size_t n) {
  struct heights h;
  uint32_t *depth = circuit_ladder_depths(c);
  uint32_t most = greatest_depth(c, depth, outputs, n);
  heights_init(&h, c, outputs, n);
  for (size_t l = c->ladders.n; l-- > 0;) {
    take_views(&h, (ladder_id)l);
    hand_back(&h, (ladder_id)l);
  }
  uint32_t *slack = h.bit;
  for (size_t b = 0; b < c->bits.n; b++)
    if (slack[b] != SLACK_NONE)
      slack[b] = most - depth[c->bits.at[b].ladder] - slack[b];
  h.bit = NULL;
  heights_clear(&h);
  free(depth);
  return slack;
}
