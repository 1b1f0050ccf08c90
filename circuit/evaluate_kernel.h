/* evaluate_kernel.h - the steps, for one width of vectors

   Included once for each width by evaluate_steps.c, which defines
     NAME(x)   x with a suffix of its own
     TARGET    the attribute of its functions
     BYTES     of a vector, and UNROLL vectors that are handled together
     XOR3(a, b, c, negated)       a ^ b ^ c, or its negation
     MAJORITY(a, b, c, not_b, not_c)
     CARRY(old, new, a, b, negated)  of a sum `old` that became `new`
     PICK(a, b, c)              a | (b & c)
     KEEP(x)                    x stays in a register
   where the nots are constants. */

typedef uint64_t NAME(vector) __attribute__((vector_size(BYTES)));

struct NAME(strip) {
  NAME(vector) at[UNROLL];
};

struct NAME(window) {
  struct NAME(strip) ones, twos, fours;
  struct NAME(strip) more[3]; // of STEP_ADD64
};

#define VECTOR NAME(vector)
#define STRIP struct NAME(strip)
#define WINDOW struct NAME(window)
#define INLINE static inline __attribute__((always_inline)) TARGET
#define EACH for (int u = 0; u < UNROLL; u++)
#define STRIP_WORDS (BYTES / 8 * UNROLL)

INLINE STRIP NAME(load)(const uint64_t *p) {
  STRIP r;
  EACH {
    r.at[u] = ((const VECTOR *)(const void *)p)[u];
    KEEP(r.at[u]);
  }
  return r;
}

INLINE void NAME(store)(uint64_t *p, STRIP x) {
  EACH((VECTOR *)(void *)p)[u] = x.at[u];
}

INLINE STRIP NAME(constant)(uint32_t bit) {
  STRIP r;
  EACH r.at[u] = (VECTOR){0} - (bit & 1);
  return r;
}

/* *sum += a + b, of which the last `negated` are negated; the carry. */
INLINE STRIP NAME(full)(STRIP *sum, STRIP a, STRIP b, int negated) {
  STRIP carry;
  EACH {
    VECTOR old = sum->at[u], new = XOR3(old, a.at[u], b.at[u], (negated == 1));
    carry.at[u] = CARRY(old, new, a.at[u], b.at[u], negated);
    sum->at[u] = new;
  }
  return carry;
}

INLINE STRIP NAME(carry)(STRIP sum, STRIP a, STRIP b, int negated) {
  STRIP carry;
  EACH carry.at[u] =
      MAJORITY(sum.at[u], a.at[u], b.at[u], (negated == 2), (negated >= 1));
  return carry;
}

INLINE STRIP NAME(half)(STRIP *sum, STRIP a) {
  STRIP carry;
  EACH {
    carry.at[u] = sum->at[u] & a.at[u];
    sum->at[u] ^= a.at[u];
  }
  return carry;
}

#define LOAD(i) NAME(load)(m + d[i])
/* Of n bits in pairs, how many of pair i are negated if the last k are. */
#define NEGATED(k, n, i)             \
  ((k) - ((n)-2 - 2 * (i)) < 0   ? 0 \
   : (k) - ((n)-2 - 2 * (i)) > 2 ? 2 \
                                 : (k) - ((n)-2 - 2 * (i)))

INLINE void NAME(add1)(uint64_t *m, const uint32_t *d, WINDOW *w, int k) {
  STRIP x = LOAD(0);
  if (k)
    EACH x.at[u] = ~x.at[u];
  STRIP c = NAME(half)(&w->ones, x);
  c = NAME(half)(&w->twos, c);
  NAME(store)(m + d[1], NAME(half)(&w->fours, c));
}

INLINE void NAME(add2)(uint64_t *m, const uint32_t *d, WINDOW *w, int k) {
  STRIP c = NAME(full)(&w->ones, LOAD(0), LOAD(1), k);
  c = NAME(half)(&w->twos, c);
  NAME(store)(m + d[2], NAME(half)(&w->fours, c));
}

INLINE STRIP NAME(quad)(const uint64_t *m, const uint32_t *d, WINDOW *w,
                        int first, int second) {
  STRIP a = NAME(full)(&w->ones, LOAD(0), LOAD(1), first);
  STRIP b = NAME(full)(&w->ones, LOAD(2), LOAD(3), second);
  return NAME(full)(&w->twos, a, b, 0);
}

INLINE void NAME(add4)(uint64_t *m, const uint32_t *d, WINDOW *w, int k) {
  STRIP c = NAME(quad)(m, d, w, NEGATED(k, 4, 0), NEGATED(k, 4, 1));
  NAME(store)(m + d[4], NAME(half)(&w->fours, c));
}

