/* Rung by rung: every sum is written as signed binary digits of its weights,
   in planes by their power of 2, and a program for evaluate_steps.h is made
   that counts the bits of each plane. A negative digit counts the negated bit,
   as -x = (1 - x) - 1, so that all counts are of positive things:

     [sum of w*x >= t]  is  [sum of 2^plane * (x or 1 - x) >= t + N],

   N being the sum of the negative digits. A single threshold t then joins as a
   bias 2^m - t: the gate is the carry to plane m, and nothing is compared. A
   ladder of several keeps the bits of its sum, and compares parts of them by
   tables of [part >= v] that all rungs share. */
#include "circuit/error.h"
#include "circuit/evaluate_parts.h"
#include "circuit/evaluate_steps.h"

#include <string.h>

#define NONE UINT32_MAX
#define L2_BYTES ((size_t)768 << 10)

struct rungs {
  struct evaluator e;
  ARRAY(uint32_t) program;
  uint32_t slots, one; // `one` is the slot of constant ones
};

struct digit {
  uint32_t key; // 2 * plane + 1 if negative
  uint32_t slot;
};

typedef ARRAY(uint32_t) list;

/* A sum that later ones contain: its bits are kept for them. */
struct base {
  ladder_id user; // the ladder that contains it; 0: none does
  uint32_t low;   // plane of bit 0
  mpz_t constant; // what the bits lack
  list bits;
};

enum {
  CARRIES = 8 // more planes than a carry goes up at once
};

struct maker {
  const struct circuit *c;
  struct rungs *r;
  bool *needed;
  uint32_t *slot;   // of each bit; NONE before it has one
  ladder_id *last;  // last ladder that reads each bit; 0: no more
  uint32_t *output; // for each bit an output that it is, or NONE
  size_t step;      // of the program's last step; SIZE_MAX if it is closed
  uint32_t zero, one, trash;
  list unused;        // slots
  list uses;          // of slots that hold bits of bases, by slot
  ladder_id *base_of; // ladder whose sum is a part of this one's; 0: none
  struct base *bases; // of each ladder
  bool *is_in_base;   // of each wire: is it one of the base's?
  /* The ladder at work. */
  ARRAY(struct digit) digits, spare; // ascending by key
  ARRAY(size_t) counts;              // of each key
  ARRAY(bit_id) read;                // bits read for the last time
  mpz_t constant, sum, negative;     // sum: of all digits, without signs
  list bits;                         // the bits of the sum, by plane
  list held;                         // slots to give back after the ladder
  list carries[CARRIES];             // to plane p, at [p % CARRIES]
  list adding;
};

/* Slots */

static uint32_t take_slot(struct maker *m) {
  if (m->unused.n)
    return m->unused.at[--m->unused.n];
  if (m->r->slots == NONE)
    die("more than 2^32 bits at once");
  return m->r->slots++;
}

static void give_slot(struct maker *m, uint32_t slot) {
  if (slot > m->trash) // not an input, an output or a constant
    array_push(&m->unused, slot);
}

static void give_slots(struct maker *m, list *slots) {
  for (size_t i = 0; i < slots->n; i++)
    give_slot(m, slots->at[i]);
  slots->n = 0;
}

/* The slot of a new bit: that of the output if it is one. */
static uint32_t slot_for(struct maker *m, bit_id b) {
  uint32_t o = m->output[b];
  return m->slot[b] = o == NONE ? take_slot(m) : (uint32_t)m->c->inputs.n + o;
}

static void hold_slot(struct maker *m, uint32_t slot) {
  while (m->uses.n <= slot)
    array_push(&m->uses, 0);
  m->uses.at[slot]++;
}

static bool is_held(const struct maker *m, uint32_t slot) {
  return slot < m->uses.n && m->uses.at[slot];
}

/* Give back slots of which this was the last use. */
static void drop_slots(struct maker *m, list *slots) {
  for (size_t i = 0; i < slots->n; i++)
    if (!--m->uses.at[slots->at[i]])
      give_slot(m, slots->at[i]);
  array_clear(slots);
}

/* Steps */

static void push_mark(struct maker *m, uint32_t kind, uint32_t value) {
  array_push(&m->r->program, kind | value << 8);
  m->step = SIZE_MAX;
}

static void push_step(struct maker *m, uint32_t kind, const uint32_t *record) {
  uint32_t *at = m->r->program.at;
  if (m->step != SIZE_MAX && step_kind(at[m->step]) == kind &&
      step_count(at[m->step]) < STEP_MAX_COUNT)
    at[m->step] += 1 << 8;
  else {
    m->step = m->r->program.n;
    array_push(&m->r->program, kind | 1 << 8);
  }
  for (size_t i = 0; i < step_record(kind); i++)
    array_push(&m->r->program, record[i]);
}

/* Digits */

static void push_digit(struct maker *m, size_t plane, bool is_negative,
                       uint32_t slot) {
  if (plane > UINT32_MAX / 2)
    die("a weight of more than 2^31 bits");
  array_push(&m->digits,
             (struct digit){(uint32_t)(2 * plane + is_negative), slot});
}

/* Signed digits, no two in a row, so the fewest: those of w are the bits of 3w
   less those of w, halved. */
