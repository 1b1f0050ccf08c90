#include "compile/program/certify.h"
#include "compile/program/operation.h"

#include <assert.h>

static fmpz_mpoly_ctx_struct *ring(struct proof *k) {
  return k->f->ring;
}

/* ---- Facts ---- */

void fact_init(struct proof *k, struct fact *t) {
  *t = (struct fact){0};
  fmpz_mpoly_init(t->most, ring(k));
  fmpz_mpoly_init(t->rungs, ring(k));
  fmpz_mpoly_init(t->groups, ring(k));
  fmpz_mpoly_init(t->parts, ring(k));
  fmpz_mpoly_init(t->group_bits, ring(k));
}

void fact_forget_depth(struct proof *k, struct fact *t) {
  for (size_t i = 0; i < t->depth.n; i++)
    fmpz_mpoly_clear(t->depth.at[i].levels, ring(k));
  t->depth.n = 0;
  t->slope = 0;
}

void fact_clear(struct proof *k, struct fact *t) {
  fact_forget_depth(k, t);
  array_clear(&t->depth);
  fmpz_mpoly_clear(t->most, ring(k));
  fmpz_mpoly_clear(t->rungs, ring(k));
  fmpz_mpoly_clear(t->groups, ring(k));
  fmpz_mpoly_clear(t->parts, ring(k));
  fmpz_mpoly_clear(t->group_bits, ring(k));
}

/* t is at least as deep as `carried` and these levels. */
void fact_reach(struct proof *k, struct fact *t, uint32_t carried,
                const fmpz_mpoly_t levels) {
  for (size_t i = 0; i < t->depth.n; i++)
    if (t->depth.at[i].carried == carried) {
      formula_max(k->f, t->depth.at[i].levels, t->depth.at[i].levels, levels);
      return;
    }
  struct reach reach = {.carried = carried};
  fmpz_mpoly_init(reach.levels, ring(k));
  fmpz_mpoly_set(reach.levels, levels, ring(k));
  array_push(&t->depth, reach);
}

/* to is at least as deep as from, and `more`. */
static void fact_deepen(struct proof *k, struct fact *to,
                        const struct fact *from, const fmpz_mpoly_t more) {
  fmpz_mpoly_t levels;
  fmpz_mpoly_init(levels, ring(k));
  for (size_t i = 0; i < from->depth.n; i++) {
    fmpz_mpoly_add(levels, from->depth.at[i].levels, more, ring(k));
    fact_reach(k, to, from->depth.at[i].carried, levels);
  }
  fmpz_mpoly_clear(levels, ring(k));
}

void fact_flatten(struct proof *k, struct fact *t) {
  fmpz_mpoly_t last;
  if (!t->slope)
    return;
  fmpz_mpoly_init(last, ring(k));
  formula_size(k->f, last, t->along);
  fmpz_mpoly_sub_si(last, last, 1, ring(k));
  fmpz_mpoly_scalar_mul_si(last, last, t->slope, ring(k));
  for (size_t i = 0; i < t->depth.n; i++)
    fmpz_mpoly_add(t->depth.at[i].levels, t->depth.at[i].levels, last, ring(k));
  t->slope = 0;
  fmpz_mpoly_clear(last, ring(k));
}

/* to is at least as deep as from, and `more`, at each index. */
static void fact_cover(struct proof *k, struct fact *to,
                       const struct fact *from, const fmpz_mpoly_t more) {
  struct fact flat;
  fact_init(k, &flat);
  fact_copy(k, &flat, from);
  if (to->slope && flat.along != to->along)
    fact_flatten(k, &flat);
  if (flat.slope > to->slope) {
    to->slope = flat.slope;
    to->along = flat.along;
  }
  fact_deepen(k, to, &flat, more);
  fact_clear(k, &flat);
}

static void copy_groups(struct proof *k, struct fact *to,
                        const struct fact *from) {
  to->has_groups = from->has_groups;
  to->has_parts = from->has_parts;
  to->has_offset = from->has_offset;
  fmpz_mpoly_set(to->groups, from->groups, ring(k));
  fmpz_mpoly_set(to->parts, from->parts, ring(k));
  fmpz_mpoly_set(to->group_bits, from->group_bits, ring(k));
}