INLINE void NAME(add8)(uint64_t *m, const uint32_t *d, WINDOW *w, int k) {
  STRIP a = NAME(quad)(m, d, w, NEGATED(k, 8, 0), NEGATED(k, 8, 1));
  STRIP b = NAME(quad)(m, d + 4, w, NEGATED(k, 8, 2), NEGATED(k, 8, 3));
  NAME(store)(m + d[8], NAME(full)(&w->fours, a, b, 0));
}

/* The carry of eight bits, all or none of them negated. */
INLINE STRIP NAME(eight)(const uint64_t *m, const uint32_t *d, WINDOW *w,
                         int k) {
  STRIP a = NAME(quad)(m, d, w, 2 * k, 2 * k);
  STRIP b = NAME(quad)(m, d + 4, w, 2 * k, 2 * k);
  return NAME(full)(&w->fours, a, b, 0);
}

/* Of 32 bits. */
INLINE STRIP NAME(many)(const uint64_t *m, const uint32_t *d, WINDOW *w,
                        int k) {
  STRIP a = NAME(eight)(m, d, w, k), b = NAME(eight)(m, d + 8, w, k);
  STRIP c = NAME(full)(&w->more[0], a, b, 0);
  a = NAME(eight)(m, d + 16, w, k), b = NAME(eight)(m, d + 24, w, k);
  a = NAME(full)(&w->more[0], a, b, 0);
  return NAME(full)(&w->more[1], c, a, 0);
}

INLINE void NAME(add64)(uint64_t *m, const uint32_t *d, WINDOW *w, int k) {
  STRIP a = NAME(many)(m, d, w, k), b = NAME(many)(m, d + 32, w, k);
  NAME(store)(m + d[64], NAME(full)(&w->more[2], a, b, 0));
}

INLINE void NAME(flush)(uint64_t *m, const uint32_t *d, WINDOW *w) {
  for (int i = 0; i < 3; i++) {
    NAME(store)(m + d[i], w->more[i]);
    w->more[i] = NAME(constant)(0);
  }
}

INLINE void NAME(gate2)(uint64_t *m, const uint32_t *d, int k) {
  NAME(store)(m + d[0], NAME(carry)(LOAD(1), LOAD(2), LOAD(3), k));
}

INLINE void NAME(gate4)(uint64_t *m, const uint32_t *d, int k) {
  STRIP ones = LOAD(1);
  STRIP a = NAME(full)(&ones, LOAD(3), LOAD(4), NEGATED(k, 4, 0));
  STRIP b = NAME(carry)(ones, LOAD(5), LOAD(6), NEGATED(k, 4, 1));
  NAME(store)(m + d[0], NAME(carry)(LOAD(2), a, b, 0));
}

INLINE void NAME(gate8)(uint64_t *m, const uint32_t *d, int k) {
  WINDOW w = {.ones = LOAD(1), .twos = LOAD(2), .fours = LOAD(3)};
  STRIP a = NAME(quad)(m, d + 4, &w, NEGATED(k, 8, 0), NEGATED(k, 8, 1));
  d += 8;
  STRIP b = NAME(full)(&w.ones, LOAD(0), LOAD(1), NEGATED(k, 8, 2));
  STRIP c = NAME(carry)(w.ones, LOAD(2), LOAD(3), NEGATED(k, 8, 3));
  STRIP e = NAME(carry)(w.twos, b, c, 0);
  NAME(store)(m + d[-8], NAME(carry)(w.fours, a, e, 0));
}

INLINE void NAME (and)(uint64_t *m, const uint32_t *d) {
  STRIP a = LOAD(1), b = LOAD(2);
  EACH a.at[u] &= b.at[u];
  NAME(store)(m + d[0], a);
}

INLINE void NAME(or)(uint64_t *m, const uint32_t *d) {
  STRIP a = LOAD(1), b = LOAD(2);
  EACH a.at[u] |= b.at[u];
  NAME(store)(m + d[0], a);
}

INLINE void NAME(pick)(uint64_t *m, const uint32_t *d) {
  STRIP a = LOAD(1), b = LOAD(2), c = LOAD(3);
  EACH a.at[u] = PICK(a.at[u], b.at[u], c.at[u]);
  NAME(store)(m + d[0], a);
}

INLINE void NAME(any)(const uint64_t *m, const uint32_t *d, WINDOW *w,
                      int negated) {
  STRIP a = LOAD(0);
  EACH w->ones.at[u] |= negated ? ~a.at[u] : a.at[u];
}

INLINE void NAME(slide)(WINDOW *w, uint32_t bit) {
  w->ones = w->twos;
  w->twos = w->fours;
  w->fours = NAME(constant)(bit);
}