static void push_digits_ui(struct maker *m, uint64_t w, bool is_negative,
                           uint32_t slot) {
  uint64_t plus = 3 * w & ~w, minus = w & ~(3 * w);
  for (uint64_t rest = plus | minus; rest; rest &= rest - 1) {
    size_t i = (size_t)__builtin_ctzll(rest);
    push_digit(m, i - 1, is_negative ^ (minus >> i & 1), slot);
  }
}

static void push_digits_z(struct maker *m, mpz_srcptr w, uint32_t slot) {
  mpz_t a, b, differ;
  mpz_inits(a, b, differ, NULL);
  mpz_abs(a, w);
  mpz_mul_ui(b, a, 3);
  mpz_xor(differ, a, b);
  for (mp_bitcnt_t i = mpz_scan1(differ, 0); i != ~(mp_bitcnt_t)0;
       i = mpz_scan1(differ, i + 1))
    push_digit(m, i - 1, mpz_tstbit(a, i) ^ (mpz_sgn(w) < 0), slot);
  mpz_clears(a, b, differ, NULL);
}

static void push_bit(struct maker *m, bit_id b, mpz_srcptr w) {
  uint32_t slot = m->slot[b];
  if (slot == m->one)
    mpz_add(m->constant, m->constant, w);
  else if (slot != m->zero) {
    if (mpz_sizeinbase(w, 2) < 62)
      push_digits_ui(m, mpz_get_ui(w), mpz_sgn(w) < 0, slot);
    else
      push_digits_z(m, w, slot);
  }
}

static void read_bit(struct maker *m, ladder_id l, bit_id b, mpz_srcptr w) {
  push_bit(m, b, w);
  if (m->last[b] == l) {
    m->last[b] = 0;
    array_push(&m->read, b);
  }
}

static void read_view(struct maker *m, ladder_id l, source_id s, mpz_srcptr w) {
  struct integer_scratch scratch;
  const struct circuit *c = m->c;
  ladder_id from = circuit_source_ladder(c, s);
  const integer_id *steps = circuit_view_steps(c, s);
  mpz_t product;
  mpz_init(product);
  for (size_t i = 0; i < circuit_rungs(c, from); i++)
    if (steps[i]) {
      mpz_mul(product, w, integers_get(&c->integers, steps[i], &scratch));
      read_bit(m, l, c->ladders.at[from].first_bit + (bit_id)i, product);
    }
  mpz_clear(product);
}

/* Instead of the wires of the ladder's base. */
static void read_base(struct maker *m, ladder_id l) {
  const struct base *b = &m->bases[m->base_of[l]];
  mpz_add(m->constant, m->constant, b->constant);
  for (size_t i = 0; i < b->bits.n; i++)
    if (b->bits.at[i] != m->zero)
      push_digit(m, b->low + i, false, b->bits.at[i]);
}

static void release_base(struct maker *m, ladder_id l) {
  struct base *b = &m->bases[m->base_of[l]];
  if (m->base_of[l] && b->user == l) {
    drop_slots(m, &b->bits);
    mpz_clear(b->constant);
  }
}

/* Keep the bits of the ladder at work, in m->bits, if it is a base. */
static void keep_base(struct maker *m, ladder_id l, uint32_t low) {
  struct base *b = &m->bases[l];
  for (size_t i = 0; b->user && i < m->bits.n; i++) {
    hold_slot(m, m->bits.at[i]);
    array_push(&b->bits, m->bits.at[i]);
  }
  if (b->user) {
    b->low = low;
    mpz_init(b->constant);
    mpz_mul_2exp(b->constant, m->negative, low);
    mpz_sub(b->constant, m->constant, b->constant);
  }
}

/* By counting: O(digits + planes). */
static void sort_digits(struct maker *m) {
  uint32_t lo = UINT32_MAX, hi = 0;
  for (size_t i = 0; i < m->digits.n; i++) {
    uint32_t key = m->digits.at[i].key;
    lo = key < lo ? key : lo;
    hi = key > hi ? key : hi;
  }
  if (!m->digits.n)
    return;
  lo &= ~UINT32_C(1);
  size_t n = hi - lo + 2;
  array_reserve(&m->counts, n);
  array_reserve(&m->spare, m->digits.n);
  memset(m->counts.at, 0, n * sizeof *m->counts.at);
  for (size_t i = 0; i < m->digits.n; i++)
    m->counts.at[m->digits.at[i].key - lo]++;
  for (size_t i = 0, before = 0; i < n; i++) {
    size_t count = m->counts.at[i];
    m->counts.at[i] = before;
    before += count;
  }
  for (size_t i = 0; i < m->digits.n; i++)
    m->spare.at[m->counts.at[m->digits.at[i].key - lo]++] = m->digits.at[i];
  memcpy(m->digits.at, m->spare.at, m->digits.n * sizeof *m->digits.at);
}

static void add_shifted(mpz_t z, unsigned long n, mp_bitcnt_t plane) {
  mpz_t x;
  mpz_init_set_ui(x, n);
  mpz_mul_2exp(x, x, plane);
  mpz_add(z, z, x);
  mpz_clear(x);
}

