/* Depth of ones: how far a 1 gets into a circuit that is an input as well. It
   is the prototype of what is serial: each layer is two levels, whatever it
   is made of, and nobody knows how to see a late one without those before.
   Worlds whose rewards are such depths have values that no shallow circuit
   comes near, unless all of P is shallow.

   Gates of a layer are AND or OR of any gates of the layer before. With a wire
   from j to i two gates say [it carries 1] and [it carries 0 into an AND];
   gate i is 1 if there are some of the former and none of the latter. One
   without wires is 0, so a layer without a 1 is followed by such layers, and
   the depth is the number of layers that have one. */
#include "circuit/error.h"
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>

enum {
  MOST_WIDTH = 1000,
  VETO = 1024 // more than wires into a gate
};

/* [w0 * x0 + w1 * x1 + w2 * x2 >= 2], n of them. */
static value_id both(struct program *p, const char *name, const value_id *x,
                     const long *weight, size_t n) {
  return program_at_least(p, name, program_combine(p, name, x, weight, n, 0),
                          size_si(&p->sizes, 2));
}

static value_id some(struct program *p, const char *name, value_id x) {
  return program_at_least(p, name, program_sum(p, name, x),
                          size_si(&p->sizes, 1));
}

/* The next layer: of wires (w, w), the first axis its own gates. */
static value_id layer_of(struct program *p, value_id value, value_id is_and,
                         value_id wires, size_id w) {
  static const long carries[] = {1, 1}, lacks[] = {1, -1, 1},
                    rule[] = {1, -VETO};
  value_id kind =
      program_reshape(p, "kind", is_and, matrix(w, size_si(&p->sizes, 1)));
  value_id one = both(p, "ones", (value_id[]){wires, value}, carries, 2);
  value_id veto = both(p, "zeros", (value_id[]){wires, value, kind}, lacks, 3);
  return some(p, "gates",
              program_combine(p, "gates", (value_id[]){one, veto}, rule, 2, 0));
}

static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id w = family_size(p, &task_do1, 0),
          layers = family_size(p, &task_do1, 1);
  value_id x = program_input_bits(p, "x", scalar(), w);
  value_id is_and = program_input_bits(p, "and", vector(layers), w);
  value_id wires = program_input_bits(p, "wires", matrix(layers, w), w);
  struct composition l;
  program_begin_loop(p, &l, "layer", (value_id[]){x, is_and, wires}, 1, 2,
                     layers);
  value_id next = layer_of(p, l.argument[0], l.argument[1], l.argument[2], w);
  value_id y[2], result[] = {next, some(p, "a one", next)};
  program_end(p, &l, result, 2, y);
  program_output_bits(p, "y", y[0]);
  program_output(p, "depth", program_sum(p, "depth", y[1]));
}

static bool check(const fmpz *value, struct error *err) {
  double w = (double)value[0], layers = (double)value[1];
  return task_check_wires(7 * w * w * layers, err);
}

/* ---- The answer: only gates that are asked for, from the last on ---- */

struct asked {
  long w;
  const fmpz *x, *and, *wires;
  signed char *known; // [layer * w + gate]: 0 or 1; -1 while it is not known
};

static bool is_one(struct asked *q, long layer, long gate);

/* Of a gate: a 1 decides an OR, a 0 an AND. */
static bool find_out(struct asked *q, long layer, long gate) {
  bool is_and = fmpz_tstbit(q->and +layer - 1, (ulong)gate), is_wired = false;
  const fmpz *wires = &q->wires[(layer - 1) * q->w + gate];
  for (long j = 0; j < q->w; j++)
    if (fmpz_tstbit(wires, (ulong)j)) {
      is_wired = true;
      if (is_one(q, layer - 1, j) != is_and)
        return !is_and;
    }
  return is_and && is_wired;
}

static bool is_one(struct asked *q, long layer, long gate) {
  if (!layer)
    return fmpz_tstbit(q->x, (ulong)gate);
  signed char *known = &q->known[layer * q->w + gate];
  if (*known < 0)
    *known = (signed char)find_out(q, layer, gate);
  return *known > 0;
}

static bool has_one(struct asked *q, long layer) {
  for (long i = 0; i < q->w; i++)
    if (is_one(q, layer, i))
      return true;
  return false;
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long w = value[0], layers = value[1], deepest = layers;
  size_t n = (size_t)((layers + 1) * w);
  struct asked q = {w, in, in + 1, in + 1 + layers, xmalloc(n)};
  for (size_t i = 0; i < n; i++)
    q.known[i] = -1;
  fmpz_zero(out);
  for (long i = 0; i < w; i++)
    if (is_one(&q, layers, i))
      fmpz_setbit(out, (ulong)i);
  while (deepest && !has_one(&q, deepest))
    deepest--;
  fmpz_set_si(out + 1, deepest);
  free(q.known);
}

/* Gates of about two wires, so that ones die out somewhere. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  long w = value[0], layers = value[1];
  uint64_t ands = random_below(random, 100);
  for (long i = 0; i < 1 + layers + layers * w; i++)
    fmpz_zero(in + i);
  for (long i = 0; i < w; i++)
    if (random_below(random, 100) < 70)
      fmpz_setbit(in, (ulong)i);
  for (long i = 0; i < layers * w; i++) {
    if (random_below(random, 100) < ands)
      fmpz_setbit(in + 1 + i / w, (ulong)(i % w));
    for (int k = 0; k < 2; k++)
      fmpz_setbit(in + 1 + layers + i, random_below(random, (uint64_t)w));
  }
}

const struct family task_do1 = {
    .name = "do1",
    .about = "depth of ones: the last layer of a given circuit that has a 1",
    .formula = "inner depth 2*layers + 2; (2w^2 + w + 1)*layers gates for w >= "
               "2, and those that count layers",
    .parameters = {{"w", "gates in a layer, and bits of x", 4, 1, MOST_WIDTH,
                    .is_size = true},
                   {"layers", "layers of AND and OR gates", 4, 1, 100000,
                    .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "P-complete",
         .says = "to be known within any factor, so not in constant depth "
                 "unless TC0 = P",
         .status = "conditional",
         .source = "Kirousis and Spirakis 1988"},
    .draw = draw,
};
