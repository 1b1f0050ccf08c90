#include "analysis/theorems.h"
#include "analysis/source.h"
#include "circuit/array.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const theorem_weights_names[THEOREM_WEIGHTS] = {"polynomial",
                                                            "exponential"};

const char *const bound_status_names[BOUND_STATUSES] = {"proved", "conditional",
                                                        "open", "none known"};

/* ---- The table ---- */

#define SIU_ROYCHOWDHURY "Siu and Roychowdhury 1994"
#define SIU_ROYCHOWDHURY_KAILATH "Siu, Roychowdhury and Kailath 1991"
#define MINNICK "Minnick 1961"
#define REIF_TATE "Reif and Tate 1992, to within 2^(-n^c)"
#define HAJNAL "Hajnal, Maass, Pudlak, Szegedy and Turan 1993"
#define SORTING "Siu, Bruck, Kailath and Hofmeister 1993"

/* A proof, as inputs of a gate that are fixed leave a gate. */
#define NO_GATE "no gate is x1 xor x2: w1, w2 >= t > 0 give w1 + w2 >= t"
#define LOWEST_BIT                                                             \
  {                                                                            \
    BOUND_PROVED,                                                              \
        "not depth 1, for two numbers or more: the lowest bit is a parity of " \
        "bits",                                                                \
        NO_GATE, NULL                                                          \
  }

#define INNER_PRODUCT \
  "not depth 2 with polynomial weights: inner product mod 2 reduces to it"
#define LARGE_WEIGHTS "depth 2 with exponential weights"
#define NONE_KNOWN \
  { BOUND_NONE, NULL, NULL, NULL }

#define TABLE "at most about 2^n gates, which is exponential"

/* Only what was read in its source, was computed, or is proved in the row. */
/* clang-format off */
const struct theorem theorems[] = {
    {"addition",
     {{2, 2}, "Alon and Bruck 1994; Ramos and Bohorquez 1999"},
     {"add n=N", WEIGHTS_EXPONENTIAL, NULL},
     LOWEST_BIT},
    {"addition, polynomial weights",
     {{2, 0}, "Alon and Bruck 1994"},
     {"add n=N weights=poly", WEIGHTS_POLYNOMIAL, NULL},
     LOWEST_BIT},
    {"comparison",
     {{2, 1}, "Siu and Bruck; Alon and Bruck 1994"},
     {"compare n=N", WEIGHTS_EXPONENTIAL, NULL},
     {BOUND_PROVED, "not depth 1 with polynomial weights",
      "Siu and Bruck; Alon and Bruck 1994", NULL}},
    {"division by a constant",
     {{0, 0}, NULL},
     {"divide n=N m=10", WEIGHTS_EXPONENTIAL, NULL},
     NONE_KNOWN},
    {"division, digit by digit",
     {{3, 0}, SIU_ROYCHOWDHURY},
     {"divide n=N", WEIGHTS_EXPONENTIAL, "about 3.5 * 2^(n/2) gates, which is exponential"},
     {BOUND_PROVED, INNER_PRODUCT, HAJNAL "; " SIU_ROYCHOWDHURY,
      LARGE_WEIGHTS}},
    {"division, polynomial size",
     {{3, 0}, SIU_ROYCHOWDHURY},
     {"divide n=N method=poly", WEIGHTS_EXPONENTIAL, NULL},
     {BOUND_PROVED, INNER_PRODUCT, HAJNAL "; " SIU_ROYCHOWDHURY,
      LARGE_WEIGHTS}},
    {"exponential function",
     {{0, 0}, REIF_TATE},
     {"exp bits=N out=N", WEIGHTS_EXPONENTIAL, TABLE},
     NONE_KNOWN},
    {"iterated product",
     {{4, 0}, SIU_ROYCHOWDHURY},
     {"product m=H n=H", WEIGHTS_EXPONENTIAL, NULL},
     {BOUND_PROVED,
      "not depth 2 with polynomial weights: multiplication is a case of it",
      HAJNAL "; " SIU_ROYCHOWDHURY, "depth 3; depth 2 with exponential weights"}},
    {"iterated sum",
     {{2, 0}, SIU_ROYCHOWDHURY},
     {"sum m=N n=N", WEIGHTS_EXPONENTIAL, NULL},
     LOWEST_BIT},
    {"logarithm",
     {{0, 0}, REIF_TATE},
     {"log bits=N out=N", WEIGHTS_EXPONENTIAL, TABLE},
     NONE_KNOWN},
    {"majority",
     {{1, 0}, "by definition"},
     {"majority n=N", WEIGHTS_POLYNOMIAL, NULL},
     {BOUND_PROVED, "not depth 0 for n >= 2: that is an input or a constant",
      "by definition", NULL}},
    {"maximum",
     {{3, 0}, "Alon and Bruck 1994"},
     {"max m=N n=N", WEIGHTS_EXPONENTIAL, NULL},
     NONE_KNOWN},
    {"multiplication",
     {{3, 0}, SIU_ROYCHOWDHURY},
     {"multiply n=N", WEIGHTS_EXPONENTIAL, NULL},
     {BOUND_PROVED, INNER_PRODUCT, HAJNAL, LARGE_WEIGHTS}},
    {"multiplication, polynomial weights",
     {{3, 0}, SIU_ROYCHOWDHURY},
     {"multiply n=N weights=poly", WEIGHTS_POLYNOMIAL, NULL},
     {BOUND_PROVED, INNER_PRODUCT, HAJNAL, LARGE_WEIGHTS}},
    {"parity",
     {{2, 0}, MINNICK},
     {"parity n=N", WEIGHTS_POLYNOMIAL, NULL},
     {BOUND_PROVED, "not depth 1, for n >= 2", NO_GATE, NULL}},
    {"parity, at most depth 3",
     {{3, 0}, SIU_ROYCHOWDHURY_KAILATH},
     {"parity n=N depth=3", WEIGHTS_POLYNOMIAL, NULL},
     {BOUND_PROVED, "at depth 3 at least (n/2)^(1/4) gates, of any weights",
      "Impagliazzo, Paturi and Saks 1997", NULL}},
    {"parity, at most depth 4",
     {{0, 0}, NULL},
     {"parity n=N depth=4", WEIGHTS_POLYNOMIAL, NULL},
     {BOUND_PROVED, "at depth 4 at least (n/2)^(1/6) gates, of any weights",
      "Impagliazzo, Paturi and Saks 1997", NULL}},
    {"powering",
     {{3, 0}, SIU_ROYCHOWDHURY},
     {"power n=N e=3", WEIGHTS_EXPONENTIAL, NULL},
     {BOUND_PROVED,
      "not depth 2 with polynomial weights, for some e: squaring is a case of it",
      HAJNAL, LARGE_WEIGHTS}},
    {"reciprocal",
     {{0, 0}, NULL},
     {"reciprocal bits=N out=N", WEIGHTS_EXPONENTIAL, TABLE},
     NONE_KNOWN},
    {"remainder by a constant",
     {{0, 0}, NULL},
     {"remainder n=N m=10 depth=2", WEIGHTS_POLYNOMIAL, NULL},
     NONE_KNOWN},
    {"remainder, digit by digit",
     {{0, 0}, NULL},
     {"remainder n=N", WEIGHTS_EXPONENTIAL, "about 2^(n+1) gates, which is exponential"},
     NONE_KNOWN},
    {"remainder, polynomial size",
     {{0, 0}, NULL},
     {"remainder n=N method=poly", WEIGHTS_EXPONENTIAL, NULL},
     NONE_KNOWN},
    {"root of an integer",
     {{0, 0}, REIF_TATE},
     {"root n=N", WEIGHTS_EXPONENTIAL, "about 2 * 2^(n/4) gates, which is exponential"},
     NONE_KNOWN},
    {"sorting",
     {{3, 0}, SORTING},
     {"sort m=N n=N", WEIGHTS_EXPONENTIAL, NULL},
     {BOUND_PROVED, INNER_PRODUCT, HAJNAL "; " SORTING, LARGE_WEIGHTS}},
    {"square root of a fraction",
     {{0, 0}, REIF_TATE},
     {"sqrt bits=N out=N", WEIGHTS_EXPONENTIAL, TABLE},
     NONE_KNOWN},
    {"squaring",
     {{3, 0}, SIU_ROYCHOWDHURY},
     {"square n=N", WEIGHTS_EXPONENTIAL, NULL},
     {BOUND_PROVED,
      INNER_PRODUCT ": the square of x + 2^(2n+1) y has the bits of xy in it",
      HAJNAL, LARGE_WEIGHTS}},
    {"symmetric function",
     {{2, 0}, MINNICK},
     {"symmetric n=N table=T", WEIGHTS_POLYNOMIAL, NULL},
     {BOUND_PROVED, "not depth 1 for some, such as parity",
      NO_GATE, NULL}},
    {"symmetric function, at most depth 3",
     {{3, 0}, SIU_ROYCHOWDHURY_KAILATH},
     {"symmetric n=N table=T depth=3", WEIGHTS_POLYNOMIAL, NULL},
     {BOUND_PROVED, "at depth 3 most need of the order of sqrt(n) gates",
      SIU_ROYCHOWDHURY_KAILATH, NULL}},
    {NULL, {{0, 0}, NULL}, {NULL, WEIGHTS_POLYNOMIAL, NULL}, NONE_KNOWN},
};
/* clang-format on */