/* The sums of all digits and of the negative ones. */
static void add_digits(struct maker *m) {
  mpz_set_ui(m->sum, 0);
  mpz_set_ui(m->negative, 0);
  for (size_t i = 0, j = 0; i < m->digits.n; i = j) {
    uint32_t key = m->digits.at[i].key;
    while (j < m->digits.n && m->digits.at[j].key == key)
      j++;
    add_shifted(m->sum, j - i, key / 2);
    if (key & 1)
      add_shifted(m->negative, j - i, key / 2);
  }
}

/* Divide the digits by their common power of 2, which is returned. */
static uint32_t trim_digits(struct maker *m) {
  uint32_t low = m->digits.n ? m->digits.at[0].key / 2 : 0;
  for (size_t i = 0; low && i < m->digits.n; i++)
    m->digits.at[i].key -= 2 * low;
  return low;
}

static uint32_t read_wires(struct maker *m, ladder_id l) {
  const struct circuit *c = m->c;
  struct integer_scratch scratch;
  mpz_set_ui(m->constant, 0);
  m->digits.n = 0;
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    mpz_srcptr w = integers_get(&c->integers, c->wires.at[i].weight, &scratch);
    source_id s = c->wires.at[i].source;
    if (!mpz_sgn(w) || m->is_in_base[i])
      continue;
    if (s & SOURCE_VIEW)
      read_view(m, l, s, w);
    else
      read_bit(m, l, s, w);
  }
  if (m->base_of[l])
    read_base(m, l);
  sort_digits(m);
  uint32_t low = trim_digits(m);
  add_digits(m);
  return low;
}

/* What the digits must reach for the bit to be 1. */
static void find_threshold(struct maker *m, mpz_t t, bit_id b, uint32_t low) {
  struct integer_scratch scratch;
  mpz_sub(t,
          integers_get(&m->c->integers, m->c->bits.at[b].threshold, &scratch),
          m->constant);
  mpz_cdiv_q_2exp(t, t, low);
  mpz_add(t, t, m->negative);
}

static void release_read(struct maker *m) {
  for (size_t i = 0; i < m->read.n; i++)
    give_slot(m, m->slot[m->read.at[i]]);
  m->read.n = 0;
}

/* Counting planes */

struct count {
  mpz_srcptr bias; // or NULL
  size_t plane;
  size_t top;    // planes [0..top) are counted
  size_t last;   // carries to planes beyond are known to be 0
  size_t digit;  // the first of this plane
  unsigned most; // that the window can hold, as a number
};

static unsigned bias_bit(const struct count *k, size_t plane) {
  return k->bias ? (unsigned)mpz_tstbit(k->bias, plane) : 0;
}

static void set_window(struct maker *m, struct count *k) {
  k->most = bias_bit(k, k->plane) | bias_bit(k, k->plane + 1) << 1 |
            bias_bit(k, k->plane + 2) << 2;
  push_mark(m, STEP_SET, k->most);
}

/* A slot for a carry that goes up so many planes. */
static uint32_t carry_slot(struct maker *m, const struct count *k, size_t up) {
  if (k->plane + up > k->last)
    return m->trash;
  uint32_t slot = take_slot(m);
  array_push(&m->carries[(k->plane + up) % CARRIES], slot);
  return slot;
}

/* Add bits [from..from + n) of m->adding, the last `negated` of them negated;
   n is 1, 2, 4 or 8. */
static void add_few(struct maker *m, struct count *k, size_t from, size_t n,
                    size_t negated) {
  static const uint32_t kinds[] = {
      [1] = STEP_ADD1, [2] = STEP_ADD2, [4] = STEP_ADD4, [8] = STEP_ADD8};
  uint32_t record[9];
  memcpy(record, m->adding.at + from, n * sizeof *record);
  record[n] = k->most + n < 8 ? m->trash : carry_slot(m, k, 3);
  k->most = k->most + n < 8 ? k->most + (unsigned)n : 7;
  push_step(m, kinds[n] + (uint32_t)negated, record);
}

/* The bits of this plane to m->adding, first `pad` zeros, then the positive
   ones; returns how many are negated. */
static size_t gather(struct maker *m, struct count *k) {
  list *carries = &m->carries[k->plane % CARRIES];
  size_t i = k->digit, negated = 0;
  for (; i < m->digits.n && m->digits.at[i].key == 2 * k->plane; i++)
    array_push(&m->adding, m->digits.at[i].slot);
  for (size_t j = 0; j < carries->n; j++)
    array_push(&m->adding, carries->at[j]);
  for (; i < m->digits.n && m->digits.at[i].key == 2 * k->plane + 1; i++) {
    array_push(&m->adding, m->digits.at[i].slot);
    negated++;
  }
  k->digit = i;
  return negated;
}

/* Zeros to put before n bits so that eights and at most one 1, 2 or 4 will do.
 */
static size_t padding(size_t n) {
  size_t r = n % 8;
  return r >= 5 ? 8 - r : r == 3;
}

static size_t plane_size(const struct maker *m, const struct count *k) {
  size_t n = k->digit;
  while (n < m->digits.n && m->digits.at[n].key / 2 == k->plane)
    n++;
  return n - k->digit + m->carries[k->plane % CARRIES].n;
}

