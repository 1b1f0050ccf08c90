/* How fast circuits are evaluated, against a kernel that only adds.

   Everything is run in turn, ROUNDS times, in one process, and the medians are
   compared: a machine that is busy elsewhere slows all of them alike. Not a
   test; nothing here is checked.

     make bench */
#include "circuit/evaluate.h"
#include "circuit/vectors.h"
#include "compile/arithmetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __x86_64__
#  include <immintrin.h>
#endif

enum {
  MAX_CASES = 32,
  TURNS = 9
};

struct bench {
  const char *name;
  double (*time)(const struct bench *b); // seconds of a turn
  double work;                           // of a turn
  const char *unit;
  struct circuit c;
  struct evaluator *e;
  struct evaluator_block *block;
  int repeat, threads;
  uint64_t vectors; // of a run with inputs made; 0: one block, again and again
  size_t lines;     // of the kernel: 64 bytes each
  double seconds[TURNS];
};

static struct bench cases[MAX_CASES];
static size_t n_cases;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t draw(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed * UINT64_C(0x2545f4914f6cdd1d) >> 20;
}

/* The kernel: carry-save adders, eight bits that an index names at a time, the
   carries stored. As fast as a sum can be counted. */

static uint64_t *lines;
static uint32_t *places;
#define PLACES 8192

#ifdef __x86_64__
#  define ADD(s, a, b, carry)                          \
    (carry = _mm512_ternarylogic_epi64(s, a, b, 0xe8), \
     s = _mm512_ternarylogic_epi64(s, a, b, 0x96))
#  define LINE(i) _mm512_load_si512((const void *)(lines + place[i]))

__attribute__((target("avx512f"))) static void add_lines(void) {
  __m512i one = _mm512_setzero_si512(), two = one, four = one, a, b, c, d, e;
  uint64_t *to = lines;
  for (const uint32_t *place = places; place < places + PLACES; place += 8) {
    ADD(one, LINE(0), LINE(1), a);
    ADD(one, LINE(2), LINE(3), b);
    ADD(two, a, b, c);
    ADD(one, LINE(4), LINE(5), a);
    ADD(one, LINE(6), LINE(7), b);
    ADD(two, a, b, d);
    ADD(four, c, d, e);
    _mm512_store_si512((void *)(to + (place - places) % 256), e);
  }
  _mm512_store_si512((void *)lines, _mm512_xor_si512(one, two));
}

static bool has_kernel(void) {
  return __builtin_cpu_supports("avx512f");
}
#else
static void add_lines(void) {
}
static bool has_kernel(void) {
  return false;
}
#endif

static double time_kernel(const struct bench *b) {
  uint64_t seed = 3;
  for (size_t i = 0; i < PLACES; i++)
    places[i] = (uint32_t)(8 * (draw(&seed) % b->lines));
  add_lines();
  double start = now();
  for (int i = 0; i < b->repeat; i++)
    add_lines();
  return now() - start;
}

/* Circuits */

static double time_blocks(const struct bench *b) {
  evaluator_block_run(b->e, b->block);
  double start = now();
  for (int i = 0; i < b->repeat; i++)
    evaluator_block_run(b->e, b->block);
  return now() - start;
}

struct run {
  struct vectors vectors;
  uint64_t ones;
};

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  (void)context, (void)first, (void)count, (void)words, (void)in, (void)out;
  return true;
}

static double time_run(const struct bench *b) {
  struct run r = {.ones = 0};
  struct evaluator_job job = {vectors_fill, take, &r, false};
  vectors_init(&r.vectors, &b->c, VECTORS_RANDOM, 1);
  double start = now();
  evaluator_run(b->e, b->vectors, b->threads, &job);
  double seconds = now() - start;
  vectors_clear(&r.vectors);
  return seconds;
}

static struct bench *add_case(const char *name, const char *unit) {
  struct bench *b = &cases[n_cases++];
  b->name = name;
  b->unit = unit;
  circuit_init(&b->c);
  return b;
}

/* `work` of one vector. */
static void finish(struct bench *b, enum evaluation how, double work) {
  b->e = evaluator_new(&b->c, how);
  b->block = evaluator_block_new(b->e);
  double lanes = 64 * (double)evaluator_words(b->e);
  if (b->vectors) {
    b->time = time_run;
    b->work = work * (double)b->vectors;
  } else {
    b->time = time_blocks;
    b->repeat = 1;
    b->repeat += (int)(0.02 / (time_blocks(b) + 1e-9));
    b->work = work * lanes * b->repeat;
  }
}