unsigned theorem_published(const struct theorem *t, enum theorem_weights w) {
  const unsigned *depth = t->published.depth;
  return depth[w] ? depth[w] : depth[WEIGHTS_POLYNOMIAL];
}

/* ---- The circuits ---- */

/* Bits 0, 2, 4, ... up to n: the value changes at every number of ones. */
static long alternating(long n) {
  return ((1L << (2 * (n / 2) + 2)) - 1) / 3;
}

static char *write_source(const char *pattern, long n) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out)
    die("out of memory");
  for (; *pattern; pattern++)
    switch (*pattern) {
    case 'N':
      fprintf(out, "%ld", n);
      break;
    case 'H':
      fprintf(out, "%ld", (n + 1) / 2);
      break;
    case 'T':
      fprintf(out, "%ld", alternating(n));
      break;
    default:
      putc(*pattern, out);
    }
  if (fclose(out))
    die("out of memory");
  return text;
}

/* A source of words with one space in between. */
static bool open_line(struct source *s, char *line, size_t max_bytes,
                      struct error *err) {
  const char *word[FAMILY_MAX_PARAMETERS + 1];
  size_t n = 0;
  char *rest = NULL;
  for (char *w = strtok_r(line, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
    word[n++] = w;
  return source_open(s, word, n,
                     &(struct source_options){.max_bytes = max_bytes}, err);
}

bool theorem_build(const struct theorem *t, long n, size_t max_bytes,
                   struct theorem_built *b, struct error *err) {
  assert(n >= THEOREM_LEAST_N && n <= THEOREM_MOST_N);
  char *line = write_source(t->built.source, n);
  struct source s;
  source_init(&s);
  bool ok = open_line(&s, line, max_bytes, err);
  if (ok) {
    b->source = write_source(t->built.source, n);
    measure_init(&b->measure);
    circuit_measure(source_circuit(&s), &b->measure);
  }
  source_clear(&s);
  free(line);
  return ok;
}

void theorem_built_clear(struct theorem_built *b) {
  free(b->source);
  measure_clear(&b->measure);
}