/* From bit `done` on as many 64s as there are before the sign changes, if they
   are two or more; returns where they end. */
static size_t add_many(struct maker *m, struct count *k, size_t done,
                       size_t positive) {
  size_t end = done < positive ? positive : m->adding.n;
  if (end - done < 128)
    return done;
  for (; end - done >= 64; done += 64) {
    uint32_t record[65];
    memcpy(record, m->adding.at + done, 64 * sizeof *record);
    record[64] = carry_slot(m, k, 6);
    push_step(m, STEP_ADD64 + (done >= positive), record);
  }
  uint32_t flush[3];
  for (size_t i = 0; i < 3; i++)
    flush[i] = carry_slot(m, k, 3 + i);
  push_step(m, STEP_FLUSH, flush);
  k->most = 7;
  return done;
}

static void add_plane(struct maker *m, struct count *k) {
  m->adding.n = 0;
  for (size_t pad = padding(plane_size(m, k)); pad; pad--)
    array_push(&m->adding, m->zero);
  size_t negated = gather(m, k), n = m->adding.n, positive = n - negated;
  for (size_t done = 0, size = n % 8; done < n; done += size, size = 8) {
    if (size == 0)
      continue;
    if (size == 8 && (done = add_many(m, k, done, positive)) == n)
      break;
    size_t end = done + size, here = end <= positive ? 0 : end - positive;
    add_few(m, k, done, size, here < size ? here : size);
  }
  give_slots(m, &m->carries[k->plane % CARRIES]);
}

static bool has_carries(const struct maker *m) {
  for (size_t i = 0; i < CARRIES; i++)
    if (m->carries[i].n)
      return true;
  return false;
}

/* Planes in which nothing happens but the bias are skipped. */
static bool skip_planes(struct maker *m, struct count *k, size_t quiet) {
  size_t next =
      k->digit < m->digits.n ? m->digits.at[k->digit].key / 2 : k->top;
  if (quiet < 3 || has_carries(m) || next <= k->plane)
    return false;
  k->plane = next < k->top ? next : k->top;
  set_window(m, k);
  return true;
}

/* The lowest planes that are nothing but a bit of the base each. */
static void share_planes(struct maker *m, struct count *k, list *bits) {
  const struct digit *d = m->digits.at;
  while (k->plane < k->top && plane_size(m, k) == 1 &&
         d[k->digit].key == 2 * k->plane && is_held(m, d[k->digit].slot)) {
    array_push(bits, d[k->digit++].slot);
    k->plane++;
  }
}

/* Count planes [0..top). With `bits`, bit p goes to bits->at[p]. */
static void count_planes(struct maker *m, struct count *k, list *bits) {
  size_t quiet = 0;
  if (bits)
    share_planes(m, k, bits);
  set_window(m, k);
  while (k->plane < k->top) {
    size_t n = plane_size(m, k);
    quiet = n ? 0 : quiet + 1;
    if (n)
      add_plane(m, k);
    else if (skip_planes(m, k, quiet)) {
      while (bits && bits->n < k->plane)
        array_push(bits, m->zero);
      quiet = 0;
      continue;
    }
    if (bits) {
      array_push(bits, k->most ? take_slot(m) : m->zero);
      if (k->most)
        push_step(m, STEP_STORE, &array_last(bits));
    }
    unsigned bit = bias_bit(k, k->plane + 3);
    push_mark(m, STEP_SLIDE, bit);
    k->most = k->most >> 1 | bit << 2;
    k->plane++;
  }
}

/* Gates */

static size_t bits_of(mpz_srcptr z) {
  return mpz_sgn(z) ? mpz_sizeinbase(z, 2) : 0;
}

/* At most 8 digits of one plane, or of none. */
static bool is_small_gate(const struct maker *m) {
  return m->digits.n <= 8 && array_last(&m->digits).key < 2;
}

static void make_small_gate(struct maker *m, bit_id b, unsigned long t) {
  size_t n = m->digits.n, size = n <= 2 ? 2 : n <= 4 ? 4 : 8, at = 1;
  uint32_t record[12], negated = 0;
  unsigned long bias = size - t;
  for (size_t i = 1; i < size; i *= 2)
    record[at++] = bias & i ? m->one : m->zero;
  for (size_t i = n; i < size; i++)
    record[at++] = m->zero;
  for (size_t i = 0; i < n; i++) {
    record[at++] = m->digits.at[i].slot;
    negated += m->digits.at[i].key & 1;
  }
  release_read(m);
  record[0] = slot_for(m, b);
  push_step(m,
            (size == 2   ? STEP_GATE2
             : size == 4 ? STEP_GATE4
                         : STEP_GATE8) +
                negated,
            record);
}

/* While the lowest plane has no negative digit and one at most, and t is even,
   [2x + digit >= t] is [x >= t/2]. */
static void trim_gate(struct maker *m, mpz_t t) {
  const struct digit *d = m->digits.at;
  size_t n = 0, planes = 0, even = mpz_scan1(t, 0);
  while (planes < even && n < m->digits.n && d[n].key >= 2 * planes) {
    if (d[n].key < 2 * planes + 2) {
      if (d[n].key & 1 || (n + 1 < m->digits.n && d[n + 1].key < d[n].key + 2))
        break;
      n++;
    }
    planes++;
  }
  m->digits.n -= n;
  memmove(m->digits.at, d + n, m->digits.n * sizeof *d);
  for (size_t i = 0; i < m->digits.n; i++)
    m->digits.at[i].key -= (uint32_t)(2 * planes);
  mpz_fdiv_q_2exp(t, t, planes);
  add_digits(m);
}

