#include "circuit/evaluate_planes.h"
#include "circuit/evaluate_steps.h"

#include <string.h>

void counter_clear(struct counter *c) {
  for (size_t i = 0; i < PLANES_CARRIES; i++)
    array_clear(&c->carries[i]);
  array_clear(&c->adding);
}

/* Carries */

static slot_list *carries_to(struct counter *c, size_t plane) {
  return &c->carries[plane % PLANES_CARRIES];
}

static bool has_carries(const struct counter *c) {
  for (size_t i = 0; i < PLANES_CARRIES; i++)
    if (c->carries[i].n)
      return true;
  return false;
}

/* A slot for a carry that goes up so many planes. */
static uint32_t carry_slot(struct counter *c, const struct planes *p,
                           size_t up) {
  if (p->plane + up > p->last)
    return c->code->trash;
  uint32_t slot = code_take(c->code);
  array_push(carries_to(c, p->plane + up), slot);
  return slot;
}

void planes_give_carries(struct counter *c, const struct planes *p) {
  code_give_all(c->code, carries_to(c, p->plane));
}

/* The window */

static unsigned bias_bit(const struct planes *p, size_t plane) {
  return p->bias ? (unsigned)mpz_tstbit(p->bias, plane) : 0;
}

static void set_window(struct counter *c, struct planes *p) {
  p->most = bias_bit(p, p->plane) | bias_bit(p, p->plane + 1) << 1 |
            bias_bit(p, p->plane + 2) << 2;
  code_mark(c->code, STEP_SET, p->most);
}

static void slide_window(struct counter *c, struct planes *p) {
  unsigned bit = bias_bit(p, p->plane + 3);
  code_mark(c->code, STEP_SLIDE, bit);
  p->most = p->most >> 1 | bit << 2;
  p->plane++;
}

/* One plane */

static size_t plane_size(struct counter *c, const struct planes *p) {
  size_t n = p->digit;
  while (n < p->digits->all.n && p->digits->all.at[n].key / 2 == p->plane)
    n++;
  return n - p->digit + carries_to(c, p->plane)->n;
}

size_t planes_gather(struct counter *c, struct planes *p) {
  const struct digit *at = p->digits->all.at;
  const slot_list *carries = carries_to(c, p->plane);
  size_t i = p->digit, n = p->digits->all.n, negated = 0;
  for (; i < n && at[i].key == 2 * p->plane; i++)
    array_push(&c->adding, at[i].slot);
  for (size_t j = 0; j < carries->n; j++)
    array_push(&c->adding, carries->at[j]);
  for (; i < n && at[i].key == 2 * p->plane + 1; i++, negated++)
    array_push(&c->adding, at[i].slot);
  p->digit = i;
  return negated;
}

/* Zeros to put before n bits so that eights and at most one 1, 2 or 4 will do.
 */
static size_t padding(size_t n) {
  size_t r = n % 8;
  return r >= 5 ? 8 - r : r == 3;
}

/* Add bits [from..from + n) of c->adding, the last `negated` of them negated;
   n is 1, 2, 4 or 8. */
static void add_few(struct counter *c, struct planes *p, size_t from, size_t n,
                    size_t negated) {
  static const uint32_t kinds[] = {
      [1] = STEP_ADD1, [2] = STEP_ADD2, [4] = STEP_ADD4, [8] = STEP_ADD8};
  uint32_t record[9];
  memcpy(record, c->adding.at + from, n * sizeof *record);
  record[n] = p->most + n < 8 ? c->code->trash : carry_slot(c, p, 3);
  p->most = p->most + n < 8 ? p->most + (unsigned)n : 7;
  code_step(c->code, kinds[n] + (uint32_t)negated, record);
}

/* From bit `done` on as many 64s as there are before the sign changes, if they
   are two or more; returns where they end. */
static size_t add_many(struct counter *c, struct planes *p, size_t done,
                       size_t positive) {
  size_t end = done < positive ? positive : c->adding.n;
  if (end - done < 128)
    return done;
  for (; end - done >= 64; done += 64) {
    uint32_t record[65];
    memcpy(record, c->adding.at + done, 64 * sizeof *record);
    record[64] = carry_slot(c, p, 6);
    code_step(c->code, STEP_ADD64 + (done >= positive), record);
  }
  uint32_t flush[3];
  for (size_t i = 0; i < 3; i++)
    flush[i] = carry_slot(c, p, 3 + i);
  code_step(c->code, STEP_FLUSH, flush);
  p->most = 7;
  return done;
}

static void add_plane(struct counter *c, struct planes *p) {
  c->adding.n = 0;
  for (size_t pad = padding(plane_size(c, p)); pad; pad--)
    array_push(&c->adding, c->code->zero);
  size_t negated = planes_gather(c, p), n = c->adding.n;
  size_t positive = n - negated;
  for (size_t done = 0, size = n % 8; done < n; done += size, size = 8) {
    if (size == 0)
      continue;
    if (size == 8 && (done = add_many(c, p, done, positive)) == n)
      break;
    size_t end = done + size, here = end <= positive ? 0 : end - positive;
    add_few(c, p, done, size, here < size ? here : size);
  }
  planes_give_carries(c, p);
}

/* All planes */

/* The lowest planes that are nothing but a held bit each, of a sum that this
   one contains. */
static void share_planes(struct counter *c, struct planes *p, slot_list *bits) {
  const struct digit *at = p->digits->all.at;
  while (p->plane < p->top && plane_size(c, p) == 1 &&
         at[p->digit].key == 2 * p->plane &&
         code_is_held(c->code, at[p->digit].slot)) {
    array_push(bits, at[p->digit++].slot);
    p->plane++;
  }
}

/* The next plane in which more happens than that bits of the bias come down,
   if the window holds nothing else. */
static size_t next_plane(const struct counter *c, const struct planes *p,
                         size_t quiet) {
  size_t next = p->digit < p->digits->all.n
                    ? p->digits->all.at[p->digit].key / 2
                    : p->top;
  if (quiet < 3 || has_carries(c) || next <= p->plane)
    return p->plane;
  return next < p->top ? next : p->top;
}

static void skip_planes(struct counter *c, struct planes *p, size_t next,
                        slot_list *bits) {
  p->plane = next;
  set_window(c, p);
  while (bits && bits->n < next)
    array_push(bits, c->code->zero);
}

static void push_bit(struct counter *c, const struct planes *p,
                     slot_list *bits) {
  array_push(bits, p->most ? code_take(c->code) : c->code->zero);
  if (p->most)
    code_step(c->code, STEP_STORE, &array_last(bits));
}

void planes_count(struct counter *c, struct planes *p, slot_list *bits) {
  size_t quiet = 0; // planes in a row without digits or carries
  if (bits)
    share_planes(c, p, bits);
  set_window(c, p);
  while (p->plane < p->top) {
    bool is_quiet = plane_size(c, p) == 0;
    quiet = is_quiet ? quiet + 1 : 0;
    size_t next = next_plane(c, p, quiet);
    if (next > p->plane) {
      skip_planes(c, p, next, bits);
      quiet = 0;
      continue;
    }
    if (!is_quiet)
      add_plane(c, p);
    if (bits)
      push_bit(c, p, bits);
    slide_window(c, p);
  }
}