/* What both have of them; false if that is less than `of` had. */
static bool keep_groups(struct proof *k, struct fact *of,
                        const struct fact *from) {
  bool same = of->has_offset >= from->has_offset;
  bool groups = of->has_groups && from->has_groups &&
                formula_is_at_most(k->f, from->groups, of->groups);
  bool parts = of->has_parts && from->has_parts &&
               formula_is_at_most(k->f, from->parts, of->parts) &&
               formula_is_at_most(k->f, from->group_bits, of->group_bits);
  same &= of->has_groups == groups && of->has_parts == parts;
  of->has_groups = groups;
  of->has_parts = parts;
  of->has_offset |= from->has_offset;
  return same;
}

void fact_copy(struct proof *k, struct fact *to, const struct fact *from) {
  fmpz_mpoly_t none;
  fmpz_mpoly_init(none, ring(k));
  fact_forget_depth(k, to);
  fact_deepen(k, to, from, none);
  fmpz_mpoly_clear(none, ring(k));
  to->along = from->along;
  to->slope = from->slope;
  to->is_constant = from->is_constant;
  to->is_ladder = from->is_ladder;
  to->is_bounded = from->is_bounded;
  to->is_natural = from->is_natural;
  to->terms = from->terms;
  fmpz_mpoly_set(to->most, from->most, ring(k));
  fmpz_mpoly_set(to->rungs, from->rungs, ring(k));
  copy_groups(k, to, from);
}

void fact_join(struct proof *k, struct fact *to, const struct fact *from) {
  fmpz_mpoly_t none;
  fmpz_mpoly_init(none, ring(k));
  fact_cover(k, to, from, none);
  fmpz_mpoly_clear(none, ring(k));
  to->is_constant &= from->is_constant;
  to->is_ladder &= from->is_ladder;
  to->is_bounded &= from->is_bounded;
  to->is_natural &= from->is_natural;
  bool known = to->terms && from->terms;
  to->terms = !known ? 0 : to->terms > from->terms ? to->terms : from->terms;
  formula_max(k->f, to->most, to->most, from->most);
  formula_max(k->f, to->rungs, to->rungs, from->rungs);
  keep_groups(k, to, from);
}

/* *holds and *bound become what holds of both. */
static bool keep_bound(struct proof *k, bool *holds, fmpz_mpoly_t bound,
                       bool also, const fmpz_mpoly_t other, bool may_grow) {
  if (!*holds || (also && formula_is_at_most(k->f, other, bound)))
    return true;
  *holds = also && may_grow;
  formula_max(k->f, bound, bound, other);
  return false;
}

bool fact_keep(struct proof *k, struct fact *of, const struct fact *from,
               bool may_grow) {
  bool same = of->is_constant <= from->is_constant &&
              of->is_natural <= from->is_natural;
  same &= keep_groups(k, of, from);
  if (of->terms && of->terms != from->terms) {
    of->terms = 0;
    same = false;
  }
  of->is_constant &= from->is_constant;
  of->is_natural &= from->is_natural;
  if (from->slope > of->slope) {
    of->slope = from->slope;
    of->along = from->along;
    same = false;
  }
  same &= keep_bound(k, &of->is_ladder, of->rungs, from->is_ladder, from->rungs,
                     may_grow);
  same &= keep_bound(k, &of->is_bounded, of->most, from->is_bounded, from->most,
                     may_grow);
  return same;
}

/* ---- For operations ---- */

struct fact *proof_operand(struct proof *k, const struct step *s, size_t i) {
  return &k->fact[program_operand(k->p, s, i)];
}

struct fact *proof_result(struct proof *k, const struct step *s, size_t i) {
  return &k->fact[program_result(k->p, s, i)];
}

void proof_deeper(struct proof *k, const struct step *s, size_t i,
                  long levels) {
  fmpz_mpoly_t more;
  fmpz_mpoly_init(more, ring(k));
  fmpz_mpoly_set_si(more, levels, ring(k));
  proof_deeper_by(k, s, i, more);
  fmpz_mpoly_clear(more, ring(k));
}