/* [digits >= t] as the carry of digits + 2^top - t to plane `top`. The carry
   is 0 or 1, so at most one of the bits that make it is 1. */
static void make_large_gate(struct maker *m, bit_id b, const mpz_t t) {
  mpz_t bias, most;
  mpz_inits(bias, most, NULL);
  mpz_sub(most, m->sum, t); // 2^top is greater than this, and at least t
  mpz_sub_ui(bias, t, 1);
  if (mpz_cmp(most, bias) < 0)
    mpz_set(most, bias);
  struct count k = {.bias = bias, .top = bits_of(most), .last = bits_of(most)};
  mpz_set_ui(bias, 0);
  mpz_setbit(bias, k.top);
  mpz_sub(bias, bias, t);
  push_mark(m, STEP_SUM, 0);
  count_planes(m, &k, NULL);
  m->adding.n = 0;
  size_t negated = gather(m, &k);
  for (size_t i = 0; i < m->adding.n; i++)
    push_step(m, i < m->adding.n - negated ? STEP_ANY : STEP_NOT,
              &m->adding.at[i]);
  give_slots(m, &m->carries[k.plane % CARRIES]);
  release_read(m);
  slot_for(m, b);
  push_step(m, STEP_STORE, &m->slot[b]);
  push_mark(m, STEP_END, 0);
  mpz_clears(bias, most, NULL);
}

static void make_gate(struct maker *m, bit_id b, mpz_t t) {
  trim_gate(m, t);
  if (is_small_gate(m))
    make_small_gate(m, b, mpz_get_ui(t));
  else
    make_large_gate(m, b, t);
}

/* Ladders: the bits of the sum in parts, for each of which there is a table of
   the slots of [part >= v]. */

struct part {
  size_t first; // plane
  unsigned n;   // planes; the table has 2^n + 1 entries
  bool *needed; // which of them
  uint32_t *table;
};

/* How many parts make `planes` planes and T thresholds cheapest: tables of
   2^n, and an operation for each rung and part. */
static size_t find_parts(size_t planes, size_t rungs) {
  size_t best = planes, cost = SIZE_MAX;
  for (size_t n = 1; n <= 10 && n <= planes; n++) {
    size_t parts = (planes + n - 1) / n;
    size_t here = (parts << n) + rungs * (parts - 1);
    if (here < cost) {
      cost = here;
      best = parts;
    }
  }
  return best;
}

static uint32_t held_slot(struct maker *m) {
  array_push(&m->held, take_slot(m));
  return array_last(&m->held);
}

/* A slot of a & b or of a | b; none is made where it is one of them. */
static uint32_t combine(struct maker *m, uint32_t kind, uint32_t a,
                        uint32_t b) {
  uint32_t neutral = kind == STEP_AND ? m->one : m->zero;
  uint32_t fixed = kind == STEP_AND ? m->zero : m->one;
  if (a == neutral || b == neutral)
    return a == neutral ? b : a;
  if (a == fixed || b == fixed)
    return fixed;
  uint32_t record[] = {held_slot(m), a, b};
  push_step(m, kind, record);
  return record[0];
}

/* The needed entries of the table of n planes from those of n - 1: with b the
   highest bit, [x >= v] is [low >= v] | b up to 2^(n-1), and beyond it
   [low >= v - 2^(n-1)] & b. The caller frees it. */
static uint32_t *make_table(struct maker *m, const uint32_t *bits, unsigned n,
                            const bool *needed) {
  uint32_t *table = xmalloc((((size_t)1 << n) + 1) * sizeof *table);
  table[0] = m->one;
  table[(size_t)1 << n] = m->zero;
  if (!n)
    return table;
  size_t half = (size_t)1 << (n - 1);
  bool *below = xmalloc((half + 1) * sizeof *below);
  for (size_t v = 0; v <= half; v++)
    below[v] = needed[v] || needed[v + half];
  uint32_t *low = make_table(m, bits, n - 1, below), b = bits[n - 1];
  for (size_t v = 1; v <= half; v++)
    if (needed[v])
      table[v] = combine(m, STEP_OR, low[v], b);
  for (size_t v = 1; v < half; v++)
    if (needed[v + half])
      table[v + half] = combine(m, STEP_AND, low[v], b);
  free(below);
  free(low);
  return table;
}

/* Bits [first..first + n) of t. */
static size_t part_of(const mpz_t t, size_t first, unsigned n) {
  size_t v = 0;
  for (unsigned i = 0; i < n; i++)
    v |= (size_t)mpz_tstbit(t, first + i) << i;
  return v;
}