INLINE void NAME(set)(WINDOW *w, uint32_t bits) {
  w->ones = NAME(constant)(bits);
  w->twos = NAME(constant)(bits >> 1);
  w->fours = NAME(constant)(bits >> 2);
}

/* The records of a step; p is left behind the last. */
#define CASE(kind, size, call)                               \
  case kind:                                                 \
    for (uint32_t n = step_count(word); n; n--, p += (size)) \
      call;                                                  \
    break
#define CASE_ADD(n, k) \
  CASE(STEP_ADD##n + (k), (n) + 1, NAME(add##n)(m, p, &w, k))

/* One strip of a sum; returns where STEP_END was. */
static TARGET const uint32_t *NAME(sum)(const uint32_t *p, uint64_t *m) {
  WINDOW w;
  NAME(set)(&w, 0);
  for (int i = 0; i < 3; i++)
    w.more[i] = w.ones;
  for (;;) {
    uint32_t word = *p++;
    switch (step_kind(word)) {
    case STEP_END:
      return p;
    case STEP_SET:
      NAME(set)(&w, step_count(word));
      break;
    case STEP_SLIDE:
      NAME(slide)(&w, step_count(word));
      break;
      CASE(STEP_STORE, 1, NAME(store)(m + *p, w.ones));
      CASE(STEP_ANY, 1, NAME(any)(m, p, &w, 0));
      CASE(STEP_NOT, 1, NAME(any)(m, p, &w, 1));
      CASE(STEP_AND, 3, NAME(and)(m, p));
      CASE(STEP_OR, 3, NAME(or)(m, p));
      CASE(STEP_PICK, 4, NAME(pick)(m, p));
      CASE_ADD(1, 0);
      CASE_ADD(1, 1);
      CASE_ADD(2, 0);
      CASE_ADD(2, 1);
      CASE_ADD(2, 2);
      CASE_ADD(4, 0);
      CASE_ADD(4, 1);
      CASE_ADD(4, 2);
      CASE_ADD(4, 3);
      CASE_ADD(4, 4);
      CASE_ADD(8, 0);
      CASE_ADD(8, 1);
      CASE_ADD(8, 2);
      CASE_ADD(8, 3);
      CASE_ADD(8, 4);
      CASE_ADD(8, 5);
      CASE_ADD(8, 6);
      CASE_ADD(8, 7);
      CASE_ADD(8, 8);
      CASE_ADD(64, 0);
      CASE_ADD(64, 1);
      CASE(STEP_FLUSH, 3, NAME(flush)(m, p, &w));
    default:
      BUG("step %u in a sum", (unsigned)word);
    }
  }
}
#undef CASE

#define CASE(kind, size, call)                                         \
  case kind:                                                           \
    for (uint32_t n = step_count(word); n; n--, p += (size))           \
      for (uint64_t *m = memory; m < memory + words; m += STRIP_WORDS) \
        call;                                                          \
    break
#define CASE_GATE2(k) CASE(STEP_GATE2 + (k), 4, NAME(gate2)(m, p, k))
#define CASE_GATE4(k) CASE(STEP_GATE4 + (k), 7, NAME(gate4)(m, p, k))
#define CASE_GATE8(k) CASE(STEP_GATE8 + (k), 12, NAME(gate8)(m, p, k))

static TARGET void NAME(run)(const uint32_t *p, uint64_t *memory,
                             size_t words) {
  for (;;) {
    uint32_t word = *p++;
    switch (step_kind(word)) {
    case STEP_STOP:
      return;
    case STEP_SUM: {
      const uint32_t *first = p;
      for (size_t at = 0; at < words; at += STRIP_WORDS)
        p = NAME(sum)(first, memory + at);
      break;
    }
      CASE_GATE2(0);
      CASE_GATE2(1);
      CASE_GATE2(2);
      CASE_GATE4(0);
      CASE_GATE4(1);
      CASE_GATE4(2);
      CASE_GATE4(3);
      CASE_GATE4(4);
      CASE_GATE8(0);
      CASE_GATE8(1);
      CASE_GATE8(2);
      CASE_GATE8(3);
      CASE_GATE8(4);
      CASE_GATE8(5);
      CASE_GATE8(6);
      CASE_GATE8(7);
      CASE_GATE8(8);
    default:
      BUG("step %u outside of a sum", (unsigned)word);
    }
  }
}

#undef CASE
#undef CASE_ADD
#undef CASE_GATE2
#undef CASE_GATE4
#undef CASE_GATE8
#undef NEGATED
#undef LOAD
#undef VECTOR
#undef STRIP
#undef WINDOW
#undef INLINE
#undef EACH
#undef STRIP_WORDS