static void kernel_case(const char *name, size_t n) {
  struct bench *b = add_case(name, "digits");
  b->lines = n;
  b->repeat = 400;
  b->time = time_kernel;
  b->work = 512.0 * PLACES * b->repeat;
}

/* Digits of w that are not 0, in the fewest signed binary ones. */
static int digits_of(long w) {
  unsigned long x = (unsigned long)labs(w);
  return __builtin_popcountl((3 * x) ^ x);
}

/* Layers of gates or ladders over random bits of the layer before. */
static void layers_case(const char *name, size_t inputs, size_t layers,
                        size_t sums, size_t fan_in, long most, size_t rungs) {
  struct bench *b = add_case(name, rungs > 1 ? "gates" : "digits");
  uint64_t seed = 12345;
  double digits = 0;
  for (size_t i = 0; i < inputs; i++)
    circuit_add_input(&b->c);
  bit_id from = 2, end = (bit_id)b->c.bits.n;
  for (size_t l = 0; l < layers; l++, from = end, end = (bit_id)b->c.bits.n)
    for (size_t s = 0; s < sums; s++) {
      long total = 0;
      for (size_t i = 0; i < fan_in; i++) {
        long w = most == 1 ? 1 : (long)(draw(&seed) % (uint64_t)most) + 1;
        w = draw(&seed) & 1 ? w : -w;
        total += labs(w);
        digits += digits_of(w);
        circuit_add_wire_si(&b->c, from + (bit_id)(draw(&seed) % (end - from)),
                            w);
      }
      ARRAY(integer_id) t = {0};
      for (size_t i = 0; i < rungs; i++)
        array_push(&t,
                   integers_add_si(&b->c.integers,
                                   rungs == 1 ? 1
                                              : (long)i * total / (long)rungs -
                                                    total / 2));
      circuit_add_ladder(&b->c, t.at, t.n);
      array_clear(&t);
    }
  for (bit_id i = from; i < end; i++)
    circuit_add_output(&b->c, i);
  finish(b, EVALUATE_RUNGS,
         rungs > 1 ? (double)(layers * sums * rungs) : digits);
}

static void majority_case(const char *name, uint64_t vectors, int threads) {
  struct bench *b = add_case(name, vectors ? "vectors" : "digits");
  for (int i = 0; i < 1001; i++)
    circuit_add_input(&b->c);
  for (size_t i = 0; i < 1001; i++)
    circuit_add_wire_si(&b->c, b->c.inputs.at[i], 1);
  circuit_add_output(&b->c, circuit_add_gate_si(&b->c, 501));
  b->vectors = vectors;
  b->threads = threads;
  finish(b, EVALUATE_RUNGS, vectors ? 1 : 1001);
}

static void input_number(struct circuit *c, struct number *x, unsigned width) {
  struct number bit;
  number_init(&bit);
  for (unsigned i = 0; i < width; i++) {
    number_set_bit(c, &bit, circuit_add_input(c));
    mpz_t w;
    mpz_init_set_ui(w, 1);
    mpz_mul_2exp(w, w, i);
    number_push(c, x, &bit, w);
    mpz_clear(w);
  }
  number_settle(c, x);
  number_clear(&bit);
}

static void multiply_case(const char *name, unsigned n, uint64_t vectors,
                          int threads) {
  struct bench *b = add_case(name, "vectors");
  struct number *x = numbers_new(3), *bit = numbers_new(2 * n);
  input_number(&b->c, &x[0], n);
  input_number(&b->c, &x[1], n);
  number_mul(&b->c, &x[2], &x[0], &x[1]);
  number_bits(&b->c, bit, &x[2], 2 * n);
  for (unsigned i = 0; i < 2 * n; i++)
    circuit_add_output(&b->c, number_physical(&b->c, &bit[i]));
  numbers_free(x, 3);
  numbers_free(bit, 2 * n);
  b->vectors = vectors;
  b->threads = threads;
  finish(b, EVALUATE_RUNGS, 1);
}