/* In slot `into`: is the sum at least t, z being the first plane of part 0? */
static void make_rung(struct maker *m, const struct part *part, size_t parts,
                      const mpz_t t, uint32_t into) {
  uint32_t at = part->table[part_of(t, part->first, part->n)];
  for (size_t i = 1; i < parts; i++) {
    size_t v = part_of(t, part[i].first, part[i].n);
    uint32_t record[] = {i + 1 < parts ? held_slot(m) : into,
                         part[i].table[v + 1], part[i].table[v], at};
    push_step(m, STEP_PICK, record);
    at = record[0];
  }
  if (at != into)
    push_step(m, STEP_OR, (uint32_t[]){into, at, m->zero});
}

/* A rung that can go either way. */
struct rung {
  bit_id bit;
  mpz_t threshold; // [1..sum]
};

typedef ARRAY(struct rung) rung_list;

/* Parts of the planes [first..bits.n), and the tables that the rungs need. */
static struct part *make_parts(struct maker *m, const rung_list *all,
                               size_t first, size_t *parts) {
  size_t planes = m->bits.n - first;
  *parts = find_parts(planes, all->n);
  struct part *part = xcalloc(*parts, sizeof *part);
  for (size_t i = 0; i < *parts; i++) {
    struct part *p = &part[i];
    p->first = first + planes * i / *parts;
    p->n = (unsigned)(first + planes * (i + 1) / *parts - p->first);
    p->needed = xcalloc(((size_t)1 << p->n) + 1, sizeof *p->needed);
    for (size_t j = 0; j < all->n; j++) {
      size_t v = part_of(all->at[j].threshold, p->first, p->n);
      p->needed[v] = p->needed[v + 1] = true;
    }
    p->table = make_table(m, m->bits.at + p->first, p->n, p->needed);
  }
  return part;
}

static void free_parts(struct part *part, size_t parts) {
  for (size_t i = 0; i < parts; i++) {
    free(part[i].needed);
    free(part[i].table);
  }
  free(part);
}

static void make_rungs(struct maker *m, const rung_list *all) {
  size_t first = SIZE_MAX, parts; // no rung looks at planes before it
  for (size_t i = 0; i < all->n; i++) {
    size_t zeros = mpz_scan1(all->at[i].threshold, 0);
    first = zeros < first ? zeros : first;
  }
  struct part *part = make_parts(m, all, first, &parts);
  for (size_t i = 0; i < all->n; i++)
    make_rung(m, part, parts, all->at[i].threshold,
              slot_for(m, all->at[i].bit));
  free_parts(part, parts);
}

static void make_ladder(struct maker *m, ladder_id l, uint32_t low,
                        const rung_list *all) {
  size_t top = bits_of(m->sum);
  struct count k = {.top = top, .last = top - (top > 0)};
  m->bits.n = 0;
  push_mark(m, STEP_SUM, 0);
  count_planes(m, &k, &m->bits);
  keep_base(m, l, low);
  release_read(m);
  if (all->n)
    make_rungs(m, all);
  push_mark(m, STEP_END, 0);
  give_slots(m, &m->held);
  for (size_t i = 0; i < m->bits.n; i++)
    if (!is_held(m, m->bits.at[i]))
      give_slot(m, m->bits.at[i]);
}

/* The rungs that are needed and no constants, which are settled here. */
static void find_rungs(struct maker *m, ladder_id l, uint32_t low,
                       rung_list *all) {
  mpz_t t;
  mpz_init(t);
  for (bit_id b = m->c->ladders.at[l].first_bit; b < circuit_end_bit(m->c, l);
       b++) {
    if (!m->needed[b])
      continue;
    find_threshold(m, t, b, low);
    if (mpz_sgn(t) <= 0)
      m->slot[b] = m->one;
    else if (mpz_cmp(t, m->sum) > 0)
      m->slot[b] = m->zero;
    else {
      array_push(all, (struct rung){.bit = b});
      mpz_init_set(array_last(all).threshold, t);
    }
  }
  mpz_clear(t);
}

static void make_gates(struct maker *m, ladder_id l) {
  rung_list all = {0};
  uint32_t low = read_wires(m, l);
  find_rungs(m, l, low, &all);
  if (all.n > 1 || m->bases[l].user)
    make_ladder(m, l, low, &all);
  else if (all.n)
    make_gate(m, all.at[0].bit, all.at[0].threshold);
  else
    release_read(m);
  release_base(m, l);
  for (size_t i = 0; i < all.n; i++)
    mpz_clear(all.at[i].threshold);
  array_clear(&all);
}

/* Sums that contain another: S_k = S_(k-1) + column k in a multiplier. */

enum {
  MIN_BASE = 24 // wires that it pays to share
};

static bool is_sorted(const struct circuit *c, ladder_id l) {
  for (size_t i = c->ladders.at[l].first_wire + 1u; i < circuit_end_wire(c, l);
       i++)
    if (c->wires.at[i - 1].source >= c->wires.at[i].source)
      return false;
  return true;
}

/* Is every wire of `base` one of l's? Both are sorted. With `in_base`, mark
   those. */
static bool contains(const struct circuit *c, ladder_id l, ladder_id base,
                     bool *in_base) {
  size_t i = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  for (size_t j = c->ladders.at[base].first_wire; j < circuit_end_wire(c, base);
       j++, i++) {
    struct wire w = c->wires.at[j];
    while (i < end && c->wires.at[i].source < w.source)
      i++;
    if (i == end || c->wires.at[i].source != w.source ||
        c->wires.at[i].weight != w.weight)
      return false;
    if (in_base)
      in_base[i] = true;
  }
  return true;
}

