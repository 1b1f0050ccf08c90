#include "compile/program/count.h"
#include "circuit/error.h"
#include "compile/program/lower.h"
#include "compile/program/operation.h"

#include <string.h>

/* ---- What can be folded ---- */

static bool reads_folded(const struct instance *in, const struct step *s) {
  const struct program *p = in->program;
  for (size_t i = 0; i < s->operands; i++)
    if (fold_is_folded(in, program_operand(p, s, i)))
      return true;
  for (size_t i = 0; i < s->results; i++)
    if (fold_is_folded(in, program_result(p, s, i)))
      return true;
  return false;
}

static bool check_folds(const struct instance *in, struct error *err) {
  const struct program *p = in->program;
  for (size_t i = 0; i < p->steps.n; i++) {
    const struct step *s = &p->steps.at[i];
    if (!s->operation->folds && reads_folded(in, s))
      return error_set(err, 0,
                       "'%s' (%s) cannot be counted without making the circuit",
                       s->name, s->operation->name);
  }
  return true;
}

/* ---- Classes of rows ---- */

struct splits {
  ARRAY(size_t) at; // ascending
  size_t length;    // of the rows; 0: no keys go with rows
};

static size_t rows_of(const struct fold *f) {
  size_t length = 0;
  for (size_t i = 0; i < f->n; i++)
    for (size_t k = 0; f->axis[i].is_rows && k < f->axis[i].classes; k++)
      length += f->axis[i].copies[k];
  return length;
}

/* Each class in halves; but first rows of two keys, in which some things differ
   as in rows of one, by themselves. */
static void split_more(struct splits *s) {
  ARRAY(size_t) next = {0};
  if (s->at.n == 1 && s->length > 2) {
    array_push(&s->at, 2);
    return;
  }
  for (size_t i = 0, from = 0; i <= s->at.n; i++) {
    size_t to = i < s->at.n ? s->at.at[i] : s->length;
    if (to > from + 1)
      array_push(&next, from + (to - from) / 2);
    if (to < s->length)
      array_push(&next, to);
    from = to;
  }
  array_clear(&s->at);
  s->at.at = next.at;
  s->at.n = next.n;
  s->at.cap = next.cap;
}

/* ---- Counting ---- */

/* Integers of a port; elements of the value, for bits. */
static size_t elements(const struct instance *in, value_id v) {
  const struct dims *d = &in->program->values.at[v].dims;
  size_t n = 1;
  for (unsigned i = 0; i < d->rank; i++)
    if (__builtin_mul_overflow(n, (size_t)instance_size(in, d->at[i]), &n))
      die("an input or output of more than 2^64 integers");
  return n;
}

static void count_ports(const struct circuit *c, const struct instance *in,
                        struct measure *m) {
  const struct program *p = in->program;
  for (size_t i = 0; i < p->inputs.n; i++)
    m->inputs += elements(in, p->inputs.at[i].value) *
                 (p->inputs.at[i].is_bits ? 1 : in->input_width[i]);
  for (size_t i = 0; i < p->outputs.n; i++)
    m->outputs += elements(in, p->outputs.at[i].value) *
                  (p->outputs.at[i].is_bits ? 1 : c->output_buses.at[i].width);
}

struct folded {
  const struct program *program;
  const long *value;
  const unsigned char *levels;
  struct splits splits;
  size_t settle; // rounds made before one stands for others
};

static bool lower_folded(struct count *count, struct folded *from,
                         bool takes_least, struct error *err) {
  struct instance in;
  struct splits *s = &from->splits;
  *count = (struct count){0};
  measure_init(&count->m);
  circuit_init(&count->c);
  folding_init(&count->folding);
  count->folding.settle = from->settle;
  count->c.folding = &count->folding;
  bool ok = instance_init_folded(&in, from->program, from->value, s->at.at,
                                 s->at.n, err) &&
            check_folds(&in, err);
  if (ok) {
    in.fold->takes_least = takes_least;
    in.levels = from->levels;
    s->length = rows_of(in.fold);
    program_lower(&in, &count->c);
    if (!takes_least) {
      folding_measure(&count->c, &count->m, &count->operations);
      count_ports(&count->c, &in, &count->m);
    }
  }
  instance_clear(&in);
  return ok;
}

/* The ladders of rows that read as few keys as any of their class, to compare
   with: those of as many must be alike, but for copies and thresholds. */
struct outline {
  ARRAY(struct ladder) ladders;
  size_t wires, bits;
};

static bool outline_least(struct outline *o, struct folded *from,
                          struct error *err) {
  struct count least;
  bool ok = lower_folded(&least, from, true, err);
  array_reserve(&o->ladders, least.c.ladders.n);
  for (o->ladders.n = 0; ok && o->ladders.n < least.c.ladders.n; o->ladders.n++)
    o->ladders.at[o->ladders.n] = least.c.ladders.at[o->ladders.n];
  o->wires = least.c.wires.n;
  o->bits = least.c.bits.n;
  count_clear(&least);
  return ok;
}

static bool is_alike(const struct circuit *c, const struct outline *o) {
  return c->ladders.n == o->ladders.n && c->wires.n == o->wires &&
         c->bits.n == o->bits &&
         !memcmp(c->ladders.at, o->ladders.at,
                 c->ladders.n * sizeof *c->ladders.at);
}

static bool has_classes(const struct folded *from) {
  return from->splits.length > 1 && from->splits.at.n < from->splits.length;
}

static bool has_causal_rows(const struct program *p) {
  for (size_t i = 0; i < p->exchanges.n; i++)
    if (p->exchanges.at[i].is_causal)
      return true;
  return false;
}

bool program_count(struct count *count, const struct program *p,
                   const long *value, const unsigned char *levels,
                   struct error *err) {
  struct folded from = {.program = p, .value = value, .levels = levels};
  struct outline o = {0};
  array_push(&from.splits.at, 1); // the first row reads a single key
  bool alike, steady, ok;
  do {
    *count = (struct count){0};
    ok = (!has_causal_rows(p) || outline_least(&o, &from, err)) &&
         lower_folded(count, &from, false, err);
    alike = !ok || !has_classes(&from) || is_alike(&count->c, &o);
    steady = !ok || !count->folding.is_unsteady;
    if (!alike || !steady)
      count_clear(count);
    if (!alike)
      split_more(&from.splits);
    else if (!steady)
      from.settle = from.settle ? 8 * from.settle : 8;
  } while (!alike || !steady);
  array_clear(&from.splits.at);
  array_clear(&o.ladders);
  return ok;
}

void count_clear(struct count *count) {
  operation_measures_clear(&count->operations);
  measure_clear(&count->m);
  circuit_clear(&count->c);
  folding_clear(&count->folding);
}
