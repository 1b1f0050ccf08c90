#include "tests/compile/scene.h"

#include <stdlib.h>

#include <check.h>

/* ---- Functions ---- */

static long floor_mod(long x, long m) {
  return (x % m + m) % m;
}

long scene_table(int table, long x) {
  switch (table) {
  case 1:
    return -x;
  case 2:
    return x < -3 ? -3 : x > 4 ? 4 : x;
  case 3:
    return floor_mod(x * x, 11) - 5;
  case 4:
    return x >= 1;
  case 5:
    return (x - floor_mod(x, 3)) / 3;
  case 6:
    return floor_mod(x, 5);
  case 7:
    return x * x;
  default:
    return x;
  }
}

static void call_table(mpz_t y, const mpz_t x, const void *table) {
  mpz_set_si(y, scene_table(*(const int *)table, mpz_get_si(x)));
}

struct function scene_function(const int *table) {
  bool is_monotone =
      *table == 0 || *table == 1 || *table == 2 || *table == 4 || *table == 5;
  return (struct function){call_table, table, is_monotone};
}

/* ---- Drawing ---- */

static long draw(long least, long most) {
  return least + rand() % (most - least + 1);
}

static void draw_form(struct form *f) {
  f->constant = draw(-4, 4);
  for (int i = 0; i < SCENE_INPUTS; i++)
    f->weight[i] = draw(0, 2) ? draw(-4, 4) : 0;
  f->table = (int)draw(0, SCENE_TABLES - 2); // squares would grow too much
}

static void draw_operand(struct operand *o) {
  *o = (struct operand){0};
  long kind = draw(0, 6);
  o->constant = draw(0, 3) ? draw(-9, 9) : 0;
  if (kind == 0) // a constant
    return;
  if (kind == 1) { // a bus of two's complement
    long first = draw(0, 2), width = draw(2, 5), sign = draw(0, 1) ? -1 : 1;
    for (long i = 0; i < width && first + i < SCENE_INPUTS; i++)
      o->weight[first + i] = 1L << i;
    if (first + width <= SCENE_INPUTS)
      o->weight[first + width - 1] *= sign;
    o->constant = 0;
    return;
  }
  if (kind != 2 && kind != 3) // bits
    for (int i = 0; i < SCENE_INPUTS; i++)
      o->weight[i] = draw(0, 1) ? draw(-4, 4) : 0;
  if (kind == 2) // a single ladder
    o->scale[draw(0, SCENE_FORMS - 1)] = draw(0, 1) ? 1 : draw(-3, 3);
  else if (kind != 4) // several
    for (int i = 0; i < SCENE_FORMS; i++)
      o->scale[i] = draw(-2, 2);
  for (int i = 0; i < SCENE_FORMS; i++)
    o->table[i] = draw(0, 1) ? 0 : (int)draw(0, SCENE_TABLES - 2);
}

/* ---- Plain values ---- */

static long weigh(const long *weight, unsigned inputs) {
  long v = 0;
  for (int i = 0; i < SCENE_INPUTS; i++)
    v += (inputs >> i & 1) * weight[i];
  return v;
}

static long form_value(const struct form *f, unsigned inputs) {
  return scene_table(f->table, f->constant + weigh(f->weight, inputs));
}

void scene_values(const struct scene *s, unsigned inputs, long *x) {
  for (int i = 0; i < SCENE_OPERANDS; i++) {
    const struct operand *o = &s->operand[i];
    x[i] = o->constant + weigh(o->weight, inputs);
    for (int j = 0; j < SCENE_FORMS; j++)
      x[i] += o->scale[j] *
              scene_table(o->table[j], form_value(&s->form[j], inputs));
  }
}

/* ---- Making ---- */

static void push_bits(struct circuit *c, struct number *r, const long *weight) {
  struct number bit;
  number_init(&bit);
  for (int i = 0; i < SCENE_INPUTS; i++) {
    number_set_bit(c, &bit, c->inputs.at[i]);
    number_push_si(c, r, &bit, weight[i]);
  }
  number_clear(&bit);
}