/* The last ladder that began with what l begins with is tried, so a base has
   one ladder that contains it. */
static void find_base(struct maker *m, ladder_id *reader, ladder_id l) {
  const struct circuit *c = m->c;
  size_t first = c->ladders.at[l].first_wire, end = circuit_end_wire(c, l);
  if (end - first < MIN_BASE || !is_sorted(c, l))
    return;
  source_id s = c->wires.at[first].source & ~SOURCE_VIEW;
  ladder_id base = reader[s];
  reader[s] = l;
  if (!base || !contains(c, l, base, NULL))
    return;
  contains(c, l, base, m->is_in_base);
  m->base_of[l] = base;
  m->bases[base].user = l;
}

/* The whole program */

/* The most lanes with which a block fits the second cache. More lanes in it are
   faster than fewer in the first: there is less to decode for each. */
static size_t find_words(size_t slots) {
  size_t words = 32;
  while (words > 8 && slots * words * 8 > L2_BYTES)
    words /= 2;
  return words;
}

static void note_reader(struct maker *m, ladder_id l) {
  const struct circuit *c = m->c;
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    source_id s = c->wires.at[i].source;
    if (!c->wires.at[i].weight || m->is_in_base[i])
      continue;
    if (!(s & SOURCE_VIEW)) {
      m->last[s] = l;
      continue;
    }
    ladder_id from = circuit_source_ladder(c, s);
    for (size_t j = 0; j < circuit_rungs(c, from); j++)
      if (circuit_view_steps(c, s)[j])
        m->last[c->ladders.at[from].first_bit + j] = l;
  }
}

static void maker_init(struct maker *m, const struct circuit *c,
                       struct rungs *r) {
  *m = (struct maker){.c = c, .r = r, .step = SIZE_MAX};
  m->needed = evaluate_needed(c);
  m->slot = xmalloc(c->bits.n * sizeof *m->slot);
  m->output = xmalloc(c->bits.n * sizeof *m->output);
  m->last = xcalloc(c->bits.n, sizeof *m->last);
  memset(m->slot, 0xff, c->bits.n * sizeof *m->slot);
  memset(m->output, 0xff, c->bits.n * sizeof *m->output);
  m->base_of = xcalloc(c->ladders.n, sizeof *m->base_of);
  m->bases = xcalloc(c->ladders.n, sizeof *m->bases);
  m->is_in_base = xcalloc(c->wires.n, sizeof *m->is_in_base);
  mpz_inits(m->constant, m->sum, m->negative, NULL);
  if (c->inputs.n + c->outputs.n > UINT32_MAX - 3)
    die("more than 2^32 inputs and outputs");
  for (size_t i = 0; i < c->inputs.n; i++)
    m->slot[c->inputs.at[i]] = (uint32_t)i;
  for (size_t i = c->outputs.n; i-- > 0;)
    m->output[c->outputs.at[i]] = (uint32_t)i;
  r->slots = (uint32_t)(c->inputs.n + c->outputs.n);
  m->slot[BIT_ZERO] = m->zero = r->slots++;
  m->slot[BIT_ONE] = m->one = r->one = r->slots++;
  m->trash = r->slots++;
}

static void maker_clear(struct maker *m) {
  free(m->needed);
  free(m->slot);
  free(m->output);
  free(m->last);
  free(m->base_of);
  free(m->bases);
  free(m->is_in_base);
  array_clear(&m->uses);
  mpz_clears(m->constant, m->sum, m->negative, NULL);
  array_clear(&m->unused);
  array_clear(&m->digits);
  array_clear(&m->spare);
  array_clear(&m->counts);
  array_clear(&m->read);
  array_clear(&m->bits);
  array_clear(&m->held);
  array_clear(&m->adding);
  for (size_t i = 0; i < CARRIES; i++)
    array_clear(&m->carries[i]);
}

/* Outputs that are inputs, constants or repeated. */
static void copy_outputs(struct maker *m) {
  push_mark(m, STEP_SUM, 0);
  for (size_t i = 0; i < m->c->outputs.n; i++) {
    uint32_t from = m->slot[m->c->outputs.at[i]];
    uint32_t to = (uint32_t)(m->c->inputs.n + i);
    if (from != to)
      push_step(m, STEP_OR, (uint32_t[]){to, from, m->zero});
  }
  push_mark(m, STEP_END, 0);
  push_mark(m, STEP_STOP, 0);
}

/* The order of ladders: as they are, or by level and then by shape, so that the
   machine predicts what comes next. The latter only if it keeps no more bits
   alive than costs lanes. */

struct rank {
  uint32_t level, shape;
  ladder_id ladder;
};

typedef ARRAY(struct rank) order;

/* Wires and how many of them are negative; ladders apart. */
static uint32_t shape_of(const struct circuit *c, ladder_id l) {
  size_t first = c->ladders.at[l].first_wire,
         n = circuit_end_wire(c, l) - first;
  size_t negative = 0;
  for (size_t i = 0; i < n && i < 255; i++)
    negative += integers_sign(&c->integers, c->wires.at[first + i].weight) < 0;
  n = n < 0x7fffff ? n : 0x7fffff;
  return (uint32_t)((size_t)(circuit_rungs(c, l) > 1) << 31 | n << 8 |
                    negative);
}