void proof_deeper_by(struct proof *k, const struct step *s, size_t i,
                     const fmpz_mpoly_t levels) {
  struct fact *y = proof_result(k, s, i);
  fact_forget_depth(k, y);
  y->has_groups = y->has_parts = false;
  y->has_offset = true;
  y->is_constant = true;
  y->is_ladder = y->is_bounded = y->is_natural = false;
  y->terms = 0;
  struct fact x;
  fact_init(k, &x);
  for (size_t j = 0; j < s->operands; j++) {
    fact_copy(k, &x, proof_operand(k, s, j));
    y->is_constant &= x.is_constant;
    proof_keep_index(k, s, i, j, &x);
    fact_cover(k, y, &x, levels);
  }
  fact_clear(k, &x);
}

/* How many axes have this length. */
static unsigned count_axes(const struct dims *d, size_id length) {
  unsigned n = 0;
  for (unsigned i = 0; i < d->rank; i++)
    n += d->at[i] == length;
  return n;
}

void proof_keep_index(struct proof *k, const struct step *s, size_t i, size_t j,
                      struct fact *y) {
  struct dims from = program_dims(k->p, program_operand(k->p, s, j));
  struct dims to = program_dims(k->p, program_result(k->p, s, i));
  bool is_last = from.rank && from.at[from.rank - 1] == y->along;
  if (!s->operation->keeps_index || (is_last && !s->operation->every) ||
      count_axes(&from, y->along) != 1 || count_axes(&to, y->along) != 1)
    fact_flatten(k, y);
}

void proof_elements(struct proof *k, fmpz_mpoly_t n, value_id v) {
  struct dims d = program_dims(k->p, v);
  fmpz_mpoly_t length;
  fmpz_mpoly_init(length, ring(k));
  fmpz_mpoly_set_si(n, 1, ring(k));
  for (unsigned i = 0; i < d.rank; i++) {
    formula_size(k->f, length, d.at[i]);
    fmpz_mpoly_mul(n, n, length, ring(k));
  }
  fmpz_mpoly_clear(length, ring(k));
}

void proof_add_gates(struct proof *k, const struct step *s, size_t i,
                     const fmpz_mpoly_t each) {
  proof_add_gates_of(k, program_result(k->p, s, i), each);
}

void proof_add_gates_of(struct proof *k, value_id v, const fmpz_mpoly_t each) {
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, ring(k));
  proof_elements(k, n, v);
  fmpz_mpoly_mul(n, n, each, ring(k));
  proof_add_gates_once(k, n);
  fmpz_mpoly_clear(n, ring(k));
}

void proof_add_gates_once(struct proof *k, const fmpz_mpoly_t n) {
  fmpz_mpoly_t all;
  fmpz_mpoly_init(all, ring(k));
  fmpz_mpoly_mul(all, n, k->times, ring(k));
  fmpz_mpoly_add(k->gates, k->gates, all, ring(k));
  fmpz_mpoly_clear(all, ring(k));
}

void proof_integer_bits(struct proof *k, const struct step *s, long levels) {
  bool is_constant = true;
  for (size_t i = 0; i < s->operands; i++)
    is_constant &= proof_operand(k, s, i)->is_constant;
  proof_deeper(k, s, 0, is_constant ? 0 : levels);
  proof_bits_only(k, s, 0);
  if (!is_constant)
    proof_no_gates_known(k);
}

void proof_no_gates_known(struct proof *k) {
  k->has_gates = false;
}

void proof_bound(struct proof *k, const struct step *s, size_t i,
                 const fmpz_mpoly_t most) {
  struct fact *y = proof_result(k, s, i);
  y->is_bounded = true;
  fmpz_mpoly_set(y->most, most, ring(k));
  if (fmpz_mpoly_is_zero(most, ring(k))) { // nothing but 0
    y->is_constant = y->is_ladder = true;
    fact_forget_depth(k, y);
  }
}

void proof_bound_si(struct proof *k, const struct step *s, size_t i,
                    long most) {
  struct fact *y = proof_result(k, s, i);
  y->is_bounded = true;
  fmpz_mpoly_set_si(y->most, most, ring(k));
}