static void make_form(struct circuit *c, struct number *r,
                      const struct form *f) {
  struct function table = scene_function(&f->table);
  number_init(r);
  number_set_si(r, f->constant);
  push_bits(c, r, f->weight);
  number_settle(c, r);
  number_apply(c, r, r, &table);
}

static void make_operand(struct scene *s, struct number *r,
                         const struct operand *o) {
  struct number t;
  number_init(&t);
  number_init(r);
  number_set_si(r, o->constant);
  push_bits(&s->c, r, o->weight);
  for (int i = 0; i < SCENE_FORMS; i++) {
    struct function table = scene_function(&o->table[i]);
    number_apply(&s->c, &t, &s->ladder[i], &table);
    number_push_si(&s->c, r, &t, o->scale[i]);
  }
  number_settle(&s->c, r);
  number_clear(&t);
}

void scene_init(struct scene *s, unsigned seed) {
  srand(seed);
  circuit_init(&s->c);
  for (int i = 0; i < SCENE_INPUTS; i++)
    circuit_add_input(&s->c);
  for (int i = 0; i < SCENE_FORMS; i++) {
    draw_form(&s->form[i]);
    make_form(&s->c, &s->ladder[i], &s->form[i]);
  }
  for (int i = 0; i < SCENE_OPERANDS; i++) {
    draw_operand(&s->operand[i]);
    make_operand(s, &s->x[i], &s->operand[i]);
  }
}

void scene_clear(struct scene *s) {
  for (int i = 0; i < SCENE_FORMS; i++)
    number_clear(&s->ladder[i]);
  for (int i = 0; i < SCENE_OPERANDS; i++)
    number_clear(&s->x[i]);
  circuit_clear(&s->c);
}

/* ---- Judging ---- */

void number_value(mpz_t y, const struct circuit *c, const struct number *x,
                  const bool *value) {
  struct integer_scratch s;
  mpz_t t;
  mpz_init(t);
  mpz_set(y, x->constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    naive_source(t, c, x->terms.at[i].source, value);
    mpz_addmul(y, t, integers_get(&c->integers, x->terms.at[i].weight, &s));
  }
  mpz_clear(t);
}

/* The steps of term i are primitive and start upwards; and add the least and
   the greatest value of the term to lo and hi. */
static void check_term(const struct circuit *c, const struct number *x,
                       size_t i, mpz_t lo, mpz_t hi) {
  size_t n = number_rungs(c, x, i), used = 0;
  mpz_t at, low, high, gcd, *steps = xmalloc(n * sizeof *steps);
  int first = 0;
  long weight;
  ck_assert(!integers_get_si(&c->integers, x->terms.at[i].weight, &weight) ||
            weight != 0);
  mpz_inits(at, low, high, gcd, NULL);
  for (size_t j = 0; j < n; j++)
    mpz_init(steps[j]);
  number_steps(c, x, i, steps);
  for (size_t j = 0; j < n; j++) {
    mpz_add(at, at, steps[j]);
    if (mpz_cmp(at, low) < 0)
      mpz_set(low, at);
    if (mpz_cmp(at, high) > 0)
      mpz_set(high, at);
    mpz_gcd(gcd, gcd, steps[j]);
    used += mpz_sgn(steps[j]) != 0;
    first = first ? first : mpz_sgn(steps[j]);
    mpz_clear(steps[j]);
  }
  free(steps);
  ck_assert_uint_ge(used, 1);
  ck_assert_int_eq(used == 1, !(x->terms.at[i].source & SOURCE_VIEW));
  if (first < 0)
    mpz_neg(gcd, gcd);
  struct integer_scratch s;
  ck_assert(
      !mpz_cmp(gcd, integers_get(&c->integers, x->terms.at[i].weight, &s)));
  mpz_add(lo, lo, low);
  mpz_add(hi, hi, high);
  mpz_clears(at, low, high, gcd, NULL);
}

