#include "circuit/evaluate_digits.h"
#include "circuit/error.h"

#include <string.h>

void digits_init(struct digits *d) {
  *d = (struct digits){.all = {0}};
  mpz_inits(d->most, d->negative, NULL);
}

void digits_clear(struct digits *d) {
  array_clear(&d->all);
  array_clear(&d->spare);
  array_clear(&d->counts);
  mpz_clears(d->most, d->negative, NULL);
}

void digits_empty(struct digits *d) {
  d->all.n = 0;
}

void digits_push(struct digits *d, size_t plane, bool is_negative,
                 uint32_t slot) {
  if (plane > UINT32_MAX / 2)
    die("a weight of more than 2^31 bits");
  array_push(&d->all,
             (struct digit){(uint32_t)(2 * plane + is_negative), slot});
}

/* The digits of w are the bits of 3w less those of w, halved. */
static void push_ui(struct digits *d, uint64_t w, bool is_negative,
                    uint32_t slot) {
  uint64_t plus = 3 * w & ~w, minus = w & ~(3 * w);
  for (uint64_t rest = plus | minus; rest; rest &= rest - 1) {
    size_t i = (size_t)__builtin_ctzll(rest);
    digits_push(d, i - 1, is_negative ^ (minus >> i & 1), slot);
  }
}

static void push_z(struct digits *d, mpz_srcptr w, uint32_t slot) {
  mpz_t a, b, differ;
  mpz_inits(a, b, differ, NULL);
  mpz_abs(a, w);
  mpz_mul_ui(b, a, 3);
  mpz_xor(differ, a, b);
  for (mp_bitcnt_t i = mpz_scan1(differ, 0); i != ~(mp_bitcnt_t)0;
       i = mpz_scan1(differ, i + 1))
    digits_push(d, i - 1, mpz_tstbit(a, i) ^ (mpz_sgn(w) < 0), slot);
  mpz_clears(a, b, differ, NULL);
}

void digits_push_product(struct digits *d, mpz_srcptr weight, uint32_t slot) {
  if (mpz_sizeinbase(weight, 2) < 62)
    push_ui(d, mpz_get_ui(weight), mpz_sgn(weight) < 0, slot);
  else
    push_z(d, weight, slot);
}

/* By counting. */
static void sort(struct digits *d) {
  uint32_t lo = UINT32_MAX, hi = 0;
  for (size_t i = 0; i < d->all.n; i++) {
    uint32_t key = d->all.at[i].key;
    lo = key < lo ? key : lo;
    hi = key > hi ? key : hi;
  }
  if (!d->all.n)
    return;
  size_t n = hi - lo + 1;
  array_reserve(&d->counts, n);
  array_reserve(&d->spare, d->all.n);
  memset(d->counts.at, 0, n * sizeof *d->counts.at);
  for (size_t i = 0; i < d->all.n; i++)
    d->counts.at[d->all.at[i].key - lo]++;
  for (size_t i = 0, before = 0; i < n; i++) {
    size_t count = d->counts.at[i];
    d->counts.at[i] = before;
    before += count;
  }
  for (size_t i = 0; i < d->all.n; i++)
    d->spare.at[d->counts.at[d->all.at[i].key - lo]++] = d->all.at[i];
  memcpy(d->all.at, d->spare.at, d->all.n * sizeof *d->all.at);
}

static void add_shifted(mpz_t z, unsigned long n, mp_bitcnt_t plane) {
  mpz_t x;
  mpz_init_set_ui(x, n);
  mpz_mul_2exp(x, x, plane);
  mpz_add(z, z, x);
  mpz_clear(x);
}

static void add_up(struct digits *d) {
  mpz_set_ui(d->most, 0);
  mpz_set_ui(d->negative, 0);
  for (size_t i = 0, j = 0; i < d->all.n; i = j) {
    uint32_t key = d->all.at[i].key;
    while (j < d->all.n && d->all.at[j].key == key)
      j++;
    add_shifted(d->most, j - i, key / 2);
    if (key & 1)
      add_shifted(d->negative, j - i, key / 2);
  }
}

void digits_settle(struct digits *d) {
  sort(d);
  add_up(d);
}

static void shift_down(struct digits *d, uint32_t planes) {
  for (size_t i = 0; planes && i < d->all.n; i++)
    d->all.at[i].key -= 2 * planes;
}

uint32_t digits_trim(struct digits *d) {
  uint32_t low = d->all.n ? d->all.at[0].key / 2 : 0;
  shift_down(d, low);
  mpz_fdiv_q_2exp(d->most, d->most, low);
  mpz_fdiv_q_2exp(d->negative, d->negative, low);
  return low;
}

void digits_trim_threshold(struct digits *d, mpz_t t) {
  const struct digit *at = d->all.at;
  size_t n = 0, planes = 0, even = mpz_scan1(t, 0);
  while (planes < even && n < d->all.n && at[n].key >= 2 * planes) {
    if (at[n].key < 2 * planes + 2) {
      if (at[n].key & 1 || (n + 1 < d->all.n && at[n + 1].key < at[n].key + 2))
        break;
      n++;
    }
    planes++;
  }
  d->all.n -= n;
  memmove(d->all.at, at + n, d->all.n * sizeof *at);
  shift_down(d, (uint32_t)planes);
  mpz_fdiv_q_2exp(t, t, planes);
  add_up(d);
}