void proof_bits_only(struct proof *k, const struct step *s, size_t i) {
  proof_bound_si(k, s, i, 1);
  proof_result(k, s, i)->is_natural = true;
}

long proof_last_length(const struct proof *k, const struct step *s, size_t i) {
  struct dims d = program_dims(k->p, program_operand(k->p, s, i));
  const struct size_node *n = &k->p->sizes.nodes.at[d.at[d.rank - 1]];
  return n->kind == SIZE_CONSTANT ? n->value : 0;
}

unsigned proof_levels(const struct proof *k, const struct step *s) {
  return k->levels ? k->levels[s - k->p->steps.at] : 1;
}

/* A value from -most to most changes at most 2 most times. */
static bool find_changes(struct proof *k, fmpz_mpoly_t r, const struct fact *x,
                         const fmpz_mpoly_t changes) {
  if (x->is_bounded)
    fmpz_mpoly_scalar_mul_si(r, x->most, 2, ring(k));
  if (!changes)
    return x->is_bounded;
  if (!x->is_bounded || formula_is_at_most(k->f, changes, r))
    fmpz_mpoly_set(r, changes, ring(k));
  return true;
}

void proof_function(struct proof *k, const struct step *s,
                    const fmpz_mpoly_t changes) {
  const struct fact *x = proof_operand(k, s, 0);
  struct fact *y = proof_result(k, s, 0);
  bool is_free = x->is_ladder || x->is_constant;
  unsigned levels = proof_levels(k, s);
  proof_deeper(k, s, 0, is_free ? 0 : (long)levels);
  if (is_free || levels == 1)
    proof_ladder(k, s, 0, x->rungs);
  if (is_free)
    return;
  if (levels > 1 && changes)
    fmpz_mpoly_set(y->rungs, changes, ring(k));
  if ((levels > 1 && changes) || find_changes(k, y->rungs, x, changes))
    proof_add_gates(k, s, 0, y->rungs);
  else
    proof_no_gates_known(k);
}

void proof_ladder(struct proof *k, const struct step *s, size_t i,
                  const fmpz_mpoly_t rungs) {
  struct fact *y = proof_result(k, s, i);
  y->is_ladder = true;
  fmpz_mpoly_set(y->rungs, rungs, ring(k));
  y->has_groups = y->has_offset = true;
  y->has_parts = false;
  fmpz_mpoly_set_si(y->groups, 1, ring(k));
}

/* Bits of a number from -most to most that has them. */
static bool count_bits(const struct proof *k, const struct fact *x, slong *n) {
  fmpz_t most;
  fmpz_init(most);
  bool ok =
      x->is_ladder && x->is_bounded && fmpz_mpoly_is_fmpz(x->most, k->f->ring);
  if (ok)
    fmpz_mpoly_get_fmpz(most, x->most, k->f->ring);
  *n = (slong)fmpz_bits(most) + 1;
  fmpz_clear(most);
  return ok;
}

bool proof_bits(struct proof *k, fmpz_mpoly_t n, const struct fact *x) {
  slong bits;
  if (!count_bits(k, x, &bits))
    return false;
  fmpz_mpoly_set_si(n, bits, ring(k));
  return true;
}

bool proof_carries(struct proof *k, fmpz_mpoly_t n, const struct fact *x) {
  bool has_offset = x->has_offset || !x->is_natural; // 2^(bits - 1) is added
  if (!x->has_groups || fmpz_mpoly_is_zero(x->groups, ring(k)))
    fmpz_mpoly_zero(n, ring(k));
  else
    fmpz_mpoly_sub_si(n, x->groups, !has_offset, ring(k));
  return x->has_groups || x->is_ladder || x->is_constant;
}

void fact_repeat(struct proof *k, struct fact *y, const struct fact *x,
                 const fmpz_mpoly_t times) {
  y->has_groups = x->has_groups;
  y->has_parts = x->has_parts;
  y->has_offset = x->has_offset;
  fmpz_mpoly_mul(y->groups, x->groups, times, ring(k));
  fmpz_mpoly_mul(y->parts, x->parts, times, ring(k));
  fmpz_mpoly_set(y->group_bits, x->group_bits, ring(k));
}