void number_check(const struct circuit *c, const struct number *x) {
  mpz_t lo, hi;
  mpz_init_set(lo, x->constant);
  mpz_init_set(hi, x->constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    ck_assert(!i || circuit_source_ladder(c, x->terms.at[i - 1].source) <
                        circuit_source_ladder(c, x->terms.at[i].source));
    check_term(c, x, i, lo, hi);
  }
  ck_assert(mpz_cmp(lo, x->lo) <= 0 && mpz_cmp(x->hi, hi) <= 0);
  ck_assert(mpz_cmp(x->lo, x->hi) <= 0);
  ck_assert(!mpz_cmp(x->lo, x->hi) == !x->terms.n);
  mpz_clears(lo, hi, NULL);
}

void scene_judge(const struct scene *s, const struct number *r, size_t n,
                 void (*expected)(mpz_t *y, const long *x, const void *context),
                 const void *context) {
  struct naive naive;
  long x[SCENE_OPERANDS];
  bool input[SCENE_INPUTS];
  mpz_t got, want[SCENE_RESULTS];
  ck_assert_uint_le(n, SCENE_RESULTS);
  mpz_init(got);
  for (size_t i = 0; i < SCENE_RESULTS; i++)
    mpz_init(want[i]);
  naive_init(&naive, &s->c);
  for (unsigned in = 0; in < 1u << SCENE_INPUTS; in++) {
    for (int i = 0; i < SCENE_INPUTS; i++)
      input[i] = in >> i & 1;
    bool *value = naive_values(&naive, input);
    scene_values(s, in, x);
    expected(want, x, context);
    for (size_t i = 0; i < n; i++) {
      number_value(got, &s->c, &r[i], value);
      ck_assert_msg(!mpz_cmp(got, want[i]),
                    "result %zu at input %u is %ld, not %ld", i, in,
                    mpz_get_si(got), mpz_get_si(want[i]));
      ck_assert(mpz_cmp(r[i].lo, got) <= 0 && mpz_cmp(got, r[i].hi) <= 0);
    }
    free(value);
  }
  for (size_t i = 0; i < n; i++)
    number_check(&s->c, &r[i]);
  ck_assert_uint_eq(number_idle_gates(&s->c, r, n), 0);
  mpz_clear(got);
  for (size_t i = 0; i < SCENE_RESULTS; i++)
    mpz_clear(want[i]);
  naive_clear(&naive);
}

/* ---- Gates and depth ---- */

struct roots {
  ARRAY(bit_id) bits;
};

/* The rungs that numbers read. */
static struct roots roots_of(const struct circuit *c, const struct number *x,
                             size_t n) {
  struct roots r = {0};
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < x[k].terms.n; i++) {
      source_id s = x[k].terms.at[i].source;
      ladder_id l = circuit_source_ladder(c, s);
      if (!(s & SOURCE_VIEW))
        array_push(&r.bits, s);
      else
        for (size_t j = 0; j < circuit_rungs(c, l); j++)
          if (circuit_view_steps(c, s)[j]) // 0 is its own id
            array_push(&r.bits, c->ladders.at[l].first_bit + (bit_id)j);
    }
  return r;
}

static size_t
count_gates(const struct circuit *c, const struct number *x, size_t n,
            size_t count(const struct naive *, const bit_id *, size_t)) {
  struct roots r = roots_of(c, x, n);
  struct naive naive;
  naive_init(&naive, c);
  size_t gates = count(&naive, r.bits.at, r.bits.n);
  naive_clear(&naive);
  array_clear(&r.bits);
  return gates;
}

size_t number_gates(const struct circuit *c, const struct number *x, size_t n) {
  return count_gates(c, x, n, naive_live_gates);
}

size_t number_idle_gates(const struct circuit *c, const struct number *x,
                         size_t n) {
  return count_gates(c, x, n, naive_idle_gates);
}

size_t number_depth(const struct circuit *c, const struct number *x, size_t n) {
  struct roots r = roots_of(c, x, n);
  struct naive naive;
  naive_init(&naive, c);
  size_t deepest = 0, *depth = naive_depths(&naive);
  for (size_t i = 0; i < r.bits.n; i++)
    if (depth[r.bits.at[i]] > deepest)
      deepest = depth[r.bits.at[i]];
  free(depth);
  naive_clear(&naive);
  array_clear(&r.bits);
  return deepest;
}
