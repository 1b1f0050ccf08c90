/* The bits of a number: columns with their carries, as an adder has them. */
#include "circuit/folding.h"
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

#include <assert.h>

/* How many values floor(x / 2^k) can take beyond the first. */
static void count_carries(mpz_t n, const struct number *x, unsigned long k) {
  mpz_t first;
  mpz_init(first);
  mpz_fdiv_q_2exp(n, x->hi, k);
  mpz_fdiv_q_2exp(first, x->lo, k);
  mpz_sub(n, n, first);
  mpz_clear(first);
}

/* r = floor(x / 2^k), for x of few carries: a stair for each. To find them by
   bisection takes as many steps as x has bits. */
static void shift_down(struct circuit *c, struct number *r,
                       const struct number *x, unsigned long k) {
  struct staircase s;
  mpz_t threshold, j, last;
  mpz_inits(threshold, j, last, NULL);
  staircase_init(&s);
  mpz_fdiv_q_2exp(s.start, x->lo, k);
  mpz_fdiv_q_2exp(last, x->hi, k);
  for (mpz_add_ui(j, s.start, 1); mpz_cmp(j, last) <= 0; mpz_add_ui(j, j, 1)) {
    mpz_mul_2exp(threshold, j, k);
    staircase_push_si(&s, threshold, 1);
  }
  number_staircase(c, r, x, &s);
  staircase_clear(&s);
  mpz_clears(threshold, j, last, NULL);
}

/* carry = C_k = floor(f / 2^k), with f = F_k,
               = floor(x / 2^k) - sum of floor(table / 2^k).
   f has at most one carry for each addend and one for the constant. */
static void make_carry(struct circuit *c, struct number *carry,
                       const struct addends *a, const struct number *f,
                       unsigned long k) {
  struct function high = {number_high_part, &k, true};
  struct number parts;
  mpz_t of_f, of_x;
  mpz_inits(of_f, of_x, NULL);
  count_carries(of_f, f, k);
  count_carries(of_x, a->whole, k);
  assert(mpz_cmp_ui(of_f, number_sources(c, a->x) + a->forms + 1) <= 0);
  if (number_sources(c, f) <= 1 || mpz_cmp(of_f, of_x) <= 0) {
    shift_down(c, carry, f, k);
  } else {
    number_init(&parts);
    number_map_addends(c, &parts, a, &high);
    shift_down(c, carry, a->whole, k);
    number_sub(c, carry, carry, &parts);
    number_clear(&parts);
    mpz_set_ui(of_x, 0);
    number_bound(carry, of_x, of_f);
  }
  mpz_clears(of_f, of_x, NULL);
}

/* Two's complement of x is the binary of x + 2^(n-1) with the top bit
   flipped; after the shift the carry out of the top bit is always 0. */
static bool make_unsigned(struct number *y, const struct number *x,
                          unsigned n) {
  bool is_signed = mpz_sgn(x->lo) < 0;
  number_set(y, x);
  if (is_signed) {
    mpz_t half;
    mpz_init_set_ui(half, 1);
    mpz_mul_2exp(half, half, n - 1);
    number_add_z(y, y, half);
    mpz_clear(half);
  }
  return is_signed;
}

/* bit = bit k of y; and f, which holds F_k, becomes F_(k+1), and carry, which
   holds C_k, becomes C_(k+1). */
static void next_bit(struct circuit *c, struct number *bit, struct number *f,
                     struct number *carry, const struct addends *a,
                     unsigned long k) {
  unsigned long one = 1;
  struct number column, next;
  number_init(&column);
  number_init(&next);
  number_map_addends(c, &column, a,
                     &(struct function){number_one_bit, &k, false});
  number_add(c, bit, &column, carry);
  if (!column.terms.n && !mpz_sgn(column.constant) &&
      number_sources(c, carry) <= 1) {
    number_apply(c, &next, carry,
                 &(struct function){number_high_part, &one, true});
  } else {
    number_mul_2exp(c, &column, &column, k);
    number_add(c, f, f, &column);
    make_carry(c, &next, a, f, k + 1);
  }
  number_addmul_si(c, bit, &next, -2);
  number_bound_si(bit, 0, 1);
  number_set(carry, &next);
  number_clear(&column);
  number_clear(&next);
}

/* The source is 0 or 1 at every level. */
static bool is_binary(const struct circuit *c, source_id s) {
  if (!(s & SOURCE_VIEW))
    return true;
  const struct shape *shape =
      &c->shapes.at[c->views.at[s & ~SOURCE_VIEW].shape];
  return shape->lo == 0 && shape->hi == 1; // small integers are their own ids
}

/* If x is a sum of different powers of two, each times a 0/1 source or one
   less it: bit k[i] is term i. False otherwise. */
static bool find_bus(const struct circuit *c, const struct number *x,
                     unsigned n, unsigned long *k) {
  struct integer_scratch s;
  bool ok = true, *is_taken = xcalloc(n, sizeof *is_taken);
  mpz_t rest, size;
  mpz_init_set(rest, x->constant);
  mpz_init(size);
  for (size_t i = 0; ok && i < x->terms.n; i++) {
    mpz_srcptr w = integers_get(&c->integers, x->terms.at[i].weight, &s);
    k[i] = mpz_scan1(w, 0);
    mpz_abs(size, w);
    ok = k[i] < n && !is_taken[k[i]] && mpz_popcount(size) == 1 &&
         is_binary(c, x->terms.at[i].source) &&
         !folding_is_chain(c, x->terms.at[i].source);
    if (ok)
      is_taken[k[i]] = true;
    if (ok && mpz_sgn(w) < 0)
      mpz_add(rest, rest, w);
  }
  ok = ok && !mpz_sgn(rest);
  mpz_clears(rest, size, NULL);
  free(is_taken);
  return ok;
}

