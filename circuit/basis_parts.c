#include "circuit/basis_parts.h"

#include <stdlib.h>

#define NO_TERM UINT32_MAX

void conversion_init(struct conversion *v, struct circuit *to,
                     const struct circuit *from) {
  *v = (struct conversion){.from = from, .to = to};
  v->of = xmalloc(from->bits.n * sizeof *v->of);
  v->place = xmalloc(from->bits.n * sizeof *v->place);
  for (size_t b = 0; b < from->bits.n; b++)
    v->place[b] = NO_TERM;
  v->of[BIT_ZERO] = LITERAL_FALSE;
  v->of[BIT_ONE] = LITERAL_TRUE;
  mpz_inits(v->sum.offset, v->sum.factor, v->sum.total, v->sum.least, v->z,
            NULL);
}

void conversion_clear(struct conversion *v) {
  for (size_t i = 0; i < v->sum.ready; i++)
    mpz_clear(v->sum.terms.at[i].weight);
  array_clear(&v->sum.terms);
  mpz_clears(v->sum.offset, v->sum.factor, v->sum.total, v->sum.least, v->z,
             NULL);
  free(v->of);
  free(v->place);
}

/* ---- Inputs, operations, buses ---- */

/* A bus is named when its last bit is there. */
static void add_input_buses(struct conversion *v) {
  const struct circuit *c = v->from;
  for (size_t i = v->to->input_buses.n; i < c->input_buses.n; i++) {
    const struct bus *b = &c->input_buses.at[i];
    if (b->first_bit + b->values * b->width > v->to->inputs.n)
      return;
    circuit_add_input_bus(v->to, b->name, b->values, b->width, b->is_signed);
  }
}

bool conversion_begin(struct conversion *v, ladder_id l) {
  const struct circuit *c = v->from;
  bit_id b = c->ladders.at[l].first_bit;
  add_input_buses(v);
  for (; v->operations < c->operations.n &&
         c->operations.at[v->operations].first <= l;
       v->operations++) {
    const struct operation *o = &c->operations.at[v->operations];
    circuit_begin_operation(v->to, o->name, o->kind);
  }
  if (!circuit_is_input(c, b))
    return false;
  v->of[b] = literal_of(circuit_add_input(v->to));
  add_input_buses(v);
  return true;
}

static void add_outputs(struct conversion *v) {
  const struct circuit *c = v->from;
  for (size_t i = 0, bus = 0; i <= c->outputs.n; i++) {
    for (; bus < c->output_buses.n; bus++) {
      const struct bus *b = &c->output_buses.at[bus];
      if (b->first_bit + b->values * b->width > i)
        break;
      circuit_add_output_bus(v->to, b->name, b->values, b->width, b->is_signed);
    }
    if (i < c->outputs.n)
      circuit_add_output(v->to, literal_bit(v->of[c->outputs.at[i]]));
  }
}

struct new_name {
  bit_id bit;
  size_t old; // place in from->names
};

static int compare_names(const void *a, const void *b) {
  const struct new_name *p = a, *q = b;
  if (p->bit != q->bit)
    return p->bit < q->bit ? -1 : 1;
  return p->old < q->old ? -1 : p->old > q->old;
}

/* Constants keep only the names they had. */
static bool has_bit(const struct conversion *v, bit_id old) {
  literal l = v->of[old];
  return old <= BIT_ONE || !(literal_is_constant(l) || literal_is_negated(l));
}

static void add_names(struct conversion *v) {
  const struct circuit *c = v->from;
  struct new_name *names = xmalloc(c->names.n * sizeof *names);
  size_t n = 0;
  for (size_t i = 0; i < c->names.n; i++) {
    bit_id old = c->names.at[i].bit;
    if (has_bit(v, old))
      names[n++] = (struct new_name){literal_bit(v->of[old]), i};
  }
  qsort(names, n, sizeof *names, compare_names);
  for (size_t i = 0; i < n; i++)
    if (!i || names[i].bit != names[i - 1].bit)
      circuit_name_bit(v->to, names[i].bit, c->names.at[names[i].old].name);
  free(names);
}

void conversion_finish(struct conversion *v) {
  add_input_buses(v);
  add_outputs(v);
  add_names(v);
}

/* ---- Sums ---- */