static void ands_case(const char *name, size_t inputs, size_t gates) {
  struct bench *b = add_case(name, "gates");
  uint64_t seed = 5;
  for (size_t i = 0; i < inputs; i++)
    circuit_add_input(&b->c);
  for (size_t i = 0; i < gates; i++) {
    long negative = 0;
    for (int j = 0; j < 2; j++) {
      bool is_negated = draw(&seed) & 1;
      size_t back = 1 + draw(&seed) % 400 % (b->c.bits.n - 2);
      circuit_add_wire_si(&b->c, (bit_id)(b->c.bits.n - back),
                          is_negated ? -1 : 1);
      negative += is_negated;
    }
    circuit_add_gate_si(&b->c, 2 - negative);
  }
  for (size_t i = 1; i <= 200; i++)
    circuit_add_output(&b->c, (bit_id)(b->c.bits.n - i));
  finish(b, EVALUATE_RUNGS, (double)gates);
}

/* A network of 8-bit neurons, requantised by ladders of 255 rungs. */
static void network_case(const char *name, uint64_t vectors, int threads) {
  static const size_t sizes[] = {64, 48, 32, 10};
  struct bench *b = add_case(name, "vectors");
  struct circuit *c = &b->c;
  uint64_t seed = 9;
  source_id from[64];
  integer_id steps[255];
  for (size_t i = 0; i < 64 * 8; i++)
    circuit_add_input(c);
  circuit_add_input_bus(c, "x", 64, 8, false);
  for (size_t i = 0; i < 255; i++)
    steps[i] = 1;
  for (size_t l = 1; l < 4; l++) {
    source_id to[64];
    for (size_t j = 0; j < sizes[l]; j++) {
      for (size_t i = 0; i < sizes[l - 1]; i++) {
        long w = (long)(draw(&seed) % 255) - 127;
        if (l == 1)
          for (bit_id k = 0; k < 8; k++)
            circuit_add_wire_si(c, (bit_id)(2 + 8 * i) + k, w << k);
        else
          circuit_add_wire_si(c, from[i], w);
      }
      integer_id t[255];
      for (long i = 0; i < 255; i++)
        t[i] = integers_add_si(&c->integers, (i - 127) * 1237);
      bit_id first = circuit_add_ladder(c, t, 255);
      to[j] = circuit_view(c, (ladder_id)c->ladders.n - 1, steps);
      if (l == 3)
        circuit_add_output(c, first + 127);
    }
    memcpy(from, to, sizeof from);
  }
  b->vectors = vectors;
  b->threads = threads;
  finish(b, EVALUATE_LADDERS, 1);
}

static integer_id draw_bits(struct circuit *c, uint64_t *seed, unsigned bits) {
  mpz_t z;
  mpz_init(z);
  for (unsigned i = 0; i < bits; i += 32) {
    mpz_mul_2exp(z, z, 32);
    mpz_add_ui(z, z, draw(seed) & 0xffffffff);
  }
  mpz_fdiv_r_2exp(z, z, bits);
  integer_id id = integers_add(&c->integers, z);
  mpz_clear(z);
  return id;
}

/* 64 ladders of so many rungs, and 32 sums that read all of them through tables
   with so many bits in an entry, and as many rungs. */
static void tables_case(const char *name, unsigned entry, unsigned weight,
                        size_t rungs) {
  struct bench *b = add_case(name, "vectors");
  struct circuit *c = &b->c;
  uint64_t seed = 77;
  source_id view[64];
  integer_id id[1024];
  for (size_t i = 0; i < 32 * 8; i++)
    circuit_add_input(c);
  circuit_add_input_bus(c, "x", 32, 8, false);
  for (size_t i = 0; i < 64; i++) {
    for (size_t j = 0; j < 32; j++)
      circuit_add_wire_si(c, c->inputs.at[(i / 4 * 8 + j) % 256], 1L << j % 8);
    for (size_t j = 0; j < rungs; j++)
      id[j] = integers_add_si(&c->integers, (long)((j + 1) * 1020 / rungs));
    circuit_add_ladder(c, id, rungs);
    for (size_t j = 0; j < rungs; j++)
      id[j] = draw_bits(c, &seed, entry);
    view[i] = circuit_view(c, (ladder_id)c->ladders.n - 1, id);
  }
  for (size_t i = 0; i < 32; i++) {
    for (size_t j = 0; j < 64; j++)
      circuit_add_wire_id(c, view[j], draw_bits(c, &seed, weight));
    mpz_t t;
    mpz_init(t);
    for (size_t j = 0; j < rungs; j++) {
      mpz_set_ui(t, j + 1);
      mpz_mul_2exp(t, t, entry + weight + 6);
      mpz_fdiv_q_ui(t, t, rungs);
      id[j] = integers_add(&c->integers, t);
    }
    mpz_clear(t);
    circuit_add_output(c, circuit_add_ladder(c, id, rungs) + (bit_id)rungs / 2);
  }
  finish(b, EVALUATE_LADDERS, 1);
}