/* As find_bus() says; O(terms), where the general way takes O(n * terms). */
static bool bits_of_bus(struct circuit *c, struct number *r,
                        const struct number *x, unsigned n) {
  unsigned long *k = xmalloc((x->terms.n + 1) * sizeof *k);
  bool ok = x->terms.n > 1 && find_bus(c, x, n, k);
  for (unsigned i = 0; ok && i < n; i++)
    number_set_si(&r[i], 0);
  for (size_t i = 0; ok && i < x->terms.n; i++) {
    struct number *bit = &r[k[i]];
    number_set_source(c, bit, x->terms.at[i].source);
    if (integers_sign(&c->integers, x->terms.at[i].weight) < 0) {
      number_mul_si(c, bit, bit, -1);
      number_add_si(bit, bit, 1);
    }
  }
  free(k);
  return ok;
}

/* Bits beyond those that x needs: 0, or its sign. */
static void extend(struct number *r, const struct number *x, unsigned from,
                   unsigned n) {
  for (unsigned k = from; k < n; k++)
    if (mpz_sgn(x->lo) < 0)
      number_set(&r[k], &r[from - 1]);
    else
      number_set_si(&r[k], 0);
}

/* y = x mod 2^k, k as number_one_bit(). */
static void low_part(mpz_t y, const mpz_t x, const void *k) {
  mpz_fdiv_r_2exp(y, x, *(const unsigned long *)k);
}

/* r[0..n) = bits from..from+n of the sum, which has no more. */
static void make_bits(struct circuit *c, struct number *r,
                      const struct addends *a, unsigned long from, unsigned n) {
  struct number f, carry;
  bool is_table = number_is_free(c, a->x) && !a->forms;
  number_init(&f);
  number_init(&carry);
  if (from && !is_table) {
    number_map_addends(c, &f, a, &(struct function){low_part, &from, false});
    make_carry(c, &carry, a, &f, from);
  }
  for (unsigned i = 0; i < n; i++) {
    unsigned long k = from + i;
    if (is_table)
      number_apply(c, &r[i], a->x,
                   &(struct function){number_one_bit, &k, false});
    else
      next_bit(c, &r[i], &f, &carry, a, k);
  }
  number_clear(&f);
  number_clear(&carry);
}

void number_bits(struct circuit *c, struct number *r, const struct number *x,
                 unsigned n) {
  struct number y;
  assert(n >= 1);
  unsigned needed = number_width(x);
  if (needed < n) {
    number_bits(c, r, x, needed);
    extend(r, x, needed, n);
    return;
  }
  number_init(&y);
  bool flip_top = make_unsigned(&y, x, n);
  if (!bits_of_bus(c, r, &y, n))
    make_bits(c, r, &(struct addends){&y, &y, NULL, NULL, 0}, 0, n);
  if (flip_top) {
    number_mul_si(c, &r[n - 1], &r[n - 1], -1);
    number_add_si(&r[n - 1], &r[n - 1], 1);
  }
  number_clear(&y);
}

void number_bits_from(struct circuit *c, struct number *r,
                      const struct number *x, unsigned long from, unsigned n) {
  unsigned long width = number_width(x);
  unsigned made = width <= from       ? 0
                  : width - from >= n ? n
                                      : (unsigned)(width - from);
  assert(mpz_sgn(x->lo) >= 0);
  make_bits(c, r, &(struct addends){x, x, NULL, NULL, 0}, from, made);
  for (unsigned i = made; i < n; i++)
    number_set_si(&r[i], 0);
}

void number_bits_of_forms(struct circuit *c, struct number *r, unsigned n,
                          const struct number *x, const struct number *form,
                          const mpz_t *weight, size_t forms, const mpz_t most) {
  struct number whole;
  mpz_t zero;
  mpz_init(zero);
  number_init(&whole);
  number_push_si(c, &whole, x, 1);
  for (size_t i = 0; i < forms; i++)
    number_push(c, &whole, &form[i], weight[i]);
  number_settle(c, &whole);
  number_bound(&whole, zero, most);
  unsigned width = number_width(&whole), made = width < n ? width : n;
  make_bits(c, r, &(struct addends){&whole, x, form, weight, forms}, 0, made);
  for (unsigned i = made; i < n; i++)
    number_set_si(&r[i], 0);
  number_clear(&whole);
  mpz_clear(zero);
}

bit_id number_physical(struct circuit *c, const struct number *x) {
  bit_id b;
  if (number_is_bit(c, x, &b))
    return b;
  // [x >= 1] made as a gate even where x reads one ladder
  mpz_t t, one;
  mpz_init_set_ui(t, 1);
  mpz_init_set_ui(one, 1);
  mpz_sub(t, t, x->constant);
  number_refuse_spans(c, x);
  number_add_wires(c, x, one);
  b = circuit_add_gate(c, t);
  mpz_clears(t, one, NULL);
  return b;
}