slong proof_terms(const struct proof *k, const struct fact *x) {
  slong n = x->terms;
  return n || count_bits(k, x, &n) ? n : 0;
}

bool proof_product_gates(struct proof *k, fmpz_mpoly_t n, const struct fact *a,
                         const struct fact *b) {
  slong p = proof_terms(k, a), q = proof_terms(k, b);
  fmpz_mpoly_zero(n, ring(k));
  if (a->is_constant || b->is_constant)
    return true;
  if (p && q) {
    fmpz_mpoly_set_si(n, p * q, ring(k));
    return true;
  }
  bool is_bounded = a->is_bounded && b->is_bounded;
  if (!is_bounded && a->has_parts && b->has_parts) {
    fmpz_mpoly_mul(n, a->parts, b->parts, ring(k));
    return true;
  }
  fmpz_mpoly_add(n, a->most, b->most, ring(k));
  fmpz_mpoly_scalar_mul_si(n, n, 4, ring(k));
  return is_bounded;
}

/* ---- The walk ---- */

static void begin_input(struct proof *k, const struct port *port) {
  const struct size_node *w = &k->p->sizes.nodes.at[port->width];
  struct fact *x = &k->fact[port->value];
  bool is_bit = port->is_bits || (w->kind == SIZE_CONSTANT && w->value == 1);
  fmpz_mpoly_t zero;
  fmpz_mpoly_init(zero, ring(k));
  fact_reach(k, x, 0, zero);
  fmpz_mpoly_clear(zero, ring(k));
  x->is_ladder = is_bit;
  fmpz_mpoly_set_si(x->rungs, 1, ring(k));
  x->is_bounded =
      is_bit || (w->kind == SIZE_CONSTANT && w->value < FLINT_BITS - 2);
  if (x->is_bounded)
    fmpz_mpoly_set_si(x->most, is_bit ? 1 : 1L << w->value, ring(k));
  x->is_natural = port->is_bits || !port->is_signed;
  x->has_groups = x->has_parts = x->is_natural;
  fmpz_mpoly_set_si(x->groups, 1, ring(k));
  fmpz_mpoly_set_si(x->parts, 1, ring(k));
  if (!is_bit)
    formula_size(k->f, x->parts, port->width);
  fmpz_mpoly_set(x->group_bits, x->parts, ring(k));
  x->terms = is_bit ? 1 : x->is_bounded ? w->value : 0;
}

void proof_block(struct proof *k, block_id b) {
  const struct block *block = &k->p->blocks.at[b];
  for (size_t i = 0; i < block->steps.n; i++) {
    const struct step *s = &k->p->steps.at[block->steps.at[i]];
    s->operation->certify(k, s);
  }
}

static bool check_steps(const struct program *p, struct error *err) {
  for (size_t i = 0; i < p->steps.n; i++) {
    const struct step *s = &p->steps.at[i];
    if (!s->operation->certify)
      return error_set(err, 0, "'%s' (%s) cannot be certified yet", s->name,
                       s->operation->name);
  }
  return true;
}

/* The bits of y, of no given number. Carries into columns up to that of
   2^group_bits are known; into those above there are at most y / 2^column, in
   all less than groups. */
static void add_output_gates(struct proof *k, const struct port *port) {
  const struct fact *y = &k->fact[port->value];
  fmpz_mpoly_t n, columns;
  if (!y->is_natural || !y->has_parts || y->has_offset) {
    proof_no_gates_known(k);
    return;
  }
  fmpz_mpoly_init(n, ring(k));
  fmpz_mpoly_init(columns, ring(k));
  proof_carries(k, n, y);
  fmpz_mpoly_add_si(columns, y->group_bits, 1, ring(k));
  fmpz_mpoly_mul(n, n, columns, ring(k));
  proof_add_gates_of(k, port->value, n);
  fmpz_mpoly_clear(n, ring(k));
  fmpz_mpoly_clear(columns, ring(k));
}

/* Bits of a number that reads several ladders are a level more, unless it is a
   bit. */