static int compare(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static double rate(const struct bench *b) {
  return b->work / b->seconds[TURNS / 2];
}

static void print(void) {
  printf("%-34s %10s %9s %9s\n", "case", "per s", "L1 kernel", "L2 kernel");
  for (size_t i = 0; i < n_cases; i++) {
    const struct bench *b = &cases[i];
    printf("%-34s %10.3g ", b->name, rate(b));
    if (has_kernel() && !strcmp(b->unit, "digits"))
      printf("%8.0f%% %8.0f%%", 100 * rate(b) / rate(&cases[0]),
             100 * rate(b) / rate(&cases[1]));
    else
      printf("%19s", "");
    printf(" %s", b->unit);
    if (b->e)
      printf(", %zu lanes, %zu KiB", 64 * evaluator_words(b->e),
             evaluator_block_bytes(b->e) >> 10);
    putchar('\n');
  }
}

static void make_cases(void) {
  if (has_kernel()) {
    kernel_case("kernel, 16 KiB", 256);
    kernel_case("kernel, 512 KiB", 8192);
  }
  layers_case("fan-in 8, 1, L1", 100, 3, 60, 8, 1, 1);
  layers_case("fan-in 8, 1", 1000, 3, 1000, 8, 1, 1);
  layers_case("fan-in 64, 1, L1", 100, 3, 60, 64, 1, 1);
  layers_case("fan-in 64, 1", 1000, 3, 1000, 64, 1, 1);
  layers_case("fan-in 1024, 1, L1", 100, 3, 60, 1024, 1, 1);
  layers_case("fan-in 1024, 1", 1000, 3, 1000, 1024, 1, 1);
  layers_case("fan-in 8, 127, L1", 100, 3, 60, 8, 127, 1);
  layers_case("fan-in 64, 127, L1", 100, 3, 60, 64, 127, 1);
  layers_case("fan-in 64, 127", 1000, 3, 1000, 64, 127, 1);
  layers_case("fan-in 1024, 127", 1000, 3, 1000, 1024, 127, 1);
  layers_case("fan-in 64, 1, 16 rungs", 1000, 2, 60, 64, 1, 16);
  layers_case("fan-in 64, 127, 255 rungs", 1000, 2, 10, 64, 127, 255);
  layers_case("fan-in 8, 127, 255 rungs", 1000, 2, 10, 8, 127, 255);
  ands_case("random ANDs, L1", 100, 10000);
  ands_case("random ANDs, a million", 1000, 1000000);
  majority_case("majority 1001, given inputs", 0, 1);
  majority_case("majority 1001, random, 1 thread", 1 << 18, 1);
  majority_case("majority 1001, random, 2 threads", 1 << 18, 2);
  multiply_case("multiply 64, given inputs", 64, 0, 1);
  multiply_case("multiply 64, random, 1 thread", 64, 1 << 17, 1);
  multiply_case("multiply 64, random, 2 threads", 64, 1 << 17, 2);
  network_case("network 64-48-32-10, 1 thread", 1 << 15, 1);
  network_case("network 64-48-32-10, 2 threads", 1 << 15, 2);
  tables_case("64 tables of 15 bits * 200, 250", 15, 200, 250);
  tables_case("64 tables of 15 bits * 200, 500", 15, 200, 500);
  tables_case("64 tables of 200 bits, 250", 200, 2, 250);
  tables_case("64 tables of 200 bits, 500", 200, 2, 500);
}

int main(void) {
  lines = aligned_alloc(64, 64 * 8192);
  places = malloc(PLACES * sizeof *places);
  if (!lines || !places)
    return 3;
  memset(lines, 0x5a, 64 * 8192);
  make_cases();
  for (size_t turn = 0; turn < TURNS; turn++)
    for (size_t i = 0; i < n_cases; i++)
      cases[i].seconds[turn] = cases[i].time(&cases[i]);
  for (size_t i = 0; i < n_cases; i++)
    qsort(cases[i].seconds, TURNS, sizeof(double), compare);
  print();
  for (size_t i = 0; i < n_cases; i++) {
    evaluator_block_free(cases[i].block);
    evaluator_free(cases[i].e);
    circuit_clear(&cases[i].c);
  }
  free(lines);
  free(places);
  return 0;
}