void conversion_add_term(struct conversion *v, literal l, const mpz_t weight) {
  struct literal_sum *s = &v->sum;
  array_reserve(&s->terms, s->terms.n + 1);
  struct term *t = &s->terms.at[s->terms.n++];
  *t = s->ready < s->terms.n ? (struct term){0} : *t;
  t->literal = l;
  if (s->ready < s->terms.n)
    mpz_init(t->weight);
  s->ready = s->ready < s->terms.n ? s->terms.n : s->ready;
  mpz_set(t->weight, weight);
}

static void add_term(struct conversion *v, bit_id b, const mpz_t weight) {
  struct literal_sum *s = &v->sum;
  if (v->place[b] != NO_TERM) {
    struct term *t = &s->terms.at[v->place[b]];
    mpz_add(t->weight, t->weight, weight);
    return;
  }
  v->place[b] = (uint32_t)s->terms.n;
  conversion_add_term(v, v->of[b], weight);
  array_last(&s->terms).bit = b;
}

static void add_view(struct conversion *v, source_id s, const mpz_t weight) {
  const struct circuit *c = v->from;
  struct integer_scratch scratch;
  ladder_id l = circuit_source_ladder(c, s);
  const integer_id *steps = circuit_view_steps(c, s);
  for (size_t i = 0; i < circuit_rungs(c, l); i++) {
    if (!steps[i]) // the integer 0 is its own id
      continue;
    mpz_mul(v->z, weight, integers_get(&c->integers, steps[i], &scratch));
    add_term(v, c->ladders.at[l].first_bit + (bit_id)i, v->z);
  }
}

static void add_wires(struct conversion *v, ladder_id l) {
  const struct circuit *c = v->from;
  size_t end = circuit_end_wire(c, l);
  for (size_t i = c->ladders.at[l].first_wire; i < end; i++) {
    struct integer_scratch scratch;
    struct wire w = c->wires.at[i];
    mpz_srcptr weight = integers_get(&c->integers, w.weight, &scratch);
    if (w.source & SOURCE_VIEW)
      add_view(v, w.source, weight);
    else
      add_term(v, w.source, weight);
  }
}

/* weight * literal is weight + (-weight) * its complement. */
static void make_positive(struct literal_sum *s, struct term *t) {
  if (mpz_sgn(t->weight) > 0)
    return;
  mpz_add(s->offset, s->offset, t->weight);
  mpz_neg(t->weight, t->weight);
  t->literal = literal_not(t->literal);
}

static void keep_terms(struct literal_sum *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->terms.n; i++) {
    struct term *t = &s->terms.at[i];
    if (t->literal == LITERAL_TRUE)
      mpz_add(s->offset, s->offset, t->weight);
    if (literal_is_constant(t->literal) || !mpz_sgn(t->weight))
      continue;
    make_positive(s, t);
    if (mpz_cmp_ui(s->factor, 1)) // long ones take time
      mpz_gcd(s->factor, s->factor, t->weight);
    s->terms.at[n].literal = t->literal;
    mpz_swap(s->terms.at[n++].weight, t->weight);
  }
  s->terms.n = n;
}

void conversion_add_up(struct conversion *v, ladder_id l) {
  struct literal_sum *s = &v->sum;
  s->terms.n = 0;
  mpz_set_ui(s->offset, 0);
  add_wires(v, l);
  for (size_t i = 0; i < s->terms.n; i++)
    v->place[s->terms.at[i].bit] = NO_TERM;
}

void conversion_settle(struct conversion *v) {
  struct literal_sum *s = &v->sum;
  mpz_set_ui(s->factor, 0);
  mpz_set_ui(s->total, 0);
  keep_terms(s);
  if (!s->terms.n)
    mpz_set_ui(s->factor, 1);
  for (size_t i = 0; i < s->terms.n; i++) {
    mpz_ptr weight = s->terms.at[i].weight;
    if (mpz_cmp_ui(s->factor, 1))
      mpz_divexact(weight, weight, s->factor);
    mpz_add(s->total, s->total, weight);
    if (!i || mpz_cmp(weight, s->least) < 0)
      mpz_set(s->least, weight);
  }
}

bool conversion_threshold(struct conversion *v, bit_id b, mpz_t threshold,
                          literal *constant) {
  const struct circuit *c = v->from;
  struct integer_scratch scratch;
  mpz_sub(threshold,
          integers_get(&c->integers, c->bits.at[b].threshold, &scratch),
          v->sum.offset);
  mpz_cdiv_q(threshold, threshold, v->sum.factor);
  *constant = mpz_sgn(threshold) <= 0 ? LITERAL_TRUE : LITERAL_FALSE;
  return mpz_sgn(threshold) <= 0 || mpz_cmp(threshold, v->sum.total) > 0;
}