static void end_output(struct proof *k, const struct port *port,
                       fmpz_mpoly_t depth) {
  struct fact *y = &k->fact[port->value];
  fmpz_mpoly_t levels;
  fmpz_mpoly_init(levels, ring(k));
  bool is_bit =
      y->is_natural && y->is_bounded && fmpz_mpoly_is_one(y->most, k->f->ring);
  long more = !port->is_bits && !is_bit && !y->is_ladder && !y->is_constant;
  fact_flatten(k, y);
  for (size_t i = 0; i < y->depth.n; i++) {
    assert(!y->depth.at[i].carried);
    fmpz_mpoly_add_si(levels, y->depth.at[i].levels, more, ring(k));
    formula_max(k->f, depth, depth, levels);
  }
  if (more)
    add_output_gates(k, port);
  fmpz_mpoly_clear(levels, ring(k));
}

static void proof_init(struct proof *k, const struct program *p,
                       struct formulas *f) {
  *k = (struct proof){.p = p, .f = f, .has_gates = true};
  k->fact = xcalloc(p->values.n, sizeof *k->fact);
  for (size_t v = 0; v < p->values.n; v++)
    fact_init(k, &k->fact[v]);
  fmpz_mpoly_init(k->times, ring(k));
  fmpz_mpoly_init(k->gates, ring(k));
  fmpz_mpoly_set_si(k->times, 1, ring(k));
}

static void proof_clear(struct proof *k) {
  for (size_t v = 0; v < k->p->values.n; v++)
    fact_clear(k, &k->fact[v]);
  free(k->fact);
  fmpz_mpoly_clear(k->times, ring(k));
  fmpz_mpoly_clear(k->gates, ring(k));
}

/* What all numbers are at most; NULL if that is not known of one. */
static char *find_most(const struct proof *k) {
  char *text = NULL;
  bool is_known = true;
  fmpz_mpoly_t most;
  fmpz_mpoly_init(most, k->f->ring);
  for (size_t i = 0; is_known && i < k->p->steps.n; i++)
    is_known = !k->p->steps.at[i].operation->reads_bits;
  for (size_t v = 0; is_known && v < k->p->values.n; v++) {
    const struct fact *x = &k->fact[v];
    is_known = x->is_constant || x->is_bounded;
    if (!x->is_constant && is_known && fmpz_mpoly_is_zero(most, k->f->ring))
      fmpz_mpoly_set(most, x->most, k->f->ring);
    else if (!x->is_constant && is_known)
      formula_max(k->f, most, most, x->most);
  }
  if (is_known)
    text = formula_text(k->f, most);
  fmpz_mpoly_clear(most, k->f->ring);
  return text;
}

bool program_certify(struct certificate *c, const struct program *p,
                     const unsigned char *levels, struct error *err) {
  struct proof k;
  *c = (struct certificate){0};
  formulas_init(&c->formulas, p);
  fmpz_mpoly_init(c->of_depth, c->formulas.ring);
  fmpz_mpoly_init(c->of_gates, c->formulas.ring);
  if (!check_steps(p, err))
    return false;
  proof_init(&k, p, &c->formulas);
  k.levels = levels;
  for (size_t i = 0; i < p->inputs.n; i++)
    begin_input(&k, &p->inputs.at[i]);
  proof_block(&k, 0);
  for (size_t i = 0; i < p->outputs.n; i++)
    end_output(&k, &p->outputs.at[i], c->of_depth);
  fmpz_mpoly_set(c->of_gates, k.gates, c->formulas.ring);
  c->is_constant = fmpz_mpoly_is_fmpz(c->of_depth, c->formulas.ring);
  c->depth = formula_text(&c->formulas, c->of_depth);
  if (k.has_gates)
    c->gates = formula_text(&c->formulas, c->of_gates);
  c->most = find_most(&k);
  proof_clear(&k);
  return true;
}

void certificate_clear(struct certificate *c) {
  free(c->depth);
  free(c->gates);
  free(c->most);
  fmpz_mpoly_clear(c->of_depth, c->formulas.ring);
  fmpz_mpoly_clear(c->of_gates, c->formulas.ring);
  formulas_clear(&c->formulas);
}