/* `level` has that of each ladder before. */
static uint32_t level_of(const struct maker *m, const uint32_t *level,
                         ladder_id l) {
  const struct circuit *c = m->c;
  uint32_t most = level[m->base_of[l]];
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
       i++) {
    ladder_id from = circuit_source_ladder(c, c->wires.at[i].source);
    most = level[from] > most ? level[from] : most;
  }
  return most + 1;
}

static int compare_ranks(const void *a, const void *b) {
  const struct rank *x = a, *y = b;
  if (x->level != y->level)
    return x->level < y->level ? -1 : 1;
  if (x->shape != y->shape)
    return x->shape < y->shape ? -1 : 1;
  return x->ladder < y->ladder ? -1 : x->ladder > y->ladder;
}

/* Sets m->last for this order; returns the most bits alive at once. */
static size_t find_last(struct maker *m, const order *o) {
  const struct circuit *c = m->c;
  size_t alive = 0, most = 0;
  uint32_t *deaths = xcalloc(c->ladders.n, sizeof *deaths);
  memset(m->last, 0, c->bits.n * sizeof *m->last);
  for (size_t i = 0; i < o->n; i++)
    note_reader(m, o->at[i].ladder);
  for (bit_id b = 0; b < c->bits.n; b++)
    if (circuit_is_gate(c, b))
      deaths[m->last[b]]++;
  for (size_t i = 0; i < o->n; i++) {
    ladder_id l = o->at[i].ladder;
    for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
      alive += m->last[b] != 0;
    most = alive > most ? alive : most;
    alive -= deaths[l];
  }
  free(deaths);
  return most;
}

static void find_order(struct maker *m, order *o) {
  const struct circuit *c = m->c;
  uint32_t *level = xcalloc(c->ladders.n, sizeof *level);
  order sorted = {0};
  for (ladder_id l = 1; l < c->ladders.n; l++) {
    if (circuit_is_input(c, c->ladders.at[l].first_bit) ||
        !evaluate_is_live(c, m->needed, l))
      continue;
    level[l] = level_of(m, level, l);
    array_push(o, (struct rank){level[l], shape_of(c, l), l});
  }
  free(level);
  array_reserve(&sorted, o->n + 1);
  for (size_t i = 0; i < o->n; i++)
    array_push(&sorted, o->at[i]);
  qsort(sorted.at, sorted.n, sizeof *sorted.at, compare_ranks);
  size_t before = find_last(m, o), after = find_last(m, &sorted);
  if (find_words(m->r->slots + after) < find_words(m->r->slots + before)) {
    array_clear(&sorted);
    find_last(m, o);
    return;
  }
  array_clear(o);
  *o = sorted;
}

static void find_bases(struct maker *m) {
  const struct circuit *c = m->c;
  size_t sources = c->bits.n > c->views.n ? c->bits.n : c->views.n;
  ladder_id *reader = xcalloc(sources, sizeof *reader);
  for (ladder_id l = 1; l < c->ladders.n; l++)
    if (evaluate_is_live(c, m->needed, l))
      find_base(m, reader, l);
  free(reader);
}

static void make_program(struct rungs *r, const struct circuit *c) {
  struct maker m;
  order o = {0};
  maker_init(&m, c, r);
  find_bases(&m);
  find_order(&m, &o);
  for (size_t i = 0; i < o.n; i++)
    make_gates(&m, o.at[i].ladder);
  copy_outputs(&m);
  maker_clear(&m);
  array_clear(&o);
}

/* Slots become places. */
static void place_slots(struct rungs *r) {
  if (r->e.total > UINT32_MAX)
    die("evaluating would need %zu bytes a thread", 8 * r->e.total);
  for (size_t i = 0; i < r->program.n;) {
    uint32_t word = r->program.at[i++];
    size_t n = step_record(step_kind(word)) * step_count(word);
    for (; n; n--, i++)
      r->program.at[i] *= (uint32_t)r->e.words;
  }
}

static void start(const struct evaluator *e, uint64_t *memory) {
  const struct rungs *r = (const struct rungs *)e;
  memset(memory + r->one * e->words, 0xff, 8 * e->words);
}

static void run(const struct evaluator *e, uint64_t *memory) {
  const struct rungs *r = (const struct rungs *)e;
  steps_run(r->program.at, memory, e->words, e->vector_bytes);
}

static void free_rungs(struct evaluator *e) {
  struct rungs *r = (struct rungs *)e;
  array_clear(&r->program);
  free(r);
}

struct evaluator *evaluate_rungs(const struct circuit *c) {
  struct rungs *r = xcalloc(1, sizeof *r);
  make_program(r, c);
  r->e = (struct evaluator){.inputs = c->inputs.n,
                            .outputs = c->outputs.n,
                            .vector_bytes = steps_widest(),
                            .start = start,
                            .run = run,
                            .free = free_rungs};
  r->e.words = find_words(r->slots);
  r->e.total = r->slots * r->e.words;
  place_slots(r);
  return &r->e;
}
